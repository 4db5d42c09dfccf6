"""Channels that something has happened in and that no event has told of: threads that were archived, mostly."""

import asyncio
import logging

from adapters.discord.asking import Asking, Unreadable
from adapters.discord.homes import Homes
from adapters.discord.rooms import Rooms

log = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds: what has happened since waits meanwhile
_AGAIN = 60.0  # seconds in which nobody waits for the same channel once more


class Meeting:
    """Asks for each once."""

    def __init__(self, asking: Asking, rooms: Rooms, homes: Homes) -> None:
        self._asking = asking
        self._rooms = rooms
        self._homes = homes
        self._asked: set[str] = set()

    async def meet(self, channel: str, guild: str) -> None:
        """Know it, if courses live in that server."""
        if channel in self._asked or not any(self._rooms.guild_of(home) == guild for home in self._homes.all()):
            return
        self._asked.add(channel)
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._asking.get("/channels/{channel_id}", channel_id=channel)
        except Unreadable:
            return  # it is nothing for us, or gone
        except TimeoutError:
            log.warning("channel %s is not known, and could not be asked for now", channel)
            asyncio.get_running_loop().call_later(_AGAIN, self._asked.discard, channel)
            return
        self._rooms.learn("CHANNEL_CREATE", found)
