"""How the bot stands in a chat: asked of the server, said in what it lacks."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import structs
from telegram.error import BadRequest, Forbidden, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.parse import key_of
from adapters.telegram.render import chat_of
from adapters.telegram.standing import is_in, lacks_of
from bot.domain.errors import StorageTrouble
from bot.domain.events import PlaceSeen
from bot.domain.ids import EventKey
from bot.domain.places import Address
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)

_PAUSE = 0.1  # seconds between two chats: nobody is in a hurry


class Places:
    """Asks the server about chats."""

    def __init__(self, client: Client, bot: str) -> None:
        self._client = client
        self._bot = bot

    async def with_lacks(self, seen: PlaceSeen) -> PlaceSeen | None:
        """With what the bot can't do there. None where the server does not tell now, and nothing else was new."""
        if not seen.is_in:
            return seen
        try:
            found = await self.seen(seen.address, seen.at)
        except TelegramError as error:
            log.warning("how the bot stands in a chat is not known: %s", type(error).__name__)
            return None if seen.cause == "changed" else seen
        return structs.replace(seen, lacks=found.lacks)

    async def seen(self, address: Address, now: datetime) -> PlaceSeen:
        """How things stand. Raises TelegramError where the server can't be asked."""
        key = key_of(self._bot, f"seen:{address.chat}")
        try:
            about = {"chat_id": chat_of(address)["chat_id"]}
            me = await self._client.call("getMe")  # privacy mode may have been switched since the start
            chat = await self._client.call("getChat", **about)
            member = await self._client.call("getChatMember", **about, user_id=int(self._bot))
        except (BadRequest, Forbidden, ValueError):  # or it is no id of a chat at all
            return PlaceSeen(key=key, at=now, address=address, title="", cause="asked", is_in=False)
        return PlaceSeen(
            key=key,
            at=now,
            address=address,
            title=str(chat.get("title") or ""),
            cause="asked",
            is_in=is_in(member),
            lacks=lacks_of(me, chat, member),
        )


class LookAround:
    """Looks, at each start and at most once a day, how the bot stands in the chats that it is to be in."""

    def __init__(self, chats: Callable[[], Iterable[Address]], clock: Clock) -> None:
        self._chats = chats
        self._clock = clock

    async def run(self, places: Places, sink: Sink) -> None:
        """Look once at each."""
        for address in list(self._chats()):
            now = self._clock.now()
            try:
                seen = await places.seen(address, now)
                key = EventKey(f"{seen.key}:{now.date()}")
                await sink([structs.replace(seen, key=key, cause="start")])
            except (TelegramError, StorageTrouble) as error:
                log.warning("how the bot stands in a chat is not known: %s", type(error).__name__)
            await asyncio.sleep(_PAUSE)
