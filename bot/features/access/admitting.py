"""People who ask to be let into a group: staff are asked, and decide with one press."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, JoinRequested
from bot.domain.messages import Admission, Text
from bot.domain.places import Address
from bot.engine.context import Context
from bot.engine.names import clean_name
from bot.engine.roster import name_of
from bot.features.access import store
from bot.features.access.declared import feature
from bot.features.access.posting import post

feature.personal(store.PERSONAL)


@feature.on(JoinRequested)
def join_requested(ctx: Context, event: JoinRequested) -> None:
    if ctx.space is None:
        return
    name = clean_name(event.actor.name, event.actor.user)
    number = store.add_request(ctx.db, ctx.course.id, event, name)
    chat = store.title_of(ctx.db, event.address)
    buttons = [(Text(id="button.admit"), f"admit {number}"), (Text(id="button.decline"), f"decline {number}")]
    asked = Text(id="admit.asked", values={"name": name, "chat": chat})
    ctx.keep_posted("staff", asked, key=_key(number), buttons=buttons)


@feature.command("admit", roles=("assistant", "admin"), places=("staff",), is_listed=False)
def admit(ctx: Context, cmd: CommandInvoked) -> None:
    number, name = _decide(ctx, cmd, is_admitted=True)
    ctx.audit("admit", number=number)
    ctx.reply("admit.admitted", name=name)
    done = Text(id="admit.admitted_by", values={"name": name, "by": ctx.member.name})
    ctx.keep_posted("staff", done, key=_key(number))


@feature.command("decline", roles=("assistant", "admin"), places=("staff",), is_listed=False)
def decline(ctx: Context, cmd: CommandInvoked) -> None:
    number, name = _decide(ctx, cmd, is_admitted=False)
    ctx.audit("decline", number=number)
    ctx.reply("admit.declined", name=name)
    done = Text(id="admit.declined_by", values={"name": name, "by": ctx.member.name})
    ctx.keep_posted("staff", done, key=_key(number))


def _decide(ctx: Context, cmd: CommandInvoked, *, is_admitted: bool) -> tuple[int, str]:
    """Decide once, and let the platform know; the request's number, and who asked."""
    number = _number(cmd)
    request = store.request_of(ctx.db, ctx.course.id, number)
    if request is None:
        raise UserError("admit.nothing", number=number)
    if not store.decide(ctx.db, number, ctx.member.id, is_admitted=is_admitted, at=ctx.now):
        id = "admit.already_admitted" if request.is_admitted else "admit.already_declined"
        raise UserError(id, name=request.name, by=name_of(ctx.db, request.decided_by))
    address = Address(platform=request.platform, chat=request.chat)
    act = Admission(user=request.user, is_admitted=is_admitted)
    post(ctx, address, key=f"admission:{number}", language=ctx.course.language, act=act)
    return number, request.name


def _number(cmd: CommandInvoked) -> int:
    text = cmd.text.strip().removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise UserError("number.usage", command=cmd.name)
    return int(text)


def _key(number: int) -> str:
    return f"join:{number}"
