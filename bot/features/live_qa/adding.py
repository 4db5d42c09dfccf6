"""`/live add Q12`: a question that was asked elsewhere is answered in the session."""

import re

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.features.live_qa.asking import LONGEST, take
from bot.features.live_qa.declared import ASKED
from bot.features.live_qa.meant import plain
from bot.features.live_qa.settled import source

_QUESTION = re.compile(r"#?(?:q|问题?)?\s*#?([0-9]{1,9})", re.IGNORECASE)


def add(ctx: Context, cmd: CommandInvoked, said: str) -> None:
    """By who has asked it, or by staff. What was asked without a name staff alone add, in their own name."""
    found = _QUESTION.fullmatch(plain(said))
    row = ctx.ask(ASKED, ctx.course.id, int(found[1])) if found else None
    if row is None:
        raise UserError("live.add_what")
    asker = member_of(ctx.db, row.member)
    is_staff = ctx.member.role != "student"
    if not is_staff and (row.is_anonymous or asker.id != ctx.member.id):
        raise UserError("live.add_not_yours", number=row.id)
    question = clean_line(row.text)
    if not question:
        raise UserError("live.add_no_words", number=row.id)
    author = ctx.member if row.is_anonymous else asker
    take(ctx, question if len(question) <= LONGEST else question[: LONGEST - 1] + "…", author, made_from=source(row.id))
