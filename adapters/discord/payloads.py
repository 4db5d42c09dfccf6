"""Commands in what Discord lets a button, or a choice of a menu, carry: 100 characters."""

import re
from hashlib import sha256

from bot.domain.messages import OutgoingMessage

KIND = "button"
"""The kind of the adapter's documents that hold the commands which are too long: `{"command": …}` by name."""

FORM = "form "
"""What the id of a form of Discord's own begins with; its name follows."""

_MOST = 100  # characters
_KEPT = "#"  # what names a kept command; no command begins so
_NAME = re.compile(_KEPT + "[0-9a-f]{40}")


def data_of(command: str) -> str:
    """What a button carries: the command, or the name under which it is kept."""
    return command if len(command) <= _MOST else _KEPT + sha256(command.encode()).hexdigest()[:40]


def kept_by(message: OutgoingMessage) -> dict[str, str]:
    """The commands of a message's buttons that are too long to travel, by the names under which they are kept."""
    named = ((data_of(button.command), button.command) for button in message.buttons)
    return {data: command for data, command in named if data != command}


def is_kept(data: str) -> bool:
    """Whether what a button carries only names a command."""
    return _NAME.fullmatch(data) is not None
