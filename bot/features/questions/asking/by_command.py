"""`/ask`: in one line, by a form, or a message that stands there already; without a name, where nobody reads along."""

from bot.domain.events import CommandInvoked, FormSubmitted, Quoted
from bot.domain.places import Member
from bot.domain.questions import TAGS
from bot.domain.text import visible_length
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.forms_sheet import has_sheet
from bot.engine.messages import message_object
from bot.engine.overheard import is_overheard
from bot.engine.parameters import text
from bot.engine.quoting import Source, quoted_question, source_of
from bot.features.questions.asking import offering
from bot.features.questions.asking.marked import marked
from bot.features.questions.asking.quietly import quiet, speaks_alone
from bot.features.questions.asking.said import (
    LONGEST,
    MOST_FILES,
    Asked,
    bare_words,
    check_anonymous,
    cleaned,
)
from bot.features.questions.asking.taking import again, check_all, check_student, take_at_once, take_slowly
from bot.features.questions.asking.unnamed import check_named, overheard, unclear
from bot.features.questions.declared import feature
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question

_NAMED, _ANONYMOUS = "named", "anonymous"


@feature.command(
    "ask",
    is_private=True,
    by_link=True,
    words=("提问", "我要提问"),
    parameters=(text("question"),),
    on_message="menu.ask",
)
def ask(ctx: Context, cmd: CommandInvoked) -> None:
    wish, words = marked(cleaned(cmd.text))
    if cmd.via == "link":  # anybody can make one: it asks nothing
        _open(ctx, is_anonymous=wish == "unnamed")
    elif wish == "unnamed":
        _ask_unnamed(ctx, cmd, words)
    elif wish == "unclear":
        raise unclear(ctx, words, is_open=is_overheard(cmd), has_files=bool(cmd.attachments))
    elif visible_length(words) or cmd.attachments:
        take_slowly(ctx, ctx.member, _said(cmd, words))
    elif quoted := quoted_question(cmd):
        _file_message(ctx, cmd, quoted)
    else:
        _open(ctx)


def _said(cmd: CommandInvoked, words: str, *, is_anonymous: bool = False) -> Asked:
    """A button stands below a message of ours."""
    own = cmd.message if cmd.via != "button" else None
    return Asked(
        text=cleaned(words),
        attachments=cmd.attachments,
        object=message_object(cmd.address, own) if own else None,
        is_anonymous=is_anonymous,
    )


# --- without a name ---------------------------------------------------------------------------------------------------


def _ask_unnamed(ctx: Context, cmd: CommandInvoked, words: str) -> None:
    check_student(ctx.member)
    if is_overheard(cmd):
        raise overheard(ctx, words)
    if visible_length(words) or cmd.attachments:
        take_slowly(ctx, ctx.member, _said(cmd, words, is_anonymous=True))
    else:
        _open(ctx, is_anonymous=True)


# --- of a message -----------------------------------------------------------------------------------------------------


def _file_message(ctx: Context, cmd: CommandInvoked, quoted: Quoted) -> None:
    """One's own; or a student's, by staff: then who wrote it has asked it, and is told."""
    source = source_of(ctx, cmd, quoted)
    said = Asked(bare_words(quoted.text), quoted.attachments, source.object, quoted.user)
    check_named(ctx, said.text)
    is_own = ctx.answers(source.author.id)
    if known := _made_of(ctx, source):
        again(ctx, known) if is_own else _confirm(ctx, _filed(ctx, known), source.author, is_new=False)
    elif is_own:
        take_slowly(ctx, source.author, said)
    elif same := check_all(ctx, source.author, said):
        _confirm(ctx, same, source.author, is_new=False)
    else:
        _confirm(ctx, take_at_once(ctx, source.author, said), source.author, is_new=True)


def _made_of(ctx: Context, source: Source) -> Question | None:
    """What was made of this message already, and not taken back."""
    row = questions.from_message(ctx.db, source.object) if source.object else None
    return row if row is not None and row.state not in ("withdrawn", "helped") else None


def _filed(ctx: Context, row: Question) -> Question:
    """Staff do not wait for what its asker says to what is known."""
    return offering.file(ctx, row) if row.state == "drafted" else row


def _confirm(ctx: Context, row: Question, author: Member, *, is_new: bool) -> None:
    if is_new:
        ctx.audit("ask", member=f"#{author.id}", number=row.id)
    ctx.reply("ask.filed_for" if is_new else "ask.filed_before", number=row.id, name=author.name)


# --- by a form --------------------------------------------------------------------------------------------------------


@feature.form(
    "ask",
    fields=(
        FormField(id="question", kind="files", takes_text=True, at_once=True, max_length=LONGEST, max_files=MOST_FILES),
        FormField(id="whom", kind="choice", options=(_NAMED, _ANONYMOUS), is_optional=True, is_given=True),
        FormField(id="tag", kind="choice", options=TAGS, is_optional=True, is_given=True),
    ),
)
def asked_by_form(ctx: Context, form: FormSubmitted) -> None:
    """Who writes `anonymous` before their question means that, whatever else the form says."""
    wish, words = marked(cleaned(form.fields.get("question", "")))
    is_anonymous = form.fields.get("whom") == _ANONYMOUS or wish == "unnamed"
    message = form.messages.get("question")
    is_open = bool(message) and not form.address.private
    if is_anonymous and is_open:
        raise overheard(ctx, words)
    if wish == "unclear" and not is_anonymous:
        raise unclear(ctx, words, is_open=is_open, has_files=bool(form.files.get("question")))
    said = Asked(
        text=words,
        attachments=form.files.get("question", ()),
        object=message_object(form.address, message) if message else None,
        is_anonymous=is_anonymous,
        tag=next((tag for tag in TAGS if tag == form.fields.get("tag")), None),
    )
    if speaks_alone(ctx):
        take_slowly(ctx, ctx.member, said)
    else:
        there = quiet(ctx)
        take_slowly(there, ctx.member, said)
        there.finish()


def _open(ctx: Context, *, is_anonymous: bool = False) -> None:
    """A conversation asks for the question alone; a page of the platform's own for everything."""
    check_student(ctx.member)
    if is_anonymous:
        check_anonymous(ctx, ctx.member.id)
    whom = _ANONYMOUS if is_anonymous else _NAMED
    if not has_sheet(ctx, ctx.engine.registry.forms["ask"]):
        open_form(ctx, "ask", whom=whom, tag="")
    elif is_anonymous:
        open_form(ctx, "ask", whom=whom)
    else:
        open_form(ctx, "ask")
