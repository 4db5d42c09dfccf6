"""A bot that was away: all that catches up, over real HTTP, with a core that only remembers what it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from adapters.discord.client import Client
from adapters.discord.history import CatchingUp
from adapters.discord.homes import Homes
from adapters.discord.paging import Raw
from adapters.discord.parse import Known, parse
from adapters.discord.rooms import Rooms
from adapters.discord.watermarks import Watermarks
from bot.domain.events import Event, MessagePosted
from bot.domain.places import Address
from bot.simulation.memory import Memory
from tests.fakes.discord import Channel, FakeDiscord
from tests.fakes.discord.shapes import whole_guild

PLATFORM = "discord"
Happened = TypeVar("Happened", bound=Event)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Time:
    """The clock of the fake and of the bot."""

    at: datetime

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def passes(self, **length: float) -> None:
        self.at += timedelta(**length)


@dataclass
class Bot:
    """What lasts when its process is killed: its store, and what the core has committed."""

    server: FakeDiscord
    client: Client
    time: Time
    bound: list[Address] = field(default_factory=list)
    store: Memory = field(default_factory=Memory)
    events: dict[str, Event] = field(default_factory=dict)
    again: int = 0  # events that came more than once
    strike: Callable[[], None] = lambda: None
    """Is called before and after every commit, and may raise Killed."""

    async def comes_back(self) -> CatchingUp:
        """A new process with a new session; returns when it has caught up."""
        rooms, watermarks = Rooms(), Watermarks(self.store)
        rooms.learn("READY", {"user": {"id": self.server.bot}, "guilds": []})
        for guild in self.server.world.guilds.values():
            rooms.learn("GUILD_CREATE", whole_guild(self.server.world, guild))
        await watermarks.load()

        async def take(messages: Sequence[Raw]) -> None:
            known = Known(place=rooms.address_of, bot=rooms.bot, key="", at=self.time.at)
            await self.sink([event for raw in messages for event in parse("MESSAGE_CREATE", raw, known)])

        catching_up = CatchingUp(
            self.client,
            rooms,
            self.store,
            watermarks,
            Homes(lambda: frozenset(self.bound)),
            take,
            self.time,
            wait=_at_once,
        )
        await catching_up.run(self.sink)
        return catching_up

    async def sink(self, events: Sequence[Event], /) -> None:
        self.strike()
        self.again += sum(event.key in self.events for event in events)
        self.events |= {event.key: event for event in events if event.key not in self.events}
        self.strike()

    def binds(self, *channels: Channel) -> None:
        for channel in channels:
            chat = f"{channel.parent.id}/{channel.id}" if channel.is_thread and channel.parent else str(channel.id)
            self.bound.append(Address(platform=PLATFORM, chat=chat))

    # --- what has reached the core ------------------------------------------------------------------------------------

    def took(self, kind: type[Happened]) -> list[Happened]:
        return [event for event in self.events.values() if isinstance(event, kind)]

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.took(MessagePosted)]

    async def kept(self, kind: str) -> dict[str, Any]:
        return {document.key: document.value for document in await self.store.since(kind, 0)}


async def _at_once(seconds: float) -> None:
    assert seconds > 0
