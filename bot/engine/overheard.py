"""Whether what a member sends, and what it is answered, is read by others."""

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.messages import Button
from bot.engine.context import Context


def is_overheard(cmd: CommandInvoked) -> bool:
    """Whether others could read the command: it was typed in a group, and not into a platform's own command box."""
    return not cmd.address.private and cmd.via != "button" and cmd.interaction is None


def answers_in_private(ctx: Context) -> bool:
    """Whether nobody else reads the answer."""
    address = ctx.actor_address
    has_waiting = getattr(ctx.event, "interaction", None) is not None
    return address.private or has_waiting or ctx.engine.voice.can_reach(address.platform)


def is_for_private_chat(ctx: Context) -> bool:
    """Whether this is a group of a platform that tells a person alone only in a private chat."""
    return ctx.engine.voice.can_reach(ctx.actor_address.platform) and not is_told_alone(ctx)


def is_told_alone(ctx: Context) -> bool:
    """Whether the answer is seen by nobody else where the person is now."""
    address, is_waiting = ctx.actor_address, getattr(ctx.event, "interaction", None) is not None
    return address.private or ctx.engine.voice.can_whisper(address.platform, is_answer=is_waiting)


def private_chat_first(ctx: Context, command: str) -> UserError:
    """Says to all who can see it that this is for the private chat, with a button that opens it.

    What a link may run begins there at once.
    """
    can_open = ctx.engine.voice.can_reach(ctx.actor_address.platform)
    is_linked = ctx.engine.registry.commands[command].by_link
    button = Button(label="button.open_private", command=command if is_linked else "start", is_private=True)
    return UserError("command.alone", buttons=[button] if can_open else (), command=command)
