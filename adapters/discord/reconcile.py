"""What may have become of messages that were handled before: deleted, edited, reacted to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import discord

from adapters.discord.asking import DELETED, Asking, Unreadable, together
from adapters.discord.followed import Followed
from adapters.discord.gaps import Lost
from adapters.discord.paging import PAGE, Raw, check_readable, messages_until, number
from adapters.discord.parse import Known, key_of, parse
from adapters.discord.reacted import Reactions
from adapters.discord.rooms import Room, Rooms
from adapters.discord.stored import until_stored
from adapters.discord.traits import PLATFORM
from adapters.discord.watermarks import Watermark
from bot.domain.events import Event, SeenMessage, StretchSeen
from bot.domain.places import Address
from bot.domain.ports import Clock, Sink

_WINDOW = timedelta(days=3)


class Span(NamedTuple):
    """From one message to another, both included."""

    first: int
    last: int


class Page(NamedTuple):
    """Messages of a channel or thread, oldest first; `first`: from this id on they are all that there are."""

    first: int
    messages: Sequence[Raw]


class Reconciling:
    """Looks once at the newest messages that were handled before.

    A room's messages are compared together with those of its threads: the core knows them by their room. So what is
    missing counts as deleted only where the room and every thread that had messages of that time could be read.
    """

    def __init__(self, asking: Asking, rooms: Rooms, followed: Followed, clock: Clock) -> None:
        self._asking = asking
        self._rooms = rooms
        self._followed = followed
        self._clock = clock

    async def run(self, before: Mapping[str, Watermark], since: datetime, sink: Sink) -> set[Lost]:
        """`before`: how far all was handled; `since`: until when somebody listened for edits."""
        window = discord.utils.time_snowflake(self._clock.now() - _WINDOW)
        recent = {channel: int(mark.last) for channel, mark in before.items() if int(mark.last) > window}
        if not recent:
            return set()
        is_all_known = await self._meet(recent)
        has_gone = any(self._rooms.room(channel) is None for channel in recent)
        span, reactions = Span(window, max(recent.values())), Reactions(self._asking)

        async def look(room: Address, parts: Sequence[Room]) -> set[Lost]:
            pages = await together(self._read(part, span) for part in parts)
            read = [page for page in pages if page is not None]
            first = max([span.first, *(page.first for page in read)])
            messages = sorted((one for page in read for one in page.messages if number(one) >= first), key=number)
            whole = Span(first, span.last) if is_all_known and len(read) == len(parts) else None
            seen = self._seen(room, messages, whole, await reactions.seen(messages))
            events = [*(edit for message in messages for edit in self._edits(message, since)), *seen]
            await until_stored(lambda: sink(events))
            return {"reactions"} if any(one.reactions is None for event in seen for one in event.messages) else set()

        rooms = [(room, parts) for room, parts in self._rooms_among(recent) if parts or has_gone]
        return set().union(*await together(look(room, parts) for room, parts in rooms))

    # --- where to look ------------------------------------------------------------------------------------------------

    async def _meet(self, recent: Collection[str]) -> bool:
        """Know the threads that were archived; False where there is something that can't be seen any more."""
        unknown = sorted(one for one in recent if self._rooms.room(one) is None)
        return all(await together(map(self._meet_one, unknown)))

    async def _meet_one(self, id: str) -> bool:
        try:
            await self._followed.meet(id)
        except Unreadable as error:
            return error.reason == DELETED
        return True

    def _rooms_among(self, recent: Collection[str]) -> Iterator[tuple[Address, list[Room]]]:
        """Each room where courses live, with the parts of it that had messages of late."""
        found: dict[str, dict[str, Room]] = {}  # a thread may be bound beside its channel
        for root in self._followed.roots():
            if address := self._rooms.address_of(root.id, root.guild):
                mine = {part.id: part for part in self._followed.inside(root) if part.id in recent}
                found.setdefault(address.room, {}).update(mine)
        for room, parts in found.items():
            yield Address(platform=PLATFORM, chat=room), list(parts.values())

    async def _read(self, part: Room, span: Span) -> Page | None:
        """None: it can't be read."""
        try:
            found = await messages_until(self._asking, part.id, str(span.last))
            if not found:
                await check_readable(self._asking, part.id, str(span.last))
        except Unreadable as error:
            return Page(0, ()) if error.reason == DELETED else None
        first = number(found[0]) if len(found) == PAGE else 0
        return Page(first, [{**message, "guild_id": part.guild} for message in found if number(message) >= span.first])

    # --- what is seen -------------------------------------------------------------------------------------------------

    def _seen(
        self, room: Address, messages: Sequence[Raw], whole: Span | None, seen: Sequence[SeenMessage]
    ) -> list[StretchSeen]:
        """Where not all could be read, the stretch is no more than one message that is there: nothing was deleted."""
        if whole is None and not messages:
            return []
        stretch = whole or Span(number(messages[0]), number(messages[0]))
        now = self._clock.now()
        return [
            StretchSeen(
                key=key_of(self._rooms.bot, f"stretch:{room.chat}:{now.isoformat()}"),
                at=now,
                address=room,
                first=str(stretch.first),
                last=str(stretch.last),
                messages=tuple(seen),
            )
        ]

    def _edits(self, message: Raw, since: datetime) -> Sequence[Event]:
        edited: datetime | None = discord.utils.parse_time(message.get("edited_timestamp"))
        if edited is None or edited <= since:
            return ()
        known = Known(place=self._rooms.address_of, bot=self._rooms.bot, key="", at=edited)
        return parse("MESSAGE_UPDATE", message, known)
