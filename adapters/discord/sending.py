"""Everything that goes out and answers no interaction."""

from collections.abc import Sequence
from typing import Any

import discord

from adapters.discord.client import Client, Upload
from adapters.discord.finding import Sent, find_sent
from adapters.discord.keeping import keep_commands, keep_surely
from adapters.discord.outcomes import as_outcome, code_of, id_of
from adapters.discord.polls import Polls
from adapters.discord.render import below_title, edit_of, new_of
from adapters.discord.rooms import Rooms
from adapters.discord.threads import Threads
from adapters.discord.uploads import uploads_of
from bot.domain.errors import Refused
from bot.domain.messages import OutgoingMessage, Reaction
from bot.domain.places import Address
from bot.domain.ports import AdapterStore, FileStore

_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = _MESSAGES + "/{message_id}"
_ARCHIVED = 50083
_NO_MESSAGE = 10008
_POLL_IS_OVER = 520001


class Sending:
    """Posts, edits, pins, deletes, reacts. Whoever takes votes waits for `polls.posting`."""

    def __init__(self, client: Client, store: AdapterStore, files: FileStore, rooms: Rooms) -> None:
        self._client = client
        self._store = store
        self._files = files
        self._rooms = rooms
        self._sent = Sent()
        self.polls = Polls(store)
        self._threads = Threads(client, rooms, self.polls, self._sent)

    async def send(self, message: OutgoingMessage) -> str:
        """The platform's id of the message. Raises NotSent, Refused or Unknown, nothing else."""
        with as_outcome():
            if isinstance(message.act, Reaction):
                return await self._react(message.address, message.act)
            if message.act is not None:
                raise Refused(f"nothing here does {message.act!r}")
            await keep_commands(self._store, message)
            return await (self._change(message) if message.about else self._say(message))

    # --- saying something ---------------------------------------------------------------------------------------------

    async def _say(self, message: OutgoingMessage) -> str:
        """A message of its own, and the thread that begins with it."""
        if forum := await self._threads.forum(message.address):  # in a forum, everything is a post
            return await self._threads.post(forum, below_title(message), uploads_of(message.files, self._files))
        channel = await self._channel_of(message.address)
        if message.topic is None or message.address.private or "/" in message.address.chat:
            return await self._write(channel, message)
        return await self._write_with_thread(channel, message)

    async def _write(self, channel: str, message: OutgoingMessage) -> str:
        payload = new_of(message)
        found = await find_sent(self._client, channel, message, payload, self._sent) if message.is_unsure else None
        if found:
            await self.polls.posted(found, message)
        else:
            found = await self.polls.post(message, lambda: self._make(channel, message, payload))
        self._sent.remember(found, message)
        return found

    async def _make(self, channel: str, message: OutgoingMessage, payload: dict[str, Any]) -> str:
        files = uploads_of(message.files, self._files)
        return id_of(await self._call("POST", _MESSAGES, channel, json=payload, files=files))

    async def _write_with_thread(self, channel: str, message: OutgoingMessage) -> str:
        """Two steps: what came of the first is kept until the second is done, whenever that is."""
        kept = await self._store.get("begun", message.key)
        id = kept["id"] if kept else await self._write(channel, message)
        if kept is None:
            await keep_surely(self._store, "begun", message.key, {"id": id})
        await self._threads.begin_below(channel, message, id)
        await self._store.delete("begun", message.key)
        return str(id)

    async def _channel_of(self, address: Address) -> str:
        if not address.private:
            return address.chat.rpartition("/")[2]
        known = self._rooms.private_channel(address.chat)
        kept = None if known else await self._store.get("dm", address.chat)
        if kept:
            known = str(kept["channel"])
        if known is None:
            made = await self._client.call("POST", "/users/@me/channels", json={"recipient_id": address.chat})
            known = id_of(made)
            await self._store.put("dm", address.chat, {"channel": known})
        self._rooms.met(known, address.chat)
        return known

    # --- doing something to what is there -----------------------------------------------------------------------------

    async def _change(self, message: OutgoingMessage) -> str:
        id = message.target
        if id is None:
            raise Refused("there is no such message")
        channel = await self._home_of(message.address, id)
        if message.pins:
            await self._call("PUT", _MESSAGES + "/pins/{message_id}", channel, message_id=id)
        elif message.unpins:
            await self._call("DELETE", _MESSAGES + "/pins/{message_id}", channel, message_id=id, done=_NO_MESSAGE)
        elif message.deletes:
            await self._call("DELETE", _MESSAGE, channel, message_id=id, done=_NO_MESSAGE)
        elif message.poll:
            path = "/channels/{channel_id}/polls/{message_id}/expire"
            await self._call("POST", path, channel, message_id=id, done=_POLL_IS_OVER)
        else:
            files = uploads_of(message.files, self._files)
            if message.topic and await self._threads.forum(message.address):
                message = below_title(message)
            await self._call("PATCH", _MESSAGE, channel, json=edit_of(message), files=files, message_id=id)
            if message.topic and not message.address.private:
                await self._threads.rename(id, message)
        return id

    async def _react(self, address: Address, wanted: Reaction) -> str:
        channel = await self._home_of(address, wanted.message)
        path = _MESSAGE + "/reactions/{emoji}/@me"
        await self._call("PUT", path, channel, message_id=wanted.message, emoji=wanted.emoji)
        return wanted.message

    async def _home_of(self, address: Address, message: str) -> str:
        """The channel that a message stands in: the first one of a post stands in the post."""
        return message if await self._threads.forum(address) else await self._channel_of(address)

    # --- calls --------------------------------------------------------------------------------------------------------

    async def _call(
        self,
        method: str,
        path: str,
        channel: str,
        *,
        json: Any = None,
        files: Sequence[Upload] = (),
        done: int | None = None,
        **ids: str,
    ) -> Any:
        """Do it in a channel; a thread that has gone to sleep is woken. `done` is the error that says: it is so."""

        async def call() -> Any:
            return await self._client.call(method, path, json=json, params=None, files=files, channel_id=channel, **ids)

        try:
            return await call()
        except discord.HTTPException as error:
            if code_of(error) == done:
                return None
            if code_of(error) != _ARCHIVED:
                raise
        await self._client.call("PATCH", "/channels/{channel_id}", json={"archived": False}, channel_id=channel)
        return await call()
