"""Commands in what Telegram lets a button carry: 64 bytes; and in what it lets a link carry, 64 letters and digits."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from bot.domain.messages import OutgoingMessage

_MOST = 64  # bytes of callback_data, characters of a start parameter
_KEPT = "#"  # callback_data that names a kept command; no command begins so
_NAME = re.compile(_KEPT + "[0-9a-f]{40}")
_LINKABLE = re.compile(r"([a-z]+)(?: ([A-Za-z0-9_-]+))?")


def data_of(command: str) -> str:
    """The callback_data of a button: the command, or the name under which it is kept."""
    return command if len(command.encode()) <= _MOST else _KEPT + sha256(command.encode()).hexdigest()[:40]


def kept_by(message: OutgoingMessage) -> dict[str, str]:
    """The commands of a message's buttons that are too long to travel, by the names under which they are kept."""
    named = ((data_of(button.command), button.command) for button in message.buttons)
    return {data: command for data, command in named if data != command}


def is_kept(data: str) -> bool:
    """Whether the data of a button only names a command."""
    return data.startswith(_KEPT)


def kept_in(updates: Iterable[object]) -> set[str]:
    """The names of kept commands in a batch of updates."""
    pressed = (update.get("callback_query") for update in updates if isinstance(update, Mapping))
    found = (query.get("data") for query in pressed if isinstance(query, Mapping))
    return {data for data in found if isinstance(data, str) and _NAME.fullmatch(data)}


def link_of(username: str, command: str) -> str:
    """A link that opens the private chat with the bot and runs the command there. Raises ValueError where none can."""
    found = _LINKABLE.fullmatch(command)
    parameter = "-".join(part for part in found.groups() if part) if found else ""
    if not 0 < len(parameter) <= _MOST:
        raise ValueError(f"a link can't carry {command!r}")
    return f"https://t.me/{username}?start={parameter}"


def linked(parameter: str) -> tuple[str, str]:
    """The command in a link, and its text: `join-writing` is `join writing`."""
    name, _, text = parameter.partition("-")
    return name.casefold(), text
