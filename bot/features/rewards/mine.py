"""`/rewards mine`: what one has redeemed, its codes, and the address that goods are sent to."""

from collections.abc import Mapping

from bot.domain.errors import UserError
from bot.domain.events import FormSubmitted
from bot.domain.messages import Button, Text
from bot.engine.context import Context
from bot.engine.forms import open_form
from bot.engine.forms_shape import FormField
from bot.engine.forms_sheet import has_sheet
from bot.engine.names import clean_line
from bot.engine.overheard import is_for_private_chat
from bot.engine.voice import Label
from bot.features.rewards import news, pool, staff_news, store
from bot.features.rewards.declared import ADDRESS_ALARM, feature
from bot.features.rewards.flow import UNSENT_KEPT, title_of
from bot.features.rewards.meant import NUMBER, own
from bot.features.rewards.store import Redemption
from storage import alarms

_SHOWN = 10
_FORM = "reward_address"
_LONGEST_NAME = 60
_LONGEST_PHONE = 40
_LONGEST_ADDRESS = 400


def show(ctx: Context) -> None:
    """The newest, each with what can be done with it."""
    rows = store.of_member(ctx.db, ctx.course.id, ctx.member.id, limit=_SHOWN)
    if not rows:
        ctx.reply("reward.mine_none", buttons=[(Text(id="button.rewards"), "rewards")])
        return
    ctx.reply("reward.mine", count=len(rows))
    for row in rows:
        is_free = row.state == "refunded" and not row.price
        state = Text(id="reward.state_taken_back" if is_free else f"reward.state_{row.state}")
        values = {"number": row.id, "title": title_of(row), "at": ctx.course.date_at(row.at), "state": state}
        ctx.reply("reward.mine_line", **values)
        if row.note:
            ctx.reply("reward.mine_note", note=row.note)
        ctx.reply_buttons(_numbered(ctx, row))


def _numbered(ctx: Context, row: Redemption) -> list[Label]:
    """As below a single one, but each says which it is for."""
    ways = news.ways_to(ctx, row)
    if row.state == "requested":
        ways.append((Text(id="button.reward_cancel"), f"redeem cancel {row.id}"))
    return [(Text(id="button.reward_of", values={"what": label, "number": row.id}), way) for label, way in ways]


def show_code(ctx: Context, said: str) -> None:
    """To whom it was given, and in private, whenever they ask."""
    row = own(ctx, said)
    if row.state in store.GONE:
        raise UserError(f"reward.is_{row.state}", number=row.id)
    code = pool.given_for(ctx.db, row.id)
    if code is None:
        raise UserError("reward.no_code", number=row.id)
    ctx.reply_secret("reward.code", title=title_of(row), code=code)


# --- addresses --------------------------------------------------------------------------------------------------------


def ask_address(ctx: Context, said: str) -> None:
    """Where nobody reads along: in the private chat, or in the platform's own sheet."""
    row = own(ctx, said)
    _check_wanted(row)
    shows_sheet = has_sheet(ctx, ctx.engine.registry.forms[_FORM])
    if not (ctx.actor_address.private or shows_sheet):
        way = Button(label="button.open_private", command=f"rewards address {row.id}", is_private=True)
        raise UserError("reward.address_in_private", buttons=[way] if is_for_private_chat(ctx) else ())
    if shows_sheet and getattr(ctx.event, "interaction", None) is None:  # only a press can open it
        ctx.reply("reward.press_for_address", number=row.id, title=title_of(row), buttons=news.ways_to(ctx, row))
        return
    kept = store.address_of(ctx.db, row.id)
    suggested = {"name": kept.name, "phone": kept.phone, "address": kept.address} if kept else {}
    open_form(ctx, _FORM, suggested=suggested, number=str(row.id))


def _again(fields: Mapping[str, str]) -> str | None:
    number = NUMBER.fullmatch(fields.get("number", "").strip())
    return f"rewards address {number[1]}" if number else None


@feature.form(
    _FORM,
    again=_again,
    fields=(
        FormField(id="number", is_given=True, max_length=16),
        FormField(id="name", max_length=_LONGEST_NAME),
        FormField(id="phone", max_length=_LONGEST_PHONE),
        FormField(id="address", max_length=_LONGEST_ADDRESS),
    ),
    command="rewards",
)
def addressed(ctx: Context, form: FormSubmitted) -> None:
    row = own(ctx, form.fields["number"], lock=True)
    _check_wanted(row)
    given = {name: clean_line(form.fields[name]) for name in ("name", "phone", "address")}
    store.keep_address(ctx.db, row.id, {**given, "at": ctx.now})
    alarms.put(ctx.db, ctx.course.id, ADDRESS_ALARM, [(str(row.id), ctx.now + UNSENT_KEPT)])
    ctx.reply("reward.address_kept", number=row.id, title=title_of(row))
    staff_news.show(ctx, row)


def _check_wanted(row: Redemption) -> None:
    if row.kind != "goods":
        raise UserError("reward.no_address_needed", number=row.id)
    if row.state not in ("requested", "given"):
        raise UserError(f"reward.is_{row.state}", number=row.id)
