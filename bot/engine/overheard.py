"""Whether what a member sends, and what it is answered, is read by others."""

from bot.domain.events import CommandInvoked
from bot.engine.context import Context


def is_overheard(cmd: CommandInvoked) -> bool:
    """Whether others could read the command: it was typed in a group, and not into a platform's own command box."""
    return not cmd.address.private and cmd.via != "button" and cmd.interaction is None


def answers_in_private(ctx: Context) -> bool:
    """Whether nobody else reads the answer."""
    address = ctx.actor_address
    has_waiting = getattr(ctx.event, "interaction", None) is not None
    return address.private or has_waiting or ctx.engine.voice.can_reach(address.platform)
