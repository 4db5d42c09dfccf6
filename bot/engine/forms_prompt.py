"""How a form asks for a field, and how it shows all of them before it is handed in."""

from collections.abc import Iterator

from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.forms_shape import Form, FormField, step_before
from bot.engine.names import clean_line
from bot.engine.overheard import is_told_alone
from bot.engine.voice import Label
from storage.forms import Given, Session

_NOTHING = Given()
_COLUMNS = 60  # of a text in the summary


def ask(ctx: Context, form: Form, session: Session) -> str:
    """Add to the answer what comes next; the key of the message that asks it."""
    if session.step < len(form.fields):
        return _ask_for(ctx, form, session, form.fields[session.step])
    _show_all(ctx, form, session)
    return ctx.reply_question(asks=False)


def _ask_for(ctx: Context, form: Form, session: Session, field: FormField) -> str:
    is_forced = field.kind != "choice" and _is_reply_forced(ctx)
    for line in _lines(ctx, form, session, field):
        ctx.reply_words(line)
    if is_forced:
        for line in _ways_out(session, field):
            ctx.reply_words(line)
    else:
        ctx.reply_buttons(_buttons(ctx, form, session, field))
    return ctx.reply_question(asks=field.kind != "choice" and not ctx.actor_address.private)


def may_keep(field: FormField, session: Session) -> bool:
    """Whether it holds a text already that may stay as it is."""
    return field.kind == "text" and not session.answers.get(field.id, _NOTHING).is_empty


def _is_reply_forced(ctx: Context) -> bool:
    """Whether a platform opens the reply by itself here, and so shows no buttons under the question."""
    return ctx.engine.voice.can_ask(ctx.actor_address.platform) and not is_told_alone(ctx)


def _lines(ctx: Context, form: Form, session: Session, field: FormField) -> Iterator[Words]:
    is_pressed = getattr(ctx.event, "interaction", None) is not None
    if is_pressed and not is_told_alone(ctx):
        yield Text(id="forms.for", values={"name": ctx.member.name})  # else nobody would know whom it asks
    if form.has_summary:
        asked = [one for one in form.fields if not one.is_given]
        steps = {"form": form.title, "step": asked.index(field) + 1, "steps": len(asked)}
        yield Text(id="forms.step", values=steps)
    yield form.question(field)
    yield Text(id=f"form.{form.name}.{field.id}.hint")
    given = session.answers.get(field.id)
    if given and may_keep(field, session):
        yield Text(id="forms.is_now", values={"text": given.text})
    if field.kind == "files" and given and not given.is_empty:
        yield Text(id="forms.so_far", values={"what": shown(ctx, form, field, given)})
    if not ctx.actor_address.private and field.kind != "choice":
        yield Text(id="forms.reply_here")


def _ways_out(session: Session, field: FormField) -> Iterator[Words]:
    """What buttons would offer, in words."""
    given = session.answers.get(field.id)
    if field.kind == "files" and given and not given.is_empty:
        yield Text(id="forms.say_done")
    if may_keep(field, session):
        yield Text(id="forms.say_keep")
    if field.is_optional:
        yield Text(id="forms.say_skip")
    yield Text(id="forms.say_cancel")


def _buttons(ctx: Context, form: Form, session: Session, field: FormField) -> Iterator[Label]:
    if field.kind == "choice":
        for number, (_, label) in enumerate(form.options(ctx, field), 1):
            yield label, _command(session, f"pick {number}")
    if may_keep(field, session):
        yield Text(id="button.form_keep"), _command(session, "keep")
    given = session.answers.get(field.id)
    if field.kind == "files" and given and not given.is_empty:
        yield Text(id="button.form_done"), _command(session, "done")
    elif field.is_optional:
        yield Text(id="button.form_skip"), _command(session, "skip")
    if step_before(form, session.step) is not None:
        yield Text(id="button.form_back"), _command(session, "back")
    yield _cancel(session)


def _show_all(ctx: Context, form: Form, session: Session) -> None:
    ctx.reply("forms.summary", form=form.title)
    asked = [(step, field) for step, field in enumerate(form.fields, 1) if not field.is_given]
    for number, (_, field) in enumerate(asked, 1):
        what = shown(ctx, form, field, session.answers.get(field.id, Given()))
        ctx.reply("forms.summary_line", number=number, field=form.question(field), what=what)
    ctx.reply_buttons([(Text(id="button.form_send"), _command(session, "send"))])
    ctx.reply_buttons(
        (Text(id="button.form_change", values={"number": number}), _command(session, f"change {step}"))
        for number, (step, _) in enumerate(asked, 1)
    )
    ctx.reply_buttons([_cancel(session)])


def shown(ctx: Context, form: Form, field: FormField, given: Given) -> Words | str:
    """What was given, in one line."""
    if given.is_empty:
        return Text(id="forms.left_out")
    if field.kind == "choice":
        return dict(form.options(ctx, field)).get(given.text, Text(id="forms.left_out"))
    text, files = shorten(clean_line(given.text), _COLUMNS), Text(id="forms.files", values={"count": len(given.files)})
    if text and given.files:
        return Text(id="forms.both", values={"files": files, "text": text})
    return files if given.files else text


def _command(session: Session, what: str) -> str:
    return f"form {session.token} {session.step} {what}"


def _cancel(session: Session) -> Label:
    return Text(id="button.cancel"), f"cancel {session.token}"
