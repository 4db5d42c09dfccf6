"""An answer that was wrong: corrected or withdrawn, by staff or by who gave it."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.features.questions import flow
from bot.features.questions.answering import giving
from bot.features.questions.command import verb
from bot.features.questions.meant import answer_called
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_LONGEST_NOTE = 300  # characters
_NAMED = 2  # words that name an answer: `回答 7`


@verb("correct", "更正", "改正", for_all=True, of_answer=True)
def correct(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    given, text = _named(ctx, row, details)
    if not text:
        raise UserError("answer.correct_how", number=row.id, answer=given.id)
    if len(text) > giving.LONGEST:
        raise UserError("answer.too_long", most=giving.LONGEST)
    flow.correct_answer(ctx, row, given, text)
    audit_if_staff(ctx, "correct_answer", row, given)
    ctx.reply("answer.corrected", number=row.id, answer=given.id)


@verb("withdraw", "撤回", for_all=True, of_answer=True)
def withdraw(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """One's own without a word; of what others have said, who asked is told why."""
    given, reason = _named(ctx, row, details)
    note = clean_line(reason[: 10 * _LONGEST_NOTE])[:_LONGEST_NOTE]
    if not note and not _is_own(ctx, given):
        raise UserError("answer.withdraw_why", number=row.id, answer=given.id)
    flow.withdraw_answer(ctx, row, given, note or None)
    audit_if_staff(ctx, "withdraw_answer", row, given)
    ctx.reply("answer.withdrawn", number=row.id, answer=given.id)


def _named(ctx: Context, row: Question, details: str) -> tuple[Answer, str]:
    """The answer that is meant, and what follows it. Raises UserError where it is not theirs to change."""
    words = details.split(maxsplit=_NAMED)
    given_name, rest = words[0], details[len(words[0]) :]
    if not given_name[-1].isdigit() and len(words) > 1:  # `回答 7`
        given_name, rest = f"{words[0]}{words[1]}", words[2] if len(words) > _NAMED else ""
    given = answer_called(ctx, row, given_name)
    if ctx.member.role == "student" and not _is_own(ctx, given):
        raise UserError("answer.not_yours", answer=given.id)
    return given, rest.strip()


def _is_own(ctx: Context, given: Answer) -> bool:
    return ctx.member.id == member_of(ctx.db, given.member).id


def audit_if_staff(ctx: Context, action: str, row: Question, given: Answer) -> None:
    if ctx.member.role != "student":
        ctx.audit(action, question=row.id, answer=given.id)
