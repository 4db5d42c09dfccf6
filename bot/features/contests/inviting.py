"""Who has made something that was featured is asked whether it shall take part: nothing is entered unasked."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.engine import works
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.engine.telling import ears_of
from bot.engine.voice import Utterance
from bot.engine.works import Whole
from bot.features.contests import entries, store
from bot.features.contests.declared import feature
from bot.features.contests.entering import LONGEST, take
from bot.features.contests.entries import Work
from bot.features.contests.found import running, title_of

_BEFORE_THE_FIRST = timedelta(days=7)
_EXCERPT = 80  # columns


def ask(ctx: Context, found: Any) -> None:
    """In private, with one button; the newest of each student's featured works since the last contest opened."""
    newest = _newest(ctx, found)
    students = {who for who, member in members_by_id(ctx.db, list(newest)).items() if member.role == "student"}
    asked = [who for who in newest if who in students]
    life = found.entries_until - ctx.now
    for who, ear in ears_of(ctx, asked, may_wait=True).items():
        shown = newest[who]
        work = works.excerpt(shown.text, len(shown.files), _EXCERPT)
        until = ctx.course.wall_time(found.entries_until)
        said = Text(id="contest.asked", values={"title": title_of(ctx, found), "work": work, "until": until})
        button = Text(id="button.enter_featured"), f"contest enter #{found.id}"
        what = Utterance(lines=[said], buttons=[button], life=life)
        ctx.whisper(ear.user, ear.space, what, key=f"contest:{found.id}:asked:{who}", language=ear.language)


def _newest(ctx: Context, found: Any) -> dict[MemberId, Whole]:
    """By person; none that is too long to be entered."""
    opened_at: datetime = found.opened_at
    since = store.last_opened(ctx.db, found) or opened_at - _BEFORE_THE_FIRST
    offered = ctx.ask_each("featured_works", ctx.course.id, since, opened_at)
    whole = [one for one in offered if len(one.text) <= LONGEST]
    return {one.member: one for one in sorted(whole, key=lambda one: one.at)}


@feature.branch("contest", "enter", "参赛")
def enter_featured(ctx: Context, cmd: CommandInvoked) -> None:
    """The button: a work that is still featured takes part."""
    number = cmd.text.strip().removeprefix("#")
    found = next((one for one in running(ctx) if str(one.id) == number), None)
    if found is None:
        raise UserError("contest.is_over" if number.isdigit() else "contest.empty")
    if found.gallery_at is not None:
        raise UserError("contest.vote_is_on")
    if ctx.member.role != "student":
        raise UserError("contest.students_only")
    work = _newest(ctx, found).get(ctx.member.id) if found.opened_at else None
    if work is None:
        raise UserError("contest.not_featured")
    if entries.work_of(ctx.db, found.id, ctx.member.id) is not None:
        raise UserError("contest.has_entered")
    take(ctx, found, Work(work.text, work.files, work.message, work.grade))
