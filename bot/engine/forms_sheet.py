"""Forms where a platform asks for everything at once: the sheet that it shows, and what came of it."""

from collections.abc import Mapping

from bot.domain.errors import UserError
from bot.domain.events import FormSubmitted
from bot.domain.messages import Field, Sheet, Text
from bot.engine.context import Context
from bot.engine.forms_shape import Form, FormField, parts_of
from storage.forms import Given

_NOTHING = Given()


def has_sheet(ctx: Context, form: Form) -> bool:
    """Whether the platform has room for this form in one of its own."""
    fields = sum(2 if field.takes_text else 1 for field in form.fields)
    return ctx.engine.voice.shows_forms(ctx.actor_address.platform, fields)


def show(ctx: Context, form: Form, given: Mapping[str, Given]) -> None:
    """Answer with the sheet; or with a button that opens it, where only an answer to an interaction can."""
    if getattr(ctx.event, "interaction", None) is None:
        label = (Text(id="button.form_open"), form.command)
        ctx.reply("forms.press_to_open", form=form.title, buttons=[label])
    else:
        ctx.reply_sheet(_sheet(ctx, form, given))


def _sheet(ctx: Context, form: Form, given: Mapping[str, Given]) -> Sheet:
    texts, language = ctx.engine.voice.texts, ctx.language
    return Sheet(
        name=form.named_for(ctx.course.id),
        title=texts.show(language, form.title),
        fields=tuple(_field(ctx, form, field, given.get(field.id, _NOTHING)) for field in form.fields),
        command=form.command,
        open_label=texts.say(language, "button.form_open"),
    )


def _field(ctx: Context, form: Form, field: FormField, given: Given) -> Field:
    texts, language = ctx.engine.voice.texts, ctx.language
    options = form.options(ctx, field) if field.kind == "choice" else ()
    return Field(
        id=field.id,
        label=texts.show(language, form.question(field)),
        hint=texts.say(language, _hint(ctx, form, field)),
        kind=field.kind,
        options=tuple((value, texts.show(language, label)) for value, label in options),
        is_optional=field.is_optional,
        max_length=field.max_length,
        max_files=field.max_files,
        takes_text=field.takes_text,
        value=given.text,
    )


def _hint(ctx: Context, form: Form, field: FormField) -> str:
    """Where all fields are seen at once, it need not say what another one is for."""
    own = f"form.{form.name}.{field.id}.sheet"
    return own if ctx.engine.voice.texts.has(own) else f"form.{form.name}.{field.id}.hint"


def given_in(event: FormSubmitted, form: Form) -> dict[str, Given]:
    """What was handed in of each field, unchecked."""
    return {
        field.id: Given(text=event.fields.get(field.id, ""), files=event.files.get(field.id, ()))
        for field in form.fields
    }


def form_of(ctx: Context, event: FormSubmitted) -> Form:
    """The form that was handed in. Raises UserError where there is none any more, or it was for another course."""
    name, course = parts_of(event.form)
    form: Form | None = ctx.engine.registry.forms.get(name)
    if form is None or not ctx.has_member or course not in ("", ctx.course.id):
        raise UserError("forms.gone")
    return form
