"""Forms: conversations that ask for one thing after the other, and hand all of it to a feature in the end.

A form that is being filled in is a row, changed in the transaction of each event, so that it goes on where it was
after any restart. In private, whatever a person writes meanwhile is the answer; in a group, only what replies to the
question.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import blake2b

from msgspec import structs

from bot.domain.errors import UserError
from bot.domain.events import FormSubmitted, MessagePosted
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.dispatch import check_allowed
from bot.engine.forms_given import NOTHING, added
from bot.engine.forms_prompt import ask, may_keep
from bot.engine.forms_shape import Form, FormField, step_before
from bot.engine.forms_sheet import form_of, given_in, has_sheet, show
from bot.engine.forms_waiting import may_answer
from storage import forms as store
from storage.database import savepoint
from storage.forms import Given, Session

LIFE = timedelta(hours=1)
"""How long a form waits for its next answer."""

_NONE: Mapping[str, str] = {}
_PROMPTS = 20  # of a form, that a reply may answer
_CANCEL = frozenset(("取消", "cancel"))
_SKIP = frozenset(("跳过", "skip"))
_DONE = frozenset(("完成", "好了", "done"))
_SEND = frozenset(("提交", "发送", "send"))
_KEEP = frozenset(("不改", "keep"))


def open_form(ctx: Context, name: str, *, suggested: Mapping[str, str] = _NONE, **known: str) -> None:
    """Begin to ask this member for what a form holds, here; another one that was open here is given up.

    `known`: what need not be asked for, by field; `suggested`: what is asked for, and may be kept as it is.
    """
    form, old = ctx.engine.registry.forms[name], store.find(ctx.db, ctx.actor, ctx.actor_address)
    given = {id: Given(text=value) for id, value in known.items()}
    given |= {id: Given(text=value, is_suggested=True) for id, value in suggested.items()}
    if has_sheet(ctx, form):
        show(ctx, form, {**(old.answers if old and _is_prefill(ctx, form, old) else {}), **given})
        return
    if old and not _is_over(ctx, old) and old.form in ctx.engine.registry.forms and old.answers:
        ctx.reply("forms.replaced", form=ctx.engine.registry.forms[old.form].title)
    _advance(ctx, form, structs.replace(_opened(ctx, name), answers=given))


def _is_prefill(ctx: Context, form: Form, kept: Session) -> bool:
    """Whether that was given before for this very form, and refused."""
    return (kept.form, kept.course) == (form.name, ctx.course.id) and not _is_over(ctx, kept)


def _opened(ctx: Context, name: str) -> Session:
    address = ctx.actor_address
    return Session(
        platform=address.platform,
        user=ctx.actor.user,
        chat=address.chat,
        token=blake2b(ctx.event.key.encode(), digest_size=4).hexdigest(),
        course=ctx.course.id,
        member=ctx.member.id,
        form=name,
        answers={},
        step=0,
        prompts=(),
        started_at=ctx.now,
        expires_at=ctx.now,
    )


def _go_on(ctx: Context, form: Form, session: Session) -> None:
    """Ask for what is next, and wait for it."""
    prompts = (*session.prompts, ask(ctx, form, session))[-_PROMPTS:]
    store.keep(ctx.db, structs.replace(session, prompts=prompts, expires_at=ctx.now + LIFE))


# --- what is said -----------------------------------------------------------------------------------------------------


def take_message(ctx: Context, event: MessagePosted) -> bool:
    """Take a message for the answer that a form waits for; False where it is none."""
    session = store.find(ctx.db, event.actor, event.address) if may_answer(event) else None
    if session is None or not session.is_asked or not _is_meant(ctx, event, session):
        return False
    form = _form_of(ctx, session)
    if form is None or _is_over(ctx, session):
        _expire(ctx, session, form)
    elif _may_go_on(ctx, form, session):
        _attempt(ctx, form, session, lambda: _take(ctx, form, session, event))
    ctx.finish()
    ctx.writes.flush(ctx.db)
    return True


def _is_meant(ctx: Context, event: MessagePosted, session: Session) -> bool:
    """In a group, whether it replies to one of the form's questions; one that is on its way yet may be any of ours."""
    if event.address.private:
        return True
    known = store.posted_as(ctx.db, session.prompts)
    return event.reply_to in known if known else True


def _form_of(ctx: Context, session: Session) -> Form | None:
    """None where its feature or its course is here no more."""
    is_here = ctx.has_member and ctx.course.id == session.course
    return ctx.engine.registry.forms.get(session.form) if is_here else None


def _is_over(ctx: Context, session: Session) -> bool:
    return session.expires_at <= ctx.now


