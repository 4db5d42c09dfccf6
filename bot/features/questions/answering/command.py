"""`/answer Q12 TEXT`: an answer from anywhere; with `!` behind the number, the last one that is needed."""

import re
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.events import Attachment, CommandInvoked, FormSubmitted
from bot.engine.below import posts_above
from bot.engine.context import Context
from bot.engine.dispatch import NotMeant
from bot.engine.feature import InReply
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.parameters import text
from bot.engine.pieces import pieces_of
from bot.features.questions.answering import giving
from bot.features.questions.declared import feature
from bot.features.questions.given import Given
from bot.features.questions.meant import answers_as_staff, number_in, number_of_post, numbered, question_called
from bot.features.questions.store.questions import OPEN, Question

_LAST = "!！"
_MARK = re.compile(rf"[{_LAST}](?!\S)")
"""The same where a space has slipped in before it."""


class Asked(NamedTuple):
    """What somebody wants to answer, and how."""

    row: Question
    is_last: bool  # it settles the question
    text: str


@feature.command(
    "answer",
    is_private=True,
    words=InReply(("回答", "answer")),
    parameters=(text("which_question", required=True), text("answer_text")),
)
def answer(ctx: Context, cmd: CommandInvoked) -> None:
    asked = _asked(ctx, cmd)
    check_open(asked.row)
    files = files_with(cmd)
    if asked.text or files:
        _answer(ctx, asked, files)
    else:
        open_form(ctx, "answer", question=f"Q{asked.row.id}{'!' if asked.is_last else ''}")


def _asked(ctx: Context, cmd: CommandInvoked) -> Asked:
    """The number may be left out in reply to the question. Raises UserError."""
    word, rest = numbered(cmd.text)
    if number_in(word) is not None:
        mark = _MARK.match(rest)
        is_last = mark is not None or word.endswith(tuple(_LAST))
        return Asked(question_called(ctx, word), is_last, rest[mark.end() if mark else 0 :].strip())
    key = posts_above(ctx.db, [cmd]).get(cmd.key)
    number = number_of_post(key) if key and key.startswith("question:") else None
    if number is not None:
        return Asked(question_called(ctx, str(number)), is_last=False, text=cmd.text.strip())
    if cmd.via == "word":
        raise NotMeant
    raise UserError("question.unknown", said=word[:40]) if word else UserError("answer.which")


@feature.form(
    "answer",
    fields=(
        FormField(id="question", max_length=20),
        FormField(id="answer", kind="files", takes_text=True, max_files=giving.MOST_FILES, max_length=giving.LONGEST),
    ),
)
def answered_by_form(ctx: Context, form: FormSubmitted) -> None:
    called = form.fields["question"].strip()
    row = question_called(ctx, called)
    asked = Asked(row, called.endswith(tuple(_LAST)), form.fields.get("answer", "").strip())
    _answer(ctx, asked, form.files.get("answer", ()))


def _answer(ctx: Context, asked: Asked, files: tuple[Attachment, ...]) -> None:
    row, is_staff = asked.row, answers_as_staff(ctx)
    made = giving.give(ctx, row, Given(asked.text, pieces_of(files, ctx.actor.platform)))
    is_resolved = asked.is_last and is_staff
    if is_resolved:
        giving.resolve(ctx, question_called(ctx, str(row.id)), made, is_just_answered=True)
    giving.confirm(ctx, row, made, is_resolved=is_resolved)


def files_with(cmd: CommandInvoked) -> tuple[Attachment, ...]:
    """What came with a command, or with the message of one's own that it replies to."""
    quoted = cmd.quoted.attachments if cmd.quoted and cmd.quoted.user == cmd.actor.user else ()
    return (*cmd.attachments, *quoted)[: giving.MOST_FILES]


def check_open(row: Question) -> None:
    """Raises UserError where nothing is left to be said."""
    if row.state not in OPEN:
        raise UserError("question.over", number=row.id)
