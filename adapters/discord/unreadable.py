"""What could not be understood, as the core keeps it: whatever it holds, it blocks nothing, and gives no token away."""

import reprlib
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import msgspec

from adapters.discord import shape
from adapters.discord.parse import key_of
from adapters.discord.traits import PLATFORM
from bot.domain.events import UpdateUnreadable
from bot.domain.text import clean_text

_LONGEST = 20_000  # characters that are kept of it


def unreadable(bot: str, what: str, raw: object, error: Exception, at: datetime) -> UpdateUnreadable:
    """`what` names it among all that this bot was told."""
    content = {name: value for name, value in raw.items() if name != "token"} if isinstance(raw, Mapping) else raw
    return UpdateUnreadable(
        key=key_of(bot, f"unreadable:{what}"),
        at=at,
        platform=PLATFORM,
        raw=_shown(content)[:_LONGEST],
        error=clean_text(f"{type(error).__name__}: {error}")[:_LONGEST],
    )


def name_of(raw: Mapping[str, object]) -> str:
    """Of an interaction: its id; where Discord gives out none like it, what stands there, and the token."""
    try:
        return f"interaction:{msgspec.convert(raw.get('id'), shape.Id)}"
    except msgspec.ValidationError:
        return f"interaction:{sha256(_shown([raw.get('id'), raw.get('token')]).encode()).hexdigest()}"


def _shown(content: object) -> str:
    """As JSON; what nobody can write as JSON is shown in part."""
    try:
        return msgspec.json.encode(content).decode()
    except (ValueError, RecursionError):
        return clean_text(reprlib.repr(content))
