"""Reactions of one kind that somebody took away from a message, whoever had put them there."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from adapters.discord.asking import Asking, Unreadable
from adapters.discord.parse import key_of
from adapters.discord.reacted import Reactions
from adapters.discord.rooms import Rooms
from bot.domain.events import StretchSeen
from bot.domain.ports import Clock

log = logging.getLogger(__name__)

_NAME = "MESSAGE_REACTION_REMOVE_EMOJI"
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_PATIENCE = 5.0  # seconds: what has happened since waits meanwhile


class Cleared:
    """Discord does not say whose they were: those that are left are looked at."""

    def __init__(self, asking: Asking, rooms: Rooms, clock: Clock) -> None:
        self._asking = asking
        self._reactions = Reactions(asking)
        self._rooms = rooms
        self._clock = clock

    async def heard(self, name: str, data: Mapping[str, Any]) -> list[StretchSeen]:
        """How the message stands now; nothing for any other raw event."""
        address = self._rooms.address_of(data["channel_id"], data.get("guild_id")) if name == _NAME else None
        if address is None or address.private:
            return []
        try:
            async with asyncio.timeout(_PATIENCE):
                path = {"channel_id": data["channel_id"], "message_id": data["message_id"]}
                seen = await self._reactions.seen([await self._asking.get(_MESSAGE, **path)])
        except (Unreadable, TimeoutError):
            log.warning("what is left of the reactions to message %s is not known", data["message_id"])
            return []
        now, id = self._clock.now(), data["message_id"]
        key = key_of(self._rooms.bot, f"cleared:{id}:{now.isoformat()}")
        return [StretchSeen(key=key, at=now, address=address, first=id, last=id, messages=tuple(seen))]
