"""An answer that was wrong: corrected or withdrawn, by staff or by who gave it."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.names import clean_line
from bot.engine.roster import member_of
from bot.features.questions import flow
from bot.features.questions.answering import giving
from bot.features.questions.command import verb
from bot.features.questions.meant import answer_called, answers_as_staff, named_answer
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

_LONGEST_NOTE = 300  # characters


@verb("correct", "更正", "改正", for_all=True, of_answer=True)
def correct(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    given, text = _named(ctx, row, details)
    if not visible_length(text):
        raise UserError("answer.correct_how", number=row.id, answer=given.id)
    flow.correct_answer(ctx, row, given, giving.checked_words(text))
    audit_if_staff(ctx, "correct_answer", row, given)
    ctx.reply("answer.corrected", number=row.id, answer=given.id)


@verb("withdraw", "撤回", for_all=True, of_answer=True)
def withdraw(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """One's own without a word; of what others have said, who asked is told why."""
    given, reason = _named(ctx, row, details)
    note = clean_line(reason[: 10 * _LONGEST_NOTE])[:_LONGEST_NOTE]
    if not note and not _is_own(ctx, given):
        raise UserError("answer.withdraw_why", number=row.id, answer=given.id)
    was, row = row.state, flow.withdraw_answer(ctx, row, given, note or None)
    audit_if_staff(ctx, "withdraw_answer", row, given)
    id = "answer.withdrawn_waits" if row.state == "waiting" != was else "answer.withdrawn"
    ctx.reply(id, number=row.id, answer=given.id)


def _named(ctx: Context, row: Question, details: str) -> tuple[Answer, str]:
    """The answer that is meant, and what follows it. Raises UserError where it is not theirs to change."""
    given_name, rest = named_answer(details)
    given = answer_called(ctx, row, given_name)
    if not answers_as_staff(ctx) and not _is_own(ctx, given):
        raise UserError("answer.not_yours", answer=given.id)
    return given, rest


def _is_own(ctx: Context, given: Answer) -> bool:
    return ctx.member.id == member_of(ctx.db, given.member).id


def audit_if_staff(ctx: Context, action: str, row: Question, given: Answer) -> None:
    if answers_as_staff(ctx):
        ctx.audit(action, question=row.id, answer=given.id)
