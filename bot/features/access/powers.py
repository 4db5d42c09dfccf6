"""Who may manage a chat on its platform is no staff of the course by that: staff are told, and decide."""

from bot.domain.events import PowersChanged
from bot.domain.ids import Role
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.names import clean_name
from bot.features.access import store
from bot.features.access.declared import feature


@feature.on(PowersChanged)
def powers_changed(ctx: Context, event: PowersChanged) -> None:
    if ctx.space is None:
        return
    role = ctx.live.role_of(ctx.course.id, event.actor.account)
    chat = store.title_of(ctx.db, event.address)
    values = {"name": clean_name(event.actor.name, event.actor.user), "chat": chat, "role": Text(id=f"role.{role}")}
    if event.is_manager:
        ctx.audit("powers_gained", chat=event.address.chat)
        ctx.tell_staff(Text(id="powers.gained", values=values), *_advice_on_gain(role, event.actor.account))
    else:
        ctx.audit("powers_lost", chat=event.address.chat)
        ctx.tell_staff(Text(id="powers.lost", values=values), *_advice_on_loss(role, event.actor.account))


def _advice_on_gain(role: Role, account: str) -> list[Words]:
    return [Text(id="powers.to_name", values={"account": account})] if role == "student" else []


def _advice_on_loss(role: Role, account: str) -> list[Words]:
    return [] if role == "student" else [Text(id="powers.to_take", values={"account": account})]
