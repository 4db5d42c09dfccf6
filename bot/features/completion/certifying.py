"""`/certificate`: a member says which name it is to bear, confirms it once, and gets it."""

from hashlib import blake2b

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, FormSubmitted
from bot.domain.messages import Button, Text
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.parameters import text
from bot.features.completion import staff, store
from bot.features.completion.declared import feature, rule_of
from bot.features.completion.making import have_drawn, make_out
from bot.features.completion.people import may_complete
from bot.features.completion.store import Completed, Made
from bot.features.completion.wording import LONGEST_NAME, name_in

_CONFIRM = frozenset(("confirm", "确认", "确定", "yes"))
_CHANGE = frozenset(("change", "改名", "换名字"))


@feature.command(
    "certificate", words=("结课证书", "我的证书", "my certificate"), is_private=True, parameters=(text("name"),)
)
def certificate(ctx: Context, cmd: CommandInvoked) -> None:
    said = cmd.text.strip()
    if ctx.member.role != "student" and (staff.is_meant(said) or not may_complete(ctx)):
        staff.command(ctx, said)
        return
    first, _, mark = said.partition(" ")
    if first.casefold() in _CONFIRM and (not mark or cmd.via == "button"):
        _confirm(ctx, mark)
    elif said.casefold() in _CHANGE:
        _check_may_choose(ctx)
        open_form(ctx, "certificate")
    elif said:
        _choose(ctx, said)
    else:
        _show(ctx)


@feature.form("certificate", fields=(FormField(id="name", max_length=LONGEST_NAME),))
def named(ctx: Context, form: FormSubmitted) -> None:
    _choose(ctx, form.fields["name"])


def _own(ctx: Context) -> Completed:
    """Locked. Raises UserError where there is none that holds."""
    row = store.of_person(ctx.db, ctx.course.id, ctx.member.id, lock=True)
    if row is None:
        id = "certificate.not_yet" if rule_of(ctx.course) else "progress.nothing_asked"
        buttons = [Button(label="button.progress", command="progress")] if rule_of(ctx.course) else []
        raise UserError(id, buttons=buttons)
    if row.withdrawn_at is not None:
        at = ctx.course.date_at(row.withdrawn_at)
        raise UserError("certificate.withdrawn", date=at, reason=row.reason or "")
    return row


def _check_may_choose(ctx: Context) -> Completed:
    """Raises UserError where it is made out already: from then on it is staff who mend it."""
    row = _own(ctx)
    if made := store.good_one(ctx.db, ctx.member.id):
        raise UserError("certificate.is_made", name=made.name, serial=made.serial)
    return row


def _show(ctx: Context) -> None:
    row = _own(ctx)
    made = store.good_one(ctx.db, ctx.member.id)
    if made is None:
        _ask_to_confirm(ctx, row.name or _known_name(ctx))
        return
    show(ctx, row, made)


def _known_name(ctx: Context) -> str | None:
    """The one that the member goes by, where a certificate can bear it."""
    try:
        return name_in(ctx.member.name)
    except UserError:
        return None


def _choose(ctx: Context, said: str) -> None:
    row = _check_may_choose(ctx)
    name = name_in(said)
    store.change(ctx.db, row.id, name=name)
    _ask_to_confirm(ctx, name)


def _ask_to_confirm(ctx: Context, name: str | None) -> None:
    change = (Text(id="button.certificate_change"), "certificate change")
    if name is None:
        ctx.reply("certificate.which_name", buttons=[change])
        return
    confirm = (Text(id="button.certificate_confirm"), f"certificate confirm {_mark(name)}")
    ctx.reply("certificate.confirm", name=name, buttons=[confirm, change])


def _confirm(ctx: Context, mark: str) -> None:
    """By a button only for the name that stood above it."""
    row = _own(ctx)
    if made := store.good_one(ctx.db, ctx.member.id):
        show(ctx, row, made)
        return
    name = row.name or _known_name(ctx)
    if name is None or (mark and mark != _mark(name)):
        _ask_to_confirm(ctx, name)
        return
    made = make_out(ctx, store.change(ctx.db, row.id, name=name), name)
    ctx.reply("certificate.made", name=name, serial=made.serial)


def _mark(name: str) -> str:
    return blake2b(name.encode(), digest_size=4).hexdigest()


def show(ctx: Context, row: Completed, made: Made) -> None:
    """With its picture; where there is none yet, it is drawn."""
    values = {"name": made.name, "serial": made.serial, "date": ctx.course.date_at(made.at)}
    ctx.reply("certificate.yours", **values)
    if picture := store.picture_in(made):
        ctx.reply_file(picture)
    else:
        have_drawn(ctx, row, made)
        ctx.reply("certificate.is_being_drawn")
