"""Topics of forums that begin with a message of ours. Elsewhere a thread is a message and the replies to it.

Outside of here, a post that has a topic of its own goes by the topic's id: so what is said in the topic is known to
answer it, as with the threads of other platforms. Which message it is stands in the adapter's store.
"""

import logging

from msgspec import structs
from telegram.error import BadRequest, Forbidden

from adapters.telegram.client import Client
from adapters.telegram.errors import is_done
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Address
from bot.domain.ports import AdapterStore

log = logging.getLogger(__name__)

_LONGEST = 128  # characters of a name: https://core.telegram.org/bots/api#createforumtopic
_GONE = "message thread not found"
_TOPIC, _BEGUN = "topic", "topic_begun"


class Topics:
    """Opens them, and knows which were opened for a post."""

    def __init__(self, client: Client, store: AdapterStore) -> None:
        self._client = client
        self._store = store

    async def placed(self, message: OutgoingMessage) -> OutgoingMessage:
        """With the chat, the topic and the ids that calls take. Raises TelegramError."""
        if message.target:
            return await self._changing(message, message.target)
        if message.within:
            return await self._within(message)
        if message.topic and not message.address.private and "/" not in message.address.chat:
            return await self._beginning(message)
        return message

    async def began(self, message: OutgoingMessage, placed: OutgoingMessage, id: str) -> str:
        """The id by which a message that was sent is known: that of the topic, where it has begun one."""
        if message.topic is None or placed.address == message.address:
            return id
        topic = placed.address.chat.partition("/")[2]
        await self._store.put(_TOPIC, placed.address.chat, {"message": id, "name": message.topic.title})
        await self._store.delete(_BEGUN, message.key)
        return topic

    async def without(self, placed: OutgoingMessage, error: BadRequest) -> OutgoingMessage | None:
        """The same for the chat itself, where the topic that it was for is gone; None where the error says otherwise.

        Somebody has deleted the topic: what is said of the post later still finds a reader.
        """
        if _GONE not in str(error).casefold() or await self._store.get(_TOPIC, placed.address.chat) is None:
            return None
        await self._store.delete(_TOPIC, placed.address.chat)
        room = structs.replace(placed.address, chat=placed.address.room)
        return structs.replace(placed, address=room, reply_to=None)

    async def _changing(self, message: OutgoingMessage, target: str) -> OutgoingMessage:
        place = f"{message.address.room}/{target}"
        known = await self._store.get(_TOPIC, place)
        if known is None:
            return message
        if message.edits and message.topic and message.topic.title != known["name"]:
            await self._rename(message, place, known["message"])
        return structs.replace(message, target=known["message"])

    async def _rename(self, message: OutgoingMessage, place: str, first: str) -> None:
        assert message.topic, "only what has a title is called by it"
        name, chat, topic = message.topic.title, message.address.room, int(place.partition("/")[2])
        try:
            await self._client.call("editForumTopic", chat_id=int(chat), message_thread_id=topic, name=name[:_LONGEST])
        except (BadRequest, Forbidden) as error:
            if not is_done(error):
                log.warning("a topic could not be renamed: %s", type(error).__name__)
                return
        await self._store.put(_TOPIC, place, {"message": first, "name": name})

    async def _within(self, message: OutgoingMessage) -> OutgoingMessage:
        """Into the topic of its post, or as a reply to it: an answer lands in the topic of what it answers."""
        _, _, first = message.address.chat.partition("/")
        if not first:
            return message
        if await self._store.get(_TOPIC, message.address.chat):
            return structs.replace(message, reply_to=None)
        room = structs.replace(message.address, chat=message.address.room)
        return structs.replace(message, address=room, reply_to=message.reply_to or first)

    async def _beginning(self, message: OutgoingMessage) -> OutgoingMessage:
        """In a topic of its own, where the chat is a forum and we may open one."""
        begun = await self._store.get(_BEGUN, message.key)
        topic = begun["topic"] if begun else await self._open(message)
        if topic is None:
            return message
        await self._store.put(_BEGUN, message.key, {"topic": topic})
        return structs.replace(
            message, address=Address(platform=message.address.platform, chat=f"{message.address.chat}/{topic}")
        )

    async def _open(self, message: OutgoingMessage) -> str | None:
        assert message.topic, "only what has a title opens a topic"
        chat = {"chat_id": int(message.address.chat)}
        try:
            if not (await self._client.call("getChat", **chat)).get("is_forum"):
                return None
            made = await self._client.call("createForumTopic", **chat, name=message.topic.title[:_LONGEST])
        except (BadRequest, Forbidden) as error:
            log.warning("a topic could not be opened: %s", type(error).__name__)
            return None
        return str(made["message_thread_id"])
