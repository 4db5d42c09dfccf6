"""What happened while nobody listened: first what was written, then what can be known of the rest."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from datetime import datetime

import discord

from adapters.discord.asking import Asking, Caller, Unreadable
from adapters.discord.followed import Followed
from adapters.discord.gaps import Gaps
from adapters.discord.homes import Homes
from adapters.discord.members import Members
from adapters.discord.paging import PAGE, Raw, check_readable, merged, messages_after
from adapters.discord.reconcile import Reconciling
from adapters.discord.recounting import Recounting
from adapters.discord.rooms import Room, Rooms
from adapters.discord.stored import until_stored
from adapters.discord.unread import Unread
from adapters.discord.watermarks import Watermarks
from bot.domain.ports import AdapterStore, Clock, Sink

Waiting = Callable[[Collection[str]], str | None]
"""The oldest message of some channels that was heard and has not had its effect."""

Take = Callable[[Sequence[Raw]], Awaitable[None]]
"""Gives messages, as MESSAGE_CREATE has them, their effect; it returns when that is committed."""


_FOLLOWING = 1.0  # seconds between looks at what is bound


class CatchingUp:
    """Reads what a new session of the gateway does not tell. Killed anywhere, it goes on from where it was."""

    def __init__(  # noqa: PLR0913 - it is made once, of all that it goes between
        self,
        client: Caller,
        rooms: Rooms,
        store: AdapterStore,
        watermarks: Watermarks,
        homes: Homes,
        take: Take,
        clock: Clock,
        *,
        waiting: Waiting = lambda channels: None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rooms = rooms
        self._homes = homes
        self._bound: frozenset[str] | None = None  # the last time that we looked
        self._watermarks = watermarks
        self._take = take
        self._waiting = waiting
        self._clock = clock
        self._interrupted: datetime | None = None  # since when a server has an outage
        self._asking = asking = Asking(client, wait)
        self._unread = Unread(store)
        self._followed = Followed(asking, rooms, homes)
        self._gaps = Gaps(store)
        self._reconciling = Reconciling(asking, rooms, self._followed, clock)
        self.recounting = Recounting(asking, store, clock)
        self.members = Members(asking, rooms, store, self._followed, clock)

    async def run(self, sink: Sink) -> None:
        """All of it. Raises what `take` raises, except StorageTrouble: that passes."""
        before, newest = self._watermarks.all(), self._watermarks.newest
        since = await self._gaps.begin(self._listened_until(newest)) if newest else None
        await self._read(since)
        lost = await self.members.compare(sink)
        if since is not None:
            lost |= await self._reconciling.run(before, since, sink)
            lost |= await self.recounting.run(self._rooms.bot, since, sink)
            await self._gaps.end(since, self._clock.now(), lost | ({"channels"} if self._unread.any() else set()))
        self._interrupted = None

    def interrupted(self) -> None:
        """From now on something is not heard, whatever else is."""
        self._interrupted = self._interrupted or self._clock.now()

    def _listened_until(self, newest: str) -> datetime:
        last = discord.utils.snowflake_time(int(newest))
        return min(last, self._interrupted or last)

    def has_begun_in(self, rooms: Collection[str]) -> bool:
        """Whether something was, or should have been, read in any of these."""
        known = (room for id in rooms if (room := self._rooms.room(id)))
        return any(self._start(room) is not None for room in known)

    @property
    def is_whole(self) -> bool:
        """Whether nothing waits to be read."""
        return not self._unread.any()

    async def postpone(self) -> None:
        """Where `run` has failed: remember from where on to read, because what happens now moves the watermarks."""
        for room, after in self._behind():
            await self._unread.put(room.id, after, "failed")

    async def read_rest(self) -> None:
        """What could not be read before, beside what happens now. Raises what `take` raises."""
        await self._read(None)

    async def keep_following(self) -> None:
        """For ever: begin in what becomes bound, so that it is read from there should nobody listen soon after.

        And store who came and went.
        """
        while True:
            await asyncio.sleep(_FOLLOWING)
            await self.follow()
            await until_stored(self.members.flush)

    # --- what was written ---------------------------------------------------------------------------------------------

    async def _read(self, since: datetime | None) -> None:
        """Hand over every message after the watermarks, in the order in which they were written."""
        await until_stored(self._unread.load)
        await self._learn(since)
        await self.follow()
        whole: list[str] = []
        sources = [self._missed(room, after, whole) for room, after in self._behind()]
        batch: list[Raw] = []
        async with aclosing(merged(sources)) as messages:
            async for message in messages:
                batch.append(message)
                if len(batch) == PAGE:
                    await self._hand_over(batch)
                    batch = []
        await self._hand_over(batch)
        for channel in whole:
            await self._unread.forget(channel)

    async def _learn(self, since: datetime | None) -> None:
        """Know every place, and remember those that can't be known. `since`: until when somebody listened."""

        def listened_until(channel: str) -> datetime | None:
            missed = self._unread.of(f"{channel}/threads")
            begun = since if self._watermarks.of(channel) else None
            return discord.utils.snowflake_time(int(missed)) if missed else begun

        failed = await self._followed.learn(listened_until)
        for root in self._followed.roots():
            if f"{root.id}/threads" not in failed:
                await self._unread.forget(f"{root.id}/threads")
        now = str(discord.utils.time_snowflake(self._clock.now()))
        for what, reason in failed.items():
            channel = what.partition("/")[0]
            after = self._unread.of(what) or self._watermarks.of(channel) or self._watermarks.newest or now
            await self._unread.put(what, after, reason)

    async def follow(self) -> None:
        """Begin in every place that is bound since the last time; what is not bound any more is forgotten."""
        await self._forget()
        for root in self._followed.roots():
            if self._watermarks.of(root.id) is None:
                self._watermarks.note(root.id, self._beginning(root), root.id)
        await until_stored(self._watermarks.flush)

    async def _forget(self) -> None:
        """If it is bound again one day, nobody reads what was said meanwhile."""
        ids = self._homes.ids()
        if ids == self._bound:
            return
        marks, self._bound = self._watermarks.all(), ids
        for what, channel in self._unread.channels().items():
            mark, room = marks.get(channel), self._rooms.room(channel)
            home = mark.home if mark else (room and room.parent) or channel
            if not self._followed.holds(channel, home):
                await self._unread.forget(what)
        for channel, mark in marks.items():
            if not self._followed.holds(channel, mark.home):
                self._watermarks.forget(channel)

    def _beginning(self, root: Room) -> str:
        """What is there now is not read; what was heard and waits for its turn is."""
        rooms = self._followed.inside(root)
        there = (*(room.last_message for room in rooms), root.last_message, self._watermarks.newest)
        newest = max((id for id in there if id), key=int, default="0")
        waiting = self._waiting({room.id for room in rooms})
        return str(min(int(newest), int(waiting) - 1)) if waiting else newest

    def _behind(self) -> list[tuple[Room, str]]:
        """Where there is something new, and after which message."""
        found = ((room, self._start(room)) for room in self._followed.all().values())
        return [
            (room, after)
            for room, after in found
            if after is not None and room.last_message is not None and int(after) < int(room.last_message)
        ]

    def _start(self, room: Room) -> str | None:
        """The last message that is handled there. Threads are read from when their channel was begun with, or later."""
        known = self._unread.of(room.id) or self._watermarks.of(room.id)
        begun = self._watermarks.since(self._followed.home_of(room) or "")
        return max((id for id in (known, begun) if id), key=int, default=None)

    async def _missed(self, room: Room, after: str, whole: list[str]) -> AsyncGenerator[Raw, None]:
        """What was written in one place; it becomes part of `whole` where all of it could be read."""
        is_empty = True
        try:
            async with aclosing(messages_after(self._asking, room.id, after)) as messages:
                async for message in messages:
                    is_empty = False
                    yield {**message, "guild_id": room.guild}
            if is_empty:
                await check_readable(self._asking, room.id, after)
        except Unreadable as error:
            if self._is_followed(room.id):
                await self._unread.put(room.id, after, error.reason)
        else:
            whole.append(room.id)

    async def _hand_over(self, batch: Sequence[Raw]) -> None:
        if not batch:
            return
        await until_stored(lambda: self._take(batch))
        for message in batch:
            channel = str(message["channel_id"])
            if self._is_followed(channel):
                self._watermarks.note(channel, str(message["id"]), self._home(channel))
        await until_stored(self._watermarks.flush)

    def _is_followed(self, channel: str) -> bool:
        """Whether courses still live there: what is not bound any more has no watermark that could be read from."""
        return self._followed.holds(channel, self._home(channel))

    def _home(self, channel: str) -> str:
        room = self._rooms.room(channel)
        return (room and self._followed.home_of(room)) or channel
