"""Threads that begin with a message of ours: below it in a text channel, around it in a forum."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import discord

from adapters.discord.client import Client, Upload
from adapters.discord.errors import is_done
from adapters.discord.finding import says_same, since
from adapters.discord.outcomes import code_of, id_of, read
from adapters.discord.render import name_of, payload_of
from adapters.discord.rooms import FORUMS, Room, Rooms
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Address

_NEEDS_TAG = 40067
_MOST_TAGS = 5


class Threads:
    """Makes them, and knows which channels are forums."""

    def __init__(self, client: Client, rooms: Rooms) -> None:
        self._client = client
        self._rooms = rooms

    async def forum(self, address: Address) -> Room | None:
        """The forum at an address, where there is one. Before the first session has begun, Discord is asked."""
        if address.private or "/" in address.chat:
            return None
        if self._rooms.room(address.chat) is None:
            data = await self._client.call("GET", "/channels/{channel_id}", channel_id=address.chat)
            self._rooms.learn("CHANNEL_CREATE", read(data, dict))
        room = self._rooms.room(address.chat)
        return room if room and room.type in FORUMS else None

    async def begin_below(self, channel: str, message: OutgoingMessage, id: str) -> None:
        """The thread of a message that is there; once there is one, nothing happens."""
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await self._client.call("POST", path, json={"name": name_of(message)}, channel_id=channel, message_id=id)
        except discord.HTTPException as error:
            if not is_done(error):
                raise

    async def rename(self, thread: str, message: OutgoingMessage) -> None:
        """Call a thread as its first message now wants; Discord allows that twice in ten minutes."""
        known, name = self._rooms.room(thread), name_of(message)
        if known and known.name == name:
            return
        with suppress(discord.NotFound):  # nobody can read it any more
            await self._client.call("PATCH", "/channels/{channel_id}", json={"name": name}, channel_id=thread)

    async def post(self, forum: Room, message: OutgoingMessage, files: Sequence[Upload]) -> str:
        """A new post in a forum; its id is that of its first message."""
        if message.is_unsure and (found := await self._find_post(forum, message)):
            return found
        wanted = message.topic.tags if message.topic else ()
        tags = _tags_of(forum, wanted)
        try:
            return await self._make_post(forum, message, files, tags)
        except discord.HTTPException as error:
            if code_of(error) != _NEEDS_TAG or tags or not forum.tags:
                raise
        return await self._make_post(forum, message, files, [forum.tags[0][0]])

    async def _make_post(
        self, forum: Room, message: OutgoingMessage, files: Sequence[Upload], tags: Sequence[str]
    ) -> str:
        body = {"name": name_of(message), "message": payload_of(message), "applied_tags": tags}
        made = await self._client.call(
            "POST", "/channels/{channel_id}/threads", json=body, files=files, channel_id=forum.id
        )
        return id_of(made)

    async def _find_post(self, forum: Room, message: OutgoingMessage) -> str | None:
        """Posts have no nonce: one of ours with this name and these words, made at that time, is the one."""
        active = await self._client.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.guild)
        for thread in read(active, dict)["threads"]:
            if self._may_be(thread, forum, message) and await self._is_post(thread, message):
                return str(thread["id"])
        return None

    def _may_be(self, thread: Mapping[str, Any], forum: Room, message: OutgoingMessage) -> bool:
        is_ours = thread.get("parent_id") == forum.id and thread.get("owner_id") == self._client.bot
        return is_ours and thread["name"] == name_of(message) and int(thread["id"]) >= since(message)

    async def _is_post(self, thread: Mapping[str, Any], message: OutgoingMessage) -> bool:
        path, id = "/channels/{channel_id}/messages/{message_id}", str(thread["id"])
        try:
            first = await self._client.call("GET", path, channel_id=id, message_id=id)
        except discord.NotFound:
            return False  # somebody has deleted it
        return says_same(read(first, dict), payload_of(message))


def _tags_of(forum: Room, wanted: Sequence[str]) -> list[str]:
    """The forum's tags of these names; it may not have all of them."""
    ids = {name.strip().casefold(): id for id, name in reversed(forum.tags)}
    found = dict.fromkeys(ids[name.strip().casefold()] for name in wanted if name.strip().casefold() in ids)
    return list(found)[:_MOST_TAGS]
