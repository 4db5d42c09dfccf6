"""Threads that begin with a message of ours: below it in a text channel, around it in a forum."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import discord

from adapters.discord.client import Client, Upload
from adapters.discord.errors import is_done, outcome_of
from adapters.discord.finding import Sent, says_same, since
from adapters.discord.outcomes import code_of, id_of, read
from adapters.discord.polls import Polls
from adapters.discord.render import name_of, payload_of
from adapters.discord.rooms import FORUMS, Room, Rooms
from bot.domain.errors import Refused
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Address

log = logging.getLogger(__name__)

_NEEDS_TAG = 40067
_MOST_TAGS = 5
_PAGE = 100  # archived threads

Thread = Mapping[str, Any]
"""A thread as the API gives it."""


class Threads:
    """Makes them, and knows which channels are forums."""

    def __init__(self, client: Client, rooms: Rooms, polls: Polls, sent: Sent) -> None:
        self._client = client
        self._rooms = rooms
        self._polls = polls
        self._sent = sent

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
        """The thread of a message that is there; once there is one, nothing happens.

        Nothing happens either where Discord wants none: the message is said, and what a missing right keeps us from is
        told to the staff by `standing.lacks_of`.
        """
        path = "/channels/{channel_id}/messages/{message_id}/threads"
        try:
            await self._client.call("POST", path, json={"name": name_of(message)}, channel_id=channel, message_id=id)
        except discord.HTTPException as error:
            if not isinstance(outcome_of(error), Refused):
                raise
            if not is_done(error):
                log.warning("no thread could begin with message %s: %s", id, error)

    async def rename(self, thread: str, message: OutgoingMessage) -> None:
        """Call a thread as its first message now wants; Discord allows that twice in ten minutes."""
        known, name = self._rooms.room(thread), name_of(message)
        if known and known.name == name:
            return
        with suppress(discord.NotFound):  # nobody can read it any more
            await self._client.call("PATCH", "/channels/{channel_id}", json={"name": name}, channel_id=thread)

    async def post(self, forum: Room, message: OutgoingMessage, files: Sequence[Upload]) -> str:
        """A new post in a forum; its id is that of its first message."""
        found = await self._find_post(forum, message) if message.is_unsure else None
        if found:
            await self._polls.posted(found, message)
        else:
            found = await self._polls.post(message, lambda: self._post_with_tags(forum, message, files))
        self._sent.remember(found, message)
        return found

    async def _post_with_tags(self, forum: Room, message: OutgoingMessage, files: Sequence[Upload]) -> str:
        tags = _tags_of(forum, message.topic.tags if message.topic else ())
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
        for thread in [*await self._active(forum), *await self._archived(forum)]:
            if self._may_be(thread, forum, message) and await self._is_post(thread, message):
                return str(thread["id"])
        return None

    async def _active(self, forum: Room) -> list[Thread]:
        found = await self._client.call("GET", "/guilds/{guild_id}/threads/active", guild_id=forum.guild)
        return list(read(found, dict)["threads"])

    async def _archived(self, forum: Room) -> list[Thread]:
        """Those that were archived last; none where we may not read them."""
        path, params = "/channels/{channel_id}/threads/archived/public", {"limit": _PAGE}
        try:
            found = await self._client.call("GET", path, params=params, channel_id=forum.id)
        except discord.Forbidden:
            return []
        return list(read(found, dict)["threads"])

    def _may_be(self, thread: Thread, forum: Room, message: OutgoingMessage) -> bool:
        is_ours = thread.get("parent_id") == forum.id and thread.get("owner_id") == self._client.bot
        is_new = int(thread["id"]) >= since(message) and self._sent.may_be(str(thread["id"]), message)
        return is_ours and is_new and thread["name"] == name_of(message)

    async def _is_post(self, thread: Thread, message: OutgoingMessage) -> bool:
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
