"""`/vote N`: one vote a student, changeable until the end, told to nobody else."""

import re
import unicodedata

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.overheard import answers_in_private, is_overheard
from bot.engine.parameters import text
from bot.features.contests import ballot, store
from bot.features.contests.declared import feature
from bot.features.contests.entering import PLACES
from bot.features.contests.found import voting

_ASKED = re.compile(r"(?:no\.?|number|第)?\s*([0-9]{1,4})\s*号?(?:\s+#([0-9]{1,15}))?", re.IGNORECASE)


@feature.command(
    "vote",
    is_private=True,
    roles=("student",),
    places=PLACES,
    parameters=(text("number", required=True, suggests="works"),),
)
def vote(ctx: Context, cmd: CommandInvoked) -> None:
    number, contest = _asked(cmd.text)
    found = voting(ctx, contest)
    work = store.work_no(ctx.db, found.id, number)
    if work is None:
        raise UserError("contest.no_such_work", number=number)
    if work.member == ctx.member.id:
        raise UserError("contest.own_work")
    ballot.cast(ctx.db, found.id, ctx.member.id, work.id, at=ctx.now)
    is_secret = answers_in_private(ctx) and not is_overheard(cmd)
    answer = "contest.voted" if is_secret else "contest.voted_aloud"
    ctx.reply(answer, number=number, until=ctx.course.wall_time(found.voted_until))


def _asked(text: str) -> tuple[int, int | None]:
    """The number of a work, and of the contest where a button names it."""
    asked = _ASKED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if asked is None:
        raise UserError("contest.vote_for_what")
    return int(asked[1]), int(asked[2]) if asked[2] else None