def _may_go_on(ctx: Context, form: Form, session: Session) -> bool:
    """Close the form of who may hand it in no more, and tell them why: nothing they say would end it."""
    try:
        check_allowed(ctx, ctx.engine.registry.commands[form.command])
    except UserError as refusal:
        store.close(ctx.db, session)
        ctx.reply_words(refusal.text)
        return False
    return True


def _expire(ctx: Context, session: Session, form: Form | None) -> None:
    store.close(ctx.db, session)
    if form is None:
        ctx.reply("forms.gone")
    else:
        ctx.reply("forms.expired", form=form.title, command=form.command)


def _take(ctx: Context, form: Form, session: Session, event: MessagePosted) -> None:
    said = event.text.strip().casefold()
    if said in _CANCEL:
        _cancel(ctx, form, session)
    elif session.step >= len(form.fields):
        if said not in _SEND:
            raise UserError("forms.send_or_change")
        _hand_in(ctx, form, session)
    elif said in _SKIP and form.fields[session.step].is_optional:
        _skip(ctx, form, session)
    elif said in _KEEP and may_keep(form.fields[session.step], session):
        _keep(ctx, form, session)
    elif said in _DONE and form.fields[session.step].kind == "files":
        _done(ctx, form, session)
    else:
        new = Given(text=event.text, files=event.attachments, message=event.message)
        _give(ctx, form, session, new)


def _give(ctx: Context, form: Form, session: Session, new: Given) -> None:
    field = form.fields[session.step]
    given = _added(ctx, form, field, session.answers.get(field.id), new)
    if new.files and field.kind != "files":
        ctx.reply("forms.files_not_taken")
    session = structs.replace(session, answers={**session.answers, field.id: given})
    if field.kind == "files" and not field.at_once:
        _go_on(ctx, form, session)
    else:
        _advance(ctx, form, session)


def _added(ctx: Context, form: Form, field: FormField, before: Given | None, new: Given) -> Given:
    show = ctx.engine.voice.texts.show
    options = form.options(ctx, field) if field.kind == "choice" else ()
    return added(field, before, new, [(option, show(ctx.language, label)) for option, label in options])


def _advance(ctx: Context, form: Form, session: Session) -> None:
    """To the first field that they have said nothing of yet; after the last, all is shown, or handed in."""
    known = {id for id, given in session.answers.items() if not given.is_suggested}
    open_steps = (step for step, field in enumerate(form.fields) if field.id not in known)
    step = next(open_steps, len(form.fields))
    session = structs.replace(session, step=step)
    if step == len(form.fields) and not form.has_summary:
        _hand_in(ctx, form, session)
    else:
        _go_on(ctx, form, session)


def _skip(ctx: Context, form: Form, session: Session) -> None:
    field = form.fields[session.step]
    if not field.is_optional:
        raise UserError("forms.is_needed")
    _advance(ctx, form, structs.replace(session, answers={**session.answers, field.id: NOTHING}))


def _keep(ctx: Context, form: Form, session: Session) -> None:
    """What stands there already is what they want."""
    id = form.fields[session.step].id
    kept = structs.replace(session.answers[id], is_suggested=False)
    _advance(ctx, form, structs.replace(session, answers={**session.answers, id: kept}))


def _done(ctx: Context, form: Form, session: Session) -> None:
    field = form.fields[session.step]
    if session.answers.get(field.id, NOTHING).is_empty:
        raise UserError("forms.no_file_or_text" if field.takes_text else "forms.no_file")
    _advance(ctx, form, session)


# --- what is pressed --------------------------------------------------------------------------------------------------


def press(ctx: Context, token: str, step: str, what: str, argument: str) -> None:
    """A button of a question. Raises UserError where that question is asked no more."""
    session = store.find(ctx.db, ctx.actor, ctx.actor_address)
    if session is None or session.token != token:
        raise UserError("forms.not_open")
    form = _form_of(ctx, session)
    if form is None or _is_over(ctx, session):
        _expire(ctx, session, form)
    elif step != str(session.step):
        raise UserError("forms.step_is_done")
    elif _may_go_on(ctx, form, session):
        _attempt(ctx, form, session, lambda: _press(ctx, form, session, what, argument))


