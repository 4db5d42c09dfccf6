"""`/rituals`: what is next, what is on hold, what was skipped and why."""

from collections.abc import Container, Sequence
from datetime import date, timedelta

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence, Ritual
from bot.engine import pauses, rescheduling, upcoming
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.engine.pauses import Held
from bot.features.rituals.declared import feature, named

_AHEAD = timedelta(days=40)
_BACK = timedelta(days=7)
_SHOWN = 15
_TIMES = 5
_Time = tuple[str, str, date, int]
_LINES = {None: "rituals.line", "paused": "rituals.line_paused", "quiet": "rituals.line_quiet"}


@feature.command(
    "rituals",
    roles=("assistant", "admin"),
    places=("staff",),
    words=("安排",),
    parameters=(text("ritual", suggests="rituals"),),
)
def rituals(ctx: Context, cmd: CommandInvoked) -> None:
    name = cmd.text.strip()
    coming = coming_of_files(ctx)
    if name:
        _show_one(ctx, named(ctx, name), coming)
        return
    if not any(not ritual.is_built_in for ritual in ctx.course.rituals):
        raise UserError("rituals.none")
    _show_next(ctx, coming)
    _show_skipped(ctx, None)


def coming_of_files(ctx: Context) -> list[Occurrence]:
    """What is to come of the rituals that the files declare."""
    coming = upcoming.coming(ctx.db, ctx.course, ctx.engine.library.schedule, ctx.now, ctx.now + _AHEAD)
    return [one for one in coming if (ritual := ctx.course.ritual(one.ritual)) and not ritual.is_built_in]


def _show_next(ctx: Context, coming: list[Occurrence]) -> None:
    first: dict[str, Occurrence] = {}
    for one in coming:
        first.setdefault(one.ritual, one)
    ctx.reply("rituals.title")
    _lines_of(ctx, list(first.values())[:_SHOWN])
    if len(first) > _SHOWN:
        ctx.reply("rituals.more", count=len(first) - _SHOWN)
    over = [ritual.id for ritual in ctx.course.rituals if ritual.id not in first and not ritual.is_built_in]
    if over:
        ctx.reply("rituals.over", names=over)


def _show_one(ctx: Context, ritual: Ritual, coming: list[Occurrence]) -> None:
    ctx.reply("rituals.one", name=ritual.id)
    mine = [one for one in coming if one.ritual == ritual.id]
    _lines_of(ctx, mine[:_TIMES])
    if not mine:
        ctx.reply("rituals.over", names=[ritual.id])
    _show_skipped(ctx, ritual)


def _lines_of(ctx: Context, shown: Sequence[Occurrence]) -> None:
    held = pauses.of(ctx.db, ctx.course.id)
    begun = rescheduling.begun_times(ctx.db, ctx.course, min((one.local_date for one in shown), default=date.max))
    for one in shown:
        ctx.reply_words(_line(ctx, one, held, begun))


def _line(ctx: Context, one: Occurrence, held: Held, begun: Container[_Time]) -> Words:
    """What has begun is ended, held or not."""
    ritual = ctx.course.ritual(one.ritual)
    assert ritual is not None, "only what the course has was looked at"
    what = ctx.engine.registry.previews[ritual.action](ctx.course, one)
    values = {"ritual": one.ritual, "due": one.due_at.astimezone(ctx.course.tzinfo), "what": what}
    step = ritual.steps[one.step]
    if step and step.is_needed and (one.ritual, one.space, one.local_date, one.slot // len(ritual.steps)) in begun:
        return Text(id=_LINES[None], values=values)
    return Text(id=_LINES[pauses.why_resting(ctx.course, ritual, one, held)], values=values)


def _show_skipped(ctx: Context, ritual: Ritual | None) -> None:
    rows = rescheduling.skipped_since(ctx.db, ctx.course, ctx.now - _BACK, ritual=ritual, limit=_SHOWN)
    if not rows:
        ctx.reply("rituals.none_skipped")
        return
    ctx.reply("rituals.skipped_title")
    for row in rows:
        due = row.due_at.astimezone(ctx.course.tzinfo)
        ctx.reply("rituals.skipped", ritual=row.ritual, due=due, why=Text(id=f"skipped.{row.reason or 'late'}"))


def day_of(ctx: Context, ritual: Ritual) -> date:
    """Today where the ritual is at home."""
    return ctx.now.astimezone(ritual.tzinfo).date()


@feature.suggest("rituals")
def own_rituals(ctx: Context, typed: str) -> list[tuple[str, Words | str]]:
    return [(ritual.id, ritual.id) for ritual in ctx.course.rituals if not ritual.is_built_in]
