"""Giving an answer, or asking back, wherever that is done: what both have in common."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.messages import Text
from bot.domain.text import visible_length
from bot.engine import jobs
from bot.engine.context import Context
from bot.engine.names import clean_lines
from bot.engine.pieces import Piece
from bot.engine.voice import Label
from bot.features.questions import flow
from bot.features.questions.given import Given
from bot.features.questions.meant import answers_as_staff, post_key
from bot.features.questions.store import answers
from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question

LONGEST = 4000  # characters
MOST_FILES = 5
_SHORTEST = 2
"""Visible characters of an answer: a mark that has slipped in is none."""


def give(ctx: Context, row: Question, given: Given) -> Answer:
    """The member in context answers; what they wrote is theirs, whatever becomes of it. Raises UserError."""
    given = _checked(given)
    if not given.pieces and visible_length(given.text) < _SHORTEST:
        raise UserError("answer.too_short")
    is_staff = answers_as_staff(ctx)
    made = flow.answer(ctx, row, ctx.member, given, is_staff=is_staff)
    _fetch(ctx, f"question_answer:{made.id}", given.pieces)
    if is_staff:
        ctx.audit("answer_question", question=row.id, answer=made.id)
    return made


def ask_back(ctx: Context, row: Question, given: Given) -> Question:
    """The member in context, who is one of the staff, wants to know more. Raises UserError."""
    given = _checked(given)
    row = flow.ask_back(ctx, row, given)
    _fetch_of_remark(ctx, row, given)
    ctx.audit("ask_back_question", question=row.id)
    return row


def add(ctx: Context, row: Question, given: Given) -> Question:
    """The asker, who is the member in context, says more. Raises UserError."""
    given = _checked(given)
    row = flow.add(ctx, row, given)
    _fetch_of_remark(ctx, row, given)
    return row


def resolve(ctx: Context, row: Question, accepted: Answer, *, is_just_answered: bool = False) -> Question:
    """The member in context, who is one of the staff, says that nothing is left to be said. Raises UserError."""
    row = flow.close(ctx, row, accepted, is_just_answered=is_just_answered)
    ctx.audit("resolve_question", question=row.id, answer=accepted.id)
    return row


def confirm(ctx: Context, row: Question, made: Answer, *, is_resolved: bool = False) -> None:
    """In one line, with what can be done next; staff may say more below it."""
    if ctx.space is not None and ctx.space.kind == "staff":
        ctx.reply_under(ctx.space, f"{post_key(row)}:confirmed")
    if is_resolved:
        ctx.reply("question.answered_and_resolved", number=row.id, answer=made.id, buttons=[undo(row, made)])
        return
    buttons: list[Label] = [undo(row, made)]
    if answers_as_staff(ctx):
        resolving = Text(id="button.question_resolve"), f"question Q{row.id} resolve A{made.id}"
        buttons = [resolving, undo(row, made)]
    ctx.reply("question.answered_now", number=row.id, answer=made.id, buttons=buttons)


def undo(row: Question, made: Answer) -> Label:
    return Text(id="button.answer_undo"), f"question Q{row.id} withdraw A{made.id}"


def _checked(given: Given) -> Given:
    text = checked_words(given.text, may_be_empty=bool(given.pieces))
    return given._replace(text=text)


def checked_words(text: str, *, may_be_empty: bool = False) -> str:
    """Without what nobody can see. Raises UserError where it is too long, or says nothing."""
    if len(text) > LONGEST:
        raise UserError("answer.too_long", most=LONGEST)
    if not visible_length(text) and not may_be_empty:
        raise UserError("answer.empty")
    return clean_lines(text)


def _fetch_of_remark(ctx: Context, row: Question, given: Given) -> None:
    if given.pieces:
        newest = answers.remarks_of(ctx.db, row.id)[-1]
        _fetch(ctx, f"question_remark:{newest.id}", given.pieces)


def _fetch(ctx: Context, what: str, pieces: Sequence[Piece]) -> None:
    """So that all can be shown it, wherever it was sent from."""
    for number, piece in enumerate(pieces):
        jobs.fetch(ctx, f"{what}:{number}", piece.attachment, platform=piece.platform)