def _press(ctx: Context, form: Form, session: Session, what: str, argument: str) -> None:
    is_asking = session.step < len(form.fields)
    if what == "pick" and is_asking and form.fields[session.step].kind == "choice":
        _give(ctx, form, session, Given(text=argument))
    elif what == "skip" and is_asking:
        _skip(ctx, form, session)
    elif what == "keep" and is_asking and may_keep(form.fields[session.step], session):
        _keep(ctx, form, session)
    elif what == "done" and is_asking and form.fields[session.step].kind == "files":
        _done(ctx, form, session)
    elif what == "back" and (before := step_before(form, session.step)) is not None:
        _go_on(ctx, form, structs.replace(session, step=before))
    elif what == "change" and not is_asking and argument in map(str, range(1, len(form.fields) + 1)):
        _change(ctx, form, session, int(argument) - 1)
    elif what == "send" and not is_asking:
        _hand_in(ctx, form, session)
    else:
        raise UserError("forms.not_open")


def _change(ctx: Context, form: Form, session: Session, step: int) -> None:
    """Ask for a field anew; files are gathered from the beginning. Raises UserError where it is never asked for."""
    field = form.fields[step]
    if field.is_given:
        raise UserError("forms.not_open")
    dropped = {field.id} if field.kind == "files" else set()
    kept = {id: given for id, given in session.answers.items() if id not in dropped}
    _go_on(ctx, form, structs.replace(session, step=step, answers=kept))


def cancel_form(ctx: Context, token: str = "") -> bool:
    """Give up the form that is open here, if it is the one that a button means; False where there is none."""
    session = store.find(ctx.db, ctx.actor, ctx.actor_address)
    if session is None or _is_over(ctx, session) or token not in ("", session.token):
        return False
    _cancel(ctx, ctx.engine.registry.forms.get(session.form), session)
    return True


def _cancel(ctx: Context, form: Form | None, session: Session) -> None:
    store.close(ctx.db, session)
    if form:
        ctx.reply("forms.cancelled", form=form.title, command=form.command)
    else:
        ctx.reply("forms.gone")


# --- the end ----------------------------------------------------------------------------------------------------------


def _hand_in(ctx: Context, form: Form, session: Session) -> None:
    given = {id: one for id, one in session.answers.items() if not one.is_empty}
    store.close(ctx.db, session)
    ctx.event = FormSubmitted(
        key=ctx.event.key,
        at=ctx.event.at,
        actor=ctx.actor,
        address=ctx.actor_address,
        form=form.name,
        fields={id: one.text for id, one in given.items() if one.text},
        files={id: one.files for id, one in given.items() if one.files},
        messages={id: one.message for id, one in given.items() if one.message},
        message=getattr(ctx.event, "message", None),
        interaction=getattr(ctx.event, "interaction", None),
    )
    check_allowed(ctx, ctx.engine.registry.commands[form.command])
    form.handler(ctx, ctx.event)


def take_submission(ctx: Context, event: FormSubmitted) -> None:
    """A form that a platform itself has asked for. Raises UserError with what is wrong in it."""
    form = form_of(ctx, event)
    check_allowed(ctx, ctx.engine.registry.commands[form.command])
    handed_in, given = given_in(event, form), dict[str, Given]()
    for field in form.fields:
        new = handed_in[field.id]
        if not (new.is_empty and field.is_optional):
            given[field.id] = _added(ctx, form, field, None, new)
    checked = structs.replace(
        event,
        fields={id: one.text for id, one in given.items() if one.text},
        files={id: one.files for id, one in given.items() if one.files},
    )
    ctx.event = checked
    form.handler(ctx, checked)
    if (kept := store.find(ctx.db, ctx.actor, ctx.actor_address)) and kept.form == form.name:
        store.close(ctx.db, kept)


def keep_submission(ctx: Context, event: FormSubmitted) -> None:
    """What was handed in and refused is not lost: it stands in the form when it is opened again.

    Nothing is kept of a form that this member may not use.
    """
    try:
        form = form_of(ctx, event)
        check_allowed(ctx, ctx.engine.registry.commands[form.command])
    except UserError:
        return
    if not has_sheet(ctx, form):
        return
    answers = {id: structs.replace(given, files=()) for id, given in given_in(event, form).items() if given.text}
    session = structs.replace(_opened(ctx, form.name), answers=answers, expires_at=ctx.now + LIFE)
    store.keep(ctx.db, session)
    ctx.reply_buttons([(Text(id="button.form_open"), form.opened_by(event.fields))])


def _attempt(ctx: Context, form: Form, session: Session, act: Callable[[], None]) -> None:
    """What goes wrong is undone alone: the person is told, and asked again."""
    event = ctx.event
    try:
        with savepoint(ctx.db):
            act()
            ctx.finish()
            ctx.writes.flush(ctx.db)
    except UserError as mistake:
        ctx.event = event
        ctx.engine.library.refresh(ctx.db)  # what was live in the savepoint alone is live no more
        ctx.start_over(mistake)
        _go_on(ctx, form, session)
