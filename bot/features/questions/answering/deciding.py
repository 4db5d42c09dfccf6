"""What staff decide of a question: ask back, merge it, say that it is settled, answer it from the handbook."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.pieces import pieces_of
from bot.features.questions import flow
from bot.features.questions.answering import giving
from bot.features.questions.answering.command import check_open, files_with
from bot.features.questions.command import verb
from bot.features.questions.declared import feature
from bot.features.questions.given import Given
from bot.features.questions.meant import answer_called, question_called
from bot.features.questions.reusing import suggestions
from bot.features.questions.store import answers
from bot.features.questions.store.questions import Question


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
    if ctx.member.role == "student":
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
    """By the answer that is named, else by the newest."""
    check_open(row)
    known = answers.of_question(ctx.db, row.id)
    if not known:
        raise UserError("question.no_answer", number=row.id)
    accepted = answer_called(ctx, row, which) if which else known[-1]
    giving.resolve(ctx, row, accepted)
    ctx.reply("question.resolved", number=row.id, answer=accepted.id)


@verb("use", "引用", for_staff=True)
def use(ctx: Context, cmd: CommandInvoked, row: Question, which: str) -> None:
    """Send what is known, and settle it by that."""
    check_open(row)
    found = next((one for one in suggestions(ctx, row) if which.casefold() in (one.id, one.number.casefold())), None)
    if found is None:
        raise UserError("question.not_known", number=row.id, said=which[:40])
    made = giving.give(ctx, row, Given(found.text, entry=found.id))
    giving.resolve(ctx, question_called(ctx, str(row.id)), made, is_just_answered=True)
    giving.confirm(ctx, row, made, is_resolved=True)
