"""The queue between the gateway and the core: what happened, in its order, until it is committed."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from adapters.discord.homes import Homes
from adapters.discord.parse import READ, Known, parse
from adapters.discord.people import Names
from adapters.discord.rooms import Rooms
from adapters.discord.stored import until_stored
from adapters.discord.unreadable import unreadable
from adapters.discord.votes import Votes
from adapters.discord.watermarks import Watermarks
from bot.domain.errors import StorageTrouble
from bot.domain.events import Done, Event, MessageDeleted, UpdateUnreadable
from bot.domain.places import Address
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)

_BATCH = 100
_KEEPING = 1.0  # seconds between watermarks that are stored: what comes twice has the same key
_VOTES = ("MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE")
_AS_TOLD = ("MESSAGE_CREATE", "MESSAGE_UPDATE")  # of a message that was edited: both
_PASSING = ("GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE")

Beside = Callable[[str, dict[str, Any]], Awaitable[Sequence[Event]]]
"""What else follows from a raw event. Raises StorageTrouble."""

Meet = Callable[[str, str], Awaitable[None]]
"""Learns of a channel in a server that no event has told of, if it can."""


class Heard(NamedTuple):
    """One raw event as it came; `place` is where it happened, as far as that was known at that moment."""

    name: str
    data: dict[str, Any]
    place: Address | None
    key: str
    at: datetime
    is_read: bool = False  # it was read later, and says less of its author
    was_elsewhere: bool = False  # no course lived there when it happened, wherever one does by now


class Intake:
    """Only what happened in `bound` places and in private goes to the core."""

    def __init__(
        self,
        rooms: Rooms,
        watermarks: Watermarks,
        votes: Votes,
        homes: Homes,
        beside: Beside,
        clock: Clock,
    ) -> None:
        self._rooms = rooms
        self._watermarks = watermarks
        self._votes = votes
        self._homes = homes
        self._beside = beside
        self._clock = clock
        self.committed: Callable[[str, dict[str, Any]], None] = lambda name, data: None  # hears what was understood
        self.meet: Meet = _nobody
        self._names = Names()
        self._queue: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._waiting: deque[Heard] = deque()  # what is in the queue, and what was taken from it and is not committed
        self._may_go = asyncio.Event()
        self._begun = clock.now().isoformat()
        self._count = 0

    # --- from the gateway ---------------------------------------------------------------------------------------------

    def hear(self, name: str, data: dict[str, Any]) -> None:
        """Take in one raw event, in the order in which they come."""
        heard = self._heard(name, data)
        self._waiting.append(heard)
        self._queue.put_nowait(heard)

    def waiting(self, channels: Collection[str]) -> str | None:
        """The oldest message in these channels that was heard and has not had its effect."""
        said = (one.data for one in self._waiting if one.name == "MESSAGE_CREATE" and not one.was_elsewhere)
        ids = (str(one.get("id")) for one in said if str(one.get("channel_id")) in channels)
        return min((id for id in ids if id.isdecimal()), key=int, default=None)

    def hold(self) -> None:
        """Let all that is heard from now on wait, and what is waiting already."""
        self._may_go.clear()

    def go_on(self) -> None:
        """Hand over what has waited; then nothing at all, which says that this was what had piled up."""
        self._queue.put_nowait(None)
        self._may_go.set()

    def _heard(self, name: str, data: dict[str, Any], *, is_read: bool = False) -> Heard:
        self._count += 1
        channel, guild = data.get("channel_id"), data.get("guild_id")
        place = self._rooms.address_of(str(channel), guild and str(guild)) if channel else None
        was_elsewhere = not is_read and self._is_elsewhere(place)
        return Heard(name, data, place, f"{self._begun}:{self._count}", self._clock.now(), is_read, was_elsewhere)

    # --- into the core ------------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Hand over for ever, however long the database is in trouble."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._keep_watermarks())
            while True:
                batch = await self._next()
                heard = [one for one in batch if one]
                await self._commit(heard, sink)
                await until_stored(self._votes.flush)
                for _ in heard:
                    self._waiting.popleft()
                if None in batch:
                    await until_stored(lambda: sink(()))

    async def _next(self) -> list[Heard | None]:
        first = await self._queue.get()
        await self._may_go.wait()
        batch = [first]
        while len(batch) < _BATCH and not self._queue.empty():
            batch.append(self._queue.get_nowait())
        return batch

    async def take(self, messages: Sequence[dict[str, Any]], sink: Sink) -> None:
        """Give messages that were read, and not heard, their effect: it returns when that is committed.

        One that was edited may have had the effect of its first words: watermarks are stored later than what they are
        of.
        """
        told = [(name, one) for one in messages for name in _AS_TOLD[: 2 if one.get("edited_timestamp") else 1]]
        await self._commit([self._heard(name, one, is_read=True) for name, one in told], sink)

    async def _commit(self, batch: Sequence[Heard], sink: Sink) -> None:
        known = [await self._placed(heard) for heard in batch]
        told = [(heard, await self._events(heard)) for heard in known]
        events = [event for _, found in told for event in found]
        if events:
            await until_stored(lambda: sink(events))
        for heard, found in told:
            self._note(heard)
            if not any(isinstance(event, UpdateUnreadable) for event in found):
                self._tell(heard)

    def _note(self, heard: Heard) -> None:
        id, place = str(heard.data.get("id")), heard.place
        is_new = heard.name == "MESSAGE_CREATE" and not heard.is_read and id.isdecimal()
        if is_new and place and self._homes.hold(place) and not heard.was_elsewhere:
            channel = str(heard.data["channel_id"])
            home = channel if channel in self._homes.ids() else place.room
            self._watermarks.note(channel, id, home)

    def _tell(self, heard: Heard) -> None:
        try:
            self.committed(heard.name, heard.data)
        except Exception:
            log.exception("a %s is committed, and could not be remembered", heard.name)

    async def _keep_watermarks(self) -> None:
        try:
            while True:
                await asyncio.sleep(_KEEPING)
                await until_stored(self._watermarks.flush)
        finally:
            try:
                await self._watermarks.flush()
            except StorageTrouble:
                log.warning("how far channels are handled could not be kept; some of it is read again")

    # --- what it means ------------------------------------------------------------------------------------------------

    async def _placed(self, heard: Heard) -> Heard:
        """With its place, which no event may have told of."""
        channel, guild = heard.data.get("channel_id"), heard.data.get("guild_id")
        if heard.place is not None or heard.name not in READ or not (channel and guild):
            return heard
        try:
            await self.meet(str(channel), str(guild))
        except Exception:
            log.exception("what channel %s is could not be learned", channel)
        return heard._replace(place=self._rooms.address_of(str(channel), str(guild)))

    async def _events(self, heard: Heard) -> list[Event]:
        """What follows from it; an event that can't be understood never blocks the ones behind it."""
        found: list[Event] = []

        async def read() -> None:
            try:
                found[:] = await self._read(heard)
            except StorageTrouble:
                raise
            except Exception as error:
                log.exception("a %s could not be understood", heard.name)
                found[:] = [unreadable(self._rooms.bot, heard.key, heard.data, error, heard.at)]

        await until_stored(read)
        return found

    async def _read(self, heard: Heard) -> list[Event]:
        found = list(await self._beside(heard.name, heard.data))
        if heard.name in READ and not (heard.was_elsewhere or self._is_elsewhere(heard.place)):
            found += [self._named(event, heard) for event in parse(heard.name, heard.data, await self._known(heard))]
        return found

    async def _known(self, heard: Heard) -> Known:
        return Known(
            place=lambda channel, guild: heard.place,
            bot=self._rooms.bot,
            key=heard.key,
            at=heard.at,
            title=self._title,
            homes=self._homes_of(heard) if heard.name in _PASSING else (),
            chosen=await self._votes.take(heard.name, heard.data) if heard.name in _VOTES else None,
        )

    def _is_elsewhere(self, place: Address | None) -> bool:
        """Whether what happens there is nobody's business."""
        return place is not None and not place.private and not self._homes.hold(place)

    def _title(self, thread: str) -> str | None:
        room = self._rooms.room(thread)
        return room.name or None if room else None

    def _homes_of(self, heard: Heard) -> tuple[Address, ...]:
        """The bound places of that server; of who has come, those that everybody sees."""
        guild, has_come = str(heard.data["guild_id"]), heard.name == "GUILD_MEMBER_ADD"
        mine = (one for one in self._homes.all() if self._rooms.guild_of(one) == guild)
        return tuple(one for one in mine if not has_come or self._rooms.is_open(one))

    def _named(self, event: Event, heard: Heard) -> Event:
        """With the name that a person has in the server, wherever the event does not tell it."""
        if not isinstance(event, Done) or isinstance(event, MessageDeleted):
            return event
        if event.address.private or heard.is_read or event.actor.handle is None:
            return msgspec.structs.replace(event, actor=self._names.known(event.actor))
        self._names.see(event.actor)
        return event


async def _nobody(channel: str, guild: str) -> None:
    """Nobody can be asked."""
