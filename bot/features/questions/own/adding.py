"""`/question Q12 more WORDS`: who asked says more; to what was answered, that it does not help yet."""

from collections.abc import Sequence

from bot.domain.errors import UserError
from bot.domain.events import Attachment, CommandInvoked, FormSubmitted
from bot.domain.messages import Words
from bot.engine.context import Context
from bot.engine.forms_shape import FormField
from bot.engine.names import clean_lines
from bot.engine.pieces import pieces_of, unnamed
from bot.features.questions import flow, posts, telling
from bot.features.questions.answering import giving
from bot.features.questions.command import verb
from bot.features.questions.declared import feature
from bot.features.questions.given import Given
from bot.features.questions.meant import is_asker, question_called
from bot.features.questions.own.asked import ask_in_form, own_questions
from bot.features.questions.own.over import check_open
from bot.features.questions.store import answers
from bot.features.questions.store.questions import Question

_FORM = "question_more"


@verb("more", "补充", "追问", "没懂", "还没懂", for_asker=True)
def more(ctx: Context, cmd: CommandInvoked, row: Question, text: str) -> None:
    """With nothing behind it, staff look at what was answered once more, whatever comes of the form."""
    check_open(row)
    if text or cmd.attachments:
        add(ctx, row, written(ctx, row, text, cmd.attachments))
        return
    if row.state == "answered":
        flow.reopen(ctx, row)
    ask_in_form(ctx, _FORM, row, again="more", above=_asked_back(ctx, row))


def _asked_back(ctx: Context, row: Question) -> list[Words]:
    """What staff want to know, once more: the form is the reply to it."""
    if row.state != "asked_back":
        return []
    newest = [one for one in answers.remarks_of(ctx.db, row.id) if one.kind == "asks_back"][-1]
    return [telling.asked_back_line(row, newest.text)]


@feature.form(
    _FORM,
    command="questions",
    fields=(
        FormField(
            id="text",
            kind="files",
            takes_text=True,
            at_once=True,
            max_files=giving.MOST_FILES,
            max_length=giving.LONGEST,
        ),
        FormField(id="question", kind="choice", options=own_questions, is_given=True),
    ),
)
def filled_in(ctx: Context, form: FormSubmitted) -> None:
    row = question_called(ctx, form.fields["question"])
    if not is_asker(ctx, row):
        raise UserError("question.not_for_you", number=row.id)
    check_open(row)
    add(ctx, row, written(ctx, row, form.fields.get("text", ""), form.files.get("text", ())))


def written(ctx: Context, row: Question, text: str, files: Sequence[Attachment]) -> Given:
    pieces = pieces_of(files[: giving.MOST_FILES], ctx.actor_address.platform)
    return Given(clean_lines(text), unnamed(pieces) if row.is_anonymous else pieces)


def add(ctx: Context, row: Question, said: Given) -> None:
    """And say what becomes of it. Raises UserError."""
    if row.state == "answered":
        giving.add(ctx, flow.reopen(ctx, row), said)
    else:
        row = giving.add(ctx, row, said)
        id = "question.added_late" if posts.is_late(ctx, row) else "question.added"
        ctx.reply(id, number=row.id, due=ctx.course.wall_time(row.due_at))
