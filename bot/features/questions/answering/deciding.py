"""What staff decide of a question: ask back, merge it, say that it is settled, answer it from the handbook."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Button
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.pieces import pieces_of
from bot.features.questions import flow, telling
from bot.features.questions.answering import giving
from bot.features.questions.answering.command import check_open, files_with
from bot.features.questions.command import verb
from bot.features.questions.declared import feature
from bot.features.questions.given import Given
from bot.features.questions.meant import answer_called, answers_as_staff, question_called, words_of
from bot.features.questions.reusing import suggestions
from bot.features.questions.store.questions import Question

_COLUMNS = 1000  # of what is known


@verb("back", "追问", "反问", for_staff=True)
def back(ctx: Context, cmd: CommandInvoked, row: Question, text: str) -> None:
    check_open(row)
    files = files_with(cmd)
    if text or files:
        _ask_back(ctx, row, Given(text, pieces_of(files, ctx.actor.platform)))
    else:
        open_form(ctx, "question_back", question=f"Q{row.id}")


@feature.form(
    "question_back",
    command="question",
    fields=(FormField(id="question", max_length=20), FormField(id="text", max_length=giving.LONGEST)),
)
def asked_back_by_form(ctx: Context, form: FormSubmitted) -> None:
    row = question_called(ctx, form.fields["question"])
    if not answers_as_staff(ctx):
        raise UserError("question.not_for_you", number=row.id)
    _ask_back(ctx, row, Given(form.fields["text"]))


def _ask_back(ctx: Context, row: Question, given: Given) -> None:
    giving.ask_back(ctx, row, given)
    ctx.reply("question.asked_back_now", number=row.id)


@verb("merge", "合并", "并入", for_staff=True)
def merge(ctx: Context, cmd: CommandInvoked, row: Question, other: str) -> None:
    if not other:
        raise UserError("question.merge_into_which", number=row.id)
    into = question_called(ctx, other)
    flow.merge(ctx, row, into)
    ctx.audit("merge_question", question=row.id, into=into.id)
    ctx.reply("question.merged_now", number=row.id, into=into.id)


@verb("resolve", "解决", "结案", for_staff=True)
def resolve(ctx: Context, cmd: CommandInvoked, row: Question, which: str) -> None:
    """By the answer that is named, else by the newest of staff, else by the newest."""
    check_open(row)
    accepted = answer_called(ctx, row, which) if which else telling.answer_that_counts(ctx, row)
    if accepted is None:
        raise UserError("question.no_answer", number=row.id)
    giving.resolve(ctx, row, accepted)
    ctx.reply("question.resolved", number=row.id, answer=accepted.id)


@verb("use", "引用", for_staff=True)
def use(ctx: Context, cmd: CommandInvoked, row: Question, details: str) -> None:
    """Send what is known, and settle it by that; what has changed since it was shown is shown again instead."""
    check_open(row)
    which, shown = words_of(details)
    found = next((one for one in suggestions(ctx, row) if which.casefold() in (one.id, one.number.casefold())), None)
    if found is None:
        raise UserError("question.not_known", number=row.id, said=which[:40])
    if shown not in ("", found.digest):
        again = Button(label="button.question_use", command=f"question Q{row.id} use {found.id} {found.digest}")
        values = {"number": row.id, "entry": found.number, "text": shorten(found.text, _COLUMNS)}
        raise UserError("question.known_changed", buttons=[again], **values)
    made = giving.give(ctx, row, Given(found.text, entry=found.id))
    giving.resolve(ctx, question_called(ctx, str(row.id)), made, is_just_answered=True)
    giving.confirm(ctx, row, made, is_resolved=True)
