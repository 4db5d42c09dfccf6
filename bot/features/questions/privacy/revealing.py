"""`/question Q12 reveal REASON`: an admin learns who asked without a name; it is written down, and the asker told."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.overheard import is_told_alone
from bot.features.questions import telling
from bot.features.questions.command import verb
from bot.features.questions.meant import asker_of
from bot.features.questions.store.questions import Question

_SHORTEST, _LONGEST = 2, 300  # characters of a reason


@verb("reveal", "揭晓", "查看实名", for_staff=True)
def reveal(ctx: Context, cmd: CommandInvoked, row: Question, reason: str) -> None:
    """To this admin alone: where others would read it, they are told where to ask."""
    if ctx.member.role != "admin":
        raise UserError("question.reveal_admins")
    if not row.is_anonymous:
        raise UserError("question.reveal_named", number=row.id)
    if not ctx.actor_address.private and not is_told_alone(ctx):
        raise UserError("question.reveal_alone", number=row.id)
    why = clean_line(reason)[:_LONGEST]
    if len(why) < _SHORTEST:
        raise UserError("question.reveal_why", number=row.id)
    asker = asker_of(ctx, row)
    ctx.audit("reveal_question", question=row.id, reason=why)
    ctx.reply("question.revealed", number=row.id, name=asker.name)
    lines = [Text(id="question.you_are_revealed", values={"number": row.id, "reason": why})]
    telling.to_member(ctx, asker.id, lines)
