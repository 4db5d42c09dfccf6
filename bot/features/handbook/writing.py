"""The forms in which staff write entries: a new one, and another version of one that there is."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.ids import Role
from bot.domain.messages import Button, Text
from bot.domain.questions import TAGS
from bot.domain.text import clean_text, visible_length
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.forms_sheet import has_sheet
from bot.engine.names import clean_line
from bot.features.handbook import changing
from bot.features.handbook.card import STATES
from bot.features.handbook.declared import feature
from bot.features.handbook.store import entries
from bot.features.handbook.store.entries import Entry
from bot.features.handbook.topics import number_in
from bot.features.handbook.words import Said, language_in

_ASKED, _ANSWER, _NOTE = 1000, 4000, 300  # characters
_SHOWN = 1500  # columns of words that somebody else has written meanwhile
_STAFF: tuple[Role, ...] = ("assistant", "admin")
_TEXTS = (FormField(id="asked", max_length=_ASKED), FormField(id="answer", max_length=_ANSWER))


def ask_for_new(ctx: Context) -> None:
    open_form(ctx, "handbook_add")


@feature.command("handbook_add", roles=_STAFF, places=("staff",), area="questions", is_listed=False)
def add(ctx: Context, cmd: CommandInvoked) -> None:
    """Opens the form again."""
    ask_for_new(ctx)


@feature.form("handbook_add", fields=(*_TEXTS, FormField(id="tag", kind="choice", options=TAGS, is_optional=True)))
def added(ctx: Context, form: FormSubmitted) -> None:
    language = ctx.course.language
    said = Said({language: _line(form, "asked")}, (), {language: _text(form, "answer")})
    row = changing.add(ctx, said, tag=form.fields.get("tag"))
    ctx.reply("handbook.published", number=row.id)


def ask_for_edit(ctx: Context, row: Entry) -> None:
    """With what it says now, in the language of who edits it. Raises UserError where a form has no room for that."""
    said = changing.said_by(ctx, row)
    if said is None:
        raise UserError("handbook.words_gone", number=row.id)
    asked, answer = said.title(ctx.language), said.text(ctx.language)
    if len(asked) > _ASKED or len(answer) > _ANSWER:
        raise UserError("handbook.too_long", number=row.id, most=_ANSWER)
    is_waiting = getattr(ctx.event, "interaction", None) is not None
    if has_sheet(ctx, ctx.engine.registry.forms["handbook_edit"]) and not is_waiting:
        label = Text(id="button.handbook_edit"), f"handbook H{row.id} edit"
        ctx.reply("handbook.press_to_edit", number=row.id, buttons=[label])
        return
    open_form(ctx, "handbook_edit", suggested={"answer": answer}, entry=_as_shown(ctx, row), asked=asked)


@feature.command("handbook_edit", roles=_STAFF, places=("staff",), area="questions", is_listed=False)
def edit(ctx: Context, cmd: CommandInvoked) -> None:
    """Opens the form again, with what was given before; a conversation can't ask which entry is meant."""
    if not has_sheet(ctx, ctx.engine.registry.forms["handbook_edit"]):
        raise UserError("handbook.edit_usage")
    open_form(ctx, "handbook_edit")


@feature.form(
    "handbook_edit",
    fields=(
        FormField(id="entry", max_length=24, is_given=True),
        *_TEXTS,
        FormField(id="note", max_length=_NOTE, is_optional=True),
    ),
)
def edited(ctx: Context, form: FormSubmitted) -> None:
    number = number_in(form.fields["entry"].partition("/")[0].strip())
    row = entries.by_number(ctx.db, ctx.course.id, number, lock=True) if number is not None else None
    if row is None:
        raise UserError("handbook.unknown", said=clean_line(form.fields["entry"])[:40])
    old = changing.said_by(ctx, row)
    if old is None or row.state in ("dropped", "reopened"):
        raise UserError("handbook.words_gone", number=row.id)
    _check_unchanged(ctx, row, old, form.fields["entry"])
    before = old.plain
    asked_in, answer_in = (language_in(words, ctx.language) for words in (before.asked, before.answer))
    said = Said(
        {**before.asked, asked_in: _line(form, "asked")},
        before.also,
        {**before.answer, answer_in: _text(form, "answer")},
    )
    one = changing.settled_behind(ctx, row)
    origin = {"origin": changing.digest_of(ctx, one)} if one else {}
    row = changing.publish(ctx, row, said, note=clean_line(form.fields.get("note", ""))[:_NOTE], **origin)
    ctx.reply("handbook.published", number=row.id)


def _as_shown(ctx: Context, row: Entry) -> str:
    """The entry as the form names it: with the last change that who edits it has seen."""
    return f"H{row.id}/{entries.last_change(ctx.db, row)}"


def _check_unchanged(ctx: Context, row: Entry, said: Said, shown: str) -> None:
    """Nobody undoes unawares what somebody else, or faq.yaml, has changed since the form was opened."""
    if "".join(shown.split()) == _as_shown(ctx, row):
        return
    raise UserError(
        "handbook.edited_meanwhile",
        number=row.id,
        state=STATES[row.state],
        asked=shorten(clean_line(said.title(ctx.language)), _SHOWN),
        answer=said.shown(ctx.language, _SHOWN),
        buttons=[Button(label="button.handbook_edit", command=f"handbook H{row.id} edit")],
    )


def _line(form: FormSubmitted, field: str) -> str:
    """A question stands on one line."""
    return _seen(clean_line(form.fields[field]))


def _text(form: FormSubmitted, field: str) -> str:
    return _seen(clean_text(form.fields[field]).strip())


def _seen(text: str) -> str:
    if not visible_length(text):
        raise UserError("handbook.no_words")
    return text
