"""`/contest remove N WHY`, `/contest restore N`: staff take a work out of a contest, or let it take part again."""

from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.engine.telling import ears_of, tell
from bot.engine.voice import Utterance
from bot.features.contests import ballot, counting, entries, gallery, store
from bot.features.contests.declared import ENTERED, feature
from bot.features.contests.found import check_impartial, check_staff, for_staff, object_of, parted, title_of

_LONGEST_REASON = 300  # characters


@feature.branch("contest", "remove", "移除")
def remove(ctx: Context, cmd: CommandInvoked) -> None:
    """Before the end or after it; who made the work is told why."""
    check_staff(ctx)
    number, contest, said = _asked(cmd.text)
    reason = clean_line(said)
    if not reason or len(reason) > _LONGEST_REASON:
        raise UserError("contest.remove_why", most=_LONGEST_REASON)
    found, work = _work(ctx, contest, number, is_removed=False)
    check_impartial(ctx, found)
    entries.remove(ctx.db, work.id, reason, ctx.now)
    ctx.retract(ENTERED, object_of(found), member=member_of(ctx.db, work.member))
    ctx.audit("remove_work", contest=found.id, number=number, member=f"#{work.member}")
    title = title_of(ctx, found)
    tell(ctx, work.member, Text(id="contest.you_are_out", values={"title": title, "reason": reason}))
    ctx.reply("contest.removed", number=number, title=title, contest=found.id)
    _mend(ctx, found)
    _free(ctx, found, work)


def _free(ctx: Context, found: Any, work: Any) -> None:
    """While the vote is on, who had voted for it is told alone that they can vote once more: one message each."""
    if found.closed_at is not None or (work.duel and entries.has_no_choice(ctx.db, found.id, work.duel)):
        return
    until = store.votes_end(ctx.db, found)
    values = {"title": title_of(ctx, found), "until": ctx.course.wall_time(until)}
    what = Utterance(lines=[Text(id="contest.vote_is_free", values=values)], life=until - ctx.now)
    voters = ballot.voters_of(ctx.db, found.id, work.id, ctx.now)
    for who, ear in ears_of(ctx, voters, may_wait=True).items():
        key = f"contest:{found.id}:free:{work.number}:{who}"
        ctx.whisper(ear.user, ear.space, what, key=key, language=ear.language)


@feature.branch("contest", "restore", "恢复")
def restore(ctx: Context, cmd: CommandInvoked) -> None:
    """With the votes that it had."""
    check_staff(ctx)
    number, contest, _ = _asked(cmd.text)
    found, work = _work(ctx, contest, number, is_removed=True)
    check_impartial(ctx, found)
    entries.restore(ctx.db, work.id)
    author, title = member_of(ctx.db, work.member), title_of(ctx, found)
    entered_on = ctx.course.date_at(work.at)
    ctx.announce(ENTERED, object_of(found), member=author, on=entered_on, contest=title.in_(ctx.course.language))
    ctx.audit("restore_work", contest=found.id, number=number, member=f"#{work.member}")
    tell(ctx, work.member, Text(id="contest.you_are_in_again", values={"title": title}))
    ctx.reply("contest.restored", number=number, title=title)
    _mend(ctx, found)


def _asked(text: str) -> tuple[int, int | None, str]:
    asked = parted(text)
    if asked is None:
        raise UserError("contest.remove_usage")
    return asked


def _work(ctx: Context, contest: int | None, number: int, *, is_removed: bool) -> tuple[Any, Any]:
    """The contest, locked, and the work with this number. Raises UserError."""
    found = for_staff(ctx, contest)
    work = entries.work_no(ctx.db, found.id, number, is_removed=is_removed)
    if work is None:
        raise UserError("contest.not_removed" if is_removed else "contest.no_such_work", number=number)
    return found, work


def _mend(ctx: Context, found: Any) -> None:
    """What was posted, and the places where there are some, follow."""
    gallery.correct(ctx, found)
    if found.counted_at is not None:
        counting.recount(ctx, found)
        ctx.reply("contest.recounted")
