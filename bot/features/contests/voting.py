"""`/vote N`: one vote a student (in duels, one in each), changeable until the end, told to nobody else."""

from typing import Any

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.overheard import answers_in_private, is_overheard
from bot.engine.parameters import text
from bot.features.contests import ballot, entries
from bot.features.contests.declared import feature
from bot.features.contests.entering import PLACES
from bot.features.contests.found import only_one, parted, voting
from bot.features.contests.voters import refusal


@feature.command(
    "vote",
    is_private=True,
    roles=("student",),
    places=PLACES,
    parameters=(text("number", required=True, suggests="works"),),
)
def vote(ctx: Context, cmd: CommandInvoked) -> None:
    asked = parted(cmd.text)
    if asked is None or asked[2]:
        raise UserError("contest.vote_for_what")
    number, contest, _ = asked
    found = only_one(ctx, voting(ctx, contest), lambda id: f"vote {number} #{id}")
    if found is None:
        return
    work = entries.work_no(ctx.db, found.id, number)
    if work is None or work.left_at is not None:
        raise UserError("contest.no_such_work", number=number)
    _check(ctx, found, work)
    ballot.cast(ctx.db, found.id, ctx.member.id, work.id, at=ctx.now, duel=work.duel)
    is_secret = answers_in_private(ctx) and not is_overheard(cmd)
    answer = "contest.voted" if is_secret else "contest.voted_aloud"
    ctx.reply(answer, number=number, until=ctx.course.wall_time(found.voted_until))


def _check(ctx: Context, found: Any, work: Any) -> None:
    """Raises UserError where this vote is not theirs to give."""
    if work.member == ctx.member.id:
        raise UserError("contest.own_work")
    own = entries.work_of(ctx.db, found.id, ctx.member.id)
    if work.duel and own is not None and own.duel == work.duel:
        raise UserError("contest.own_duel", number=work.duel)
    if work.duel and entries.has_no_choice(ctx.db, found.id, work.duel):
        raise UserError("contest.no_duel", number=work.duel)
    if (refused := refusal(ctx, found)) is not None:
        raise UserError(refused.id, **refused.values)
