"""Reports for members alone: counted, had drawn, and sent when the picture is there, or will never be."""

from collections.abc import Sequence

import msgspec

from bot.domain.messages import File, Text, Words
from bot.domain.places import Member
from bot.engine import drawing
from bot.engine.context import Context
from bot.engine.periods import Period
from bot.engine.pictures import stored
from bot.engine.pictures.growth import GrowthPicture
from bot.engine.telling import ears_of
from bot.engine.voice import Utterance
from bot.features.growth import store
from bot.features.growth.counted import Own
from bot.features.growth.picturing import lines_of, picture_of

_FILE = "growth-report.png"


def job_of(number: int) -> str:
    """What the job is called that draws this report."""
    return f"growth:{number}"


def have_drawn(ctx: Context, those: Sequence[Own], period: Period, *, occasion: str | None) -> int:
    """One for each; how many. On an occasion nobody gets a second one."""
    pictures = {one.member.id: picture_of(ctx, one, period) for one in those}
    about = {"course": ctx.course.id, "occasion": occasion, "at": ctx.now}
    rows = store.add(ctx.db, [{**about, "member": who, "shown": stored(one)} for who, one in pictures.items()])
    drawing.draw_all(
        ctx, [drawing.Wanted(job_of(row.id), pictures[row.member], _FILE, whose=row.member) for row in rows]
    )
    return len(rows)


def shown_in(row: store.Report) -> GrowthPicture:
    return msgspec.convert(row.shown, GrowthPicture)


def send(ctx: Context, row: store.Report, file: File | None, who: Member) -> None:
    """To nobody who has left, or has had enough of them meanwhile. What they asked for they have read already."""
    is_asked = row.occasion is None
    ear = ears_of(ctx, [who.id], have_asked=is_asked, may_wait=True).get(who.id)
    if ear is None or (not is_asked and store.unwilling(ctx.db, [who.id])):
        return
    shown = shown_in(row)
    lines: list[Words] = [Text(id="growth.drawn", values={"title": shown.title, "period": shown.period})]
    buttons = []
    if not is_asked:
        lines, buttons = lines_of(shown), [(Text(id="button.growth_off"), "growth off")]
    what = Utterance(lines=lines, buttons=buttons, files=[file] if file else [], is_notice=not is_asked, is_kept=True)
    ctx.whisper(ear.user, ear.space, what, key=job_of(row.id), language=ear.language)
    store.change(ctx.db, row.id, sent_at=ctx.now)
