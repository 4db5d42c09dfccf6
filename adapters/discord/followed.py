"""The channels and threads where courses live, those included that were archived while nobody looked."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord

from adapters.discord.asking import Asking, Unreadable, together
from adapters.discord.homes import Homes
from adapters.discord.paging import PAGE
from adapters.discord.rooms import FORUMS, Room, Rooms

_MARGIN = timedelta(hours=1)  # what comes to be handled is not in the very order in which it was written
_TEXT, _NEWS = 0, 5
_WITH_THREADS = (_TEXT, _NEWS, *FORUMS)
_PUBLIC = "/channels/{channel_id}/threads/archived/public"
_PRIVATE = "/channels/{channel_id}/threads/archived/private"
_PRIVATE_JOINED = "/channels/{channel_id}/users/@me/threads/archived/private"


class Followed:
    """What of all that the bot sees concerns courses."""

    def __init__(self, asking: Asking, rooms: Rooms, homes: Homes) -> None:
        self._asking = asking
        self._rooms = rooms
        self._homes = homes

    def roots(self) -> Iterator[Room]:
        """What is bound itself, as far as it is known."""
        for id in sorted(self._homes.ids()):
            if room := self._rooms.room(id):
                yield room

    def inside(self, root: Room) -> list[Room]:
        """A channel with its threads; of a forum, its posts alone."""
        own = [] if root.type in FORUMS else [root]
        return own if root.is_thread else [*own, *self._rooms.threads_of(root.id)]

    def all(self) -> dict[str, Room]:
        """Every channel and thread with messages that courses hear of."""
        return {room.id: room for root in self.roots() for room in self.inside(root)}

    def home_of(self, room: Room) -> str | None:
        """The channel that a thread is followed with; None: it is bound itself."""
        return None if room.id in self._homes.ids() else room.parent

    def holds(self, id: str, home: str) -> bool:
        """Whether it is bound, or its channel, as far as that was known."""
        return not self._homes.ids().isdisjoint((id, home))

    # --- those that nobody has told us of -----------------------------------------------------------------------------

    async def learn(self, since: Callable[[str], datetime | None]) -> dict[str, str]:
        """Know the bound threads that are archived, and of bound channels the threads that were archived since then.

        `since` is asked with a channel's id; None: nobody has begun there. What could not be learned, with the reason:
        `CHANNEL` could not be seen at all, `CHANNEL/threads` are its archived threads.
        """
        unknown = [id for id in sorted(self._homes.ids()) if self._rooms.room(id) is None]
        failed = await together(self._failure(id, partial(self.meet, id)) for id in unknown)
        begun = [(root, at) for root in self.roots() if root.type in _WITH_THREADS and (at := since(root.id))]
        failed += await together(
            self._failure(f"{root.id}/threads", partial(self._archived, root, at - _MARGIN)) for root, at in begun
        )
        return dict(filter(None, failed))

    async def _failure(self, what: str, act: Callable[[], Awaitable[object]]) -> tuple[str, str] | None:
        try:
            await act()
        except Unreadable as error:
            return what, error.reason
        return None

    async def meet(self, id: str) -> Room | None:
        """Know a channel or thread that no event has told of. Raises Unreadable."""
        found = await self._asking.get("/channels/{channel_id}", channel_id=id)
        self._rooms.learn("CHANNEL_CREATE", found)
        return self._rooms.room(id)

    async def _archived(self, channel: Room, since: datetime) -> None:
        await self._archived_in(_PUBLIC, channel, since)
        if channel.type == _TEXT:
            await self._archived_private(channel, since)

    async def _archived_private(self, channel: Room, since: datetime) -> None:
        """All of them may be seen only by who may manage threads."""
        try:
            await self._archived_in(_PRIVATE, channel, since)
        except Unreadable:
            await self._archived_in(_PRIVATE_JOINED, channel, since)

    async def _archived_in(self, path: str, channel: Room, since: datetime) -> None:
        params: dict[str, Any] = {"limit": PAGE}
        while True:
            page = await self._asking.get(path, params, channel_id=channel.id)
            threads = page["threads"]
            fresh = [thread for thread in threads if _archived_at(thread) >= since]
            for thread in fresh:
                self._rooms.learn("THREAD_CREATE", {**thread, "guild_id": channel.guild})
            is_by_id = path == _PRIVATE_JOINED  # else by the moment at which they were archived
            if not page.get("has_more") or not threads or not (fresh or is_by_id):
                return
            last = threads[-1]
            params["before"] = last["id"] if is_by_id else last["thread_metadata"]["archive_timestamp"]


def _archived_at(thread: dict[str, Any]) -> datetime:
    found: datetime | None = discord.utils.parse_time(thread["thread_metadata"]["archive_timestamp"])
    assert found is not None, "an archived thread says when it was"
    return found
