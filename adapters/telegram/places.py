"""How the bot stands in a chat: asked of the server, said in what it lacks."""

from datetime import datetime
from typing import Any

from msgspec import structs
from telegram.error import BadRequest, Forbidden, TelegramError

from adapters.telegram.client import Client
from adapters.telegram.parse import key_of
from adapters.telegram.render import chat_of
from adapters.telegram.standing import lacks_of
from bot.domain.events import PlaceSeen
from bot.domain.places import Address


class Places:
    """Asks the server about chats."""

    def __init__(self, client: Client, bot: str) -> None:
        self._client = client
        self._bot = bot

    async def with_lacks(self, seen: PlaceSeen, me: dict[str, Any]) -> PlaceSeen:
        """With what the bot can't do there; as it is where the server does not tell now."""
        try:
            found = await self.seen(seen.address, me, seen.at)
        except TelegramError:
            return seen
        return structs.replace(seen, lacks=found.lacks)

    async def seen(self, address: Address, me: dict[str, Any], now: datetime) -> PlaceSeen:
        """How things stand. Raises TelegramError where the server can't be asked."""
        about = {"chat_id": chat_of(address)["chat_id"]}
        key = key_of(self._bot, f"seen:{address.chat}")
        try:
            me = await self._client.call("getMe")  # privacy mode may have been switched since the start
            chat = await self._client.call("getChat", **about)
            member = await self._client.call("getChatMember", **about, user_id=int(self._bot))
        except (BadRequest, Forbidden):
            return PlaceSeen(key=key, at=now, address=address, title="", cause="asked", is_in=False)
        is_in = member["status"] not in ("left", "kicked")
        lacks = tuple(lacks_of(me, chat, member)) if is_in else ()
        title = str(chat.get("title") or "")
        return PlaceSeen(key=key, at=now, address=address, title=title, cause="asked", is_in=is_in, lacks=lacks)
