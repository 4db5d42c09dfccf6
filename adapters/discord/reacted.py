"""Who has put what under messages, asked of Discord where that takes few requests."""

from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.discord import shape
from adapters.discord.asking import Asking, Unreadable
from adapters.discord.paging import Raw
from adapters.discord.parse import emoji_of
from adapters.discord.people import actor_of
from bot.domain.events import SeenMessage
from bot.domain.places import Actor

_REQUESTS, _IN_ALL = 20, 500  # for the messages of one room, and of all: whatever happens now waits meanwhile
_LISTED = 100  # people in one answer
_NORMAL, _BURST = 0, 1
_PATH = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}"


class Reactions:
    """Asks while there are requests left."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._left = _IN_ALL

    async def seen(self, messages: Sequence[Raw]) -> list[SeenMessage]:
        """These messages of a room with their reactions, where they are known; the newest are asked for first."""
        seen: list[SeenMessage] = []
        left = min(_REQUESTS, self._left)
        for message in reversed(messages):
            lists = _lists(message)
            is_asked = len(lists) <= left and all(count <= _LISTED for *_, count in lists)
            if is_asked:
                left, self._left = left - len(lists), self._left - len(lists)
            reactions = await self._reactions(message, lists) if is_asked else None
            seen.append(SeenMessage(message=message["id"], reactions=reactions))
        return seen[::-1]

    async def _reactions(self, message: Raw, lists: "Sequence[_List]") -> tuple[tuple[Actor, str], ...] | None:
        found: list[tuple[Actor, str]] = []
        try:
            for emoji, kind, _ in lists:
                if shown := emoji_of(emoji):
                    found += [(actor, shown) for actor in await self._people(message, emoji, kind)]
        except Unreadable:
            return None  # it was deleted meanwhile, perhaps
        return tuple(dict.fromkeys(found))

    async def _people(self, message: Raw, emoji: shape.Emoji, kind: int) -> list[Actor]:
        path = {"channel_id": message["channel_id"], "message_id": message["id"], "emoji": _named(emoji)}
        users = await self._asking.get(_PATH, {"limit": _LISTED, "type": kind}, **path)
        return [actor_of(user) for user in msgspec.convert(users, list[shape.User]) if not user.bot]


_List = tuple[shape.Emoji, int, int]
"""What was put under a message, in which way, and how many did."""


def _lists(message: Raw) -> list[_List]:
    """What there is to be asked for. Whoever reacts to what a bot has written gives nothing to anybody."""
    if (message.get("author") or {}).get("bot"):
        return []
    found: list[_List] = []
    for one in message.get("reactions") or ():
        emoji, counts = msgspec.convert(one["emoji"], shape.Emoji), _counts(one)
        found += [(emoji, kind, count) for kind, count in counts.items() if count]
    return found


def _counts(reaction: dict[str, Any]) -> dict[int, int]:
    details = reaction.get("count_details") or {"normal": reaction["count"]}
    return {_NORMAL: details.get("normal", 0), _BURST: details.get("burst", 0)}


def _named(emoji: shape.Emoji) -> str:
    return f"{emoji.name}:{emoji.id}" if emoji.id else emoji.name or ""
