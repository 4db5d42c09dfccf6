"""One process of the bot on the Discord of a test: its clock and its gateway move when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from msgspec import structs

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.library import READY
from adapters.discord.listening import Listening
from bot import platforms
from bot.app import App, build, real_now
from bot.config import Settings
from bot.demo import ScriptedLine, opened_clock, people_of, script_of
from bot.discord import adapter_with
from bot.domain.events import Event, PlaceSeen
from bot.domain.ports import Sink
from bot.engine.feature import Feature, Registry
from rules.demo import load_demo
from rules.loader import load_course, read_folder
from scheduler.clock import VirtualClock
from scheduler.occurrences import moment_of
from scheduler.virtual import advance
from storage.database import Database
from storage.migrate import migrate
from tests.discord_town import Raw, Town

_OPENS = time(8, 30)
_PATIENCE = 30.0  # real seconds, for what takes a few milliseconds


class ByHand(Client):
    """A client whose gateway is the test: it says when what is heard. Its calls and answers are real requests."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.discord.token, town.discord.api, town.discord.gateway_url)
        self.listening: asyncio.Future[Listening] = asyncio.get_running_loop().create_future()

    async def live(self, heard: Callable[[str, dict[str, Any]], None]) -> None:
        whole = getattr(heard, "__self__", None)
        assert isinstance(whole, Listening)
        self.listening.set_result(whole)
        await asyncio.Event().wait()


@dataclass
class Core:
    """Between the adapter and the core: counts what is handed over, and may keep it back."""

    sink: Sink
    taken: int = 0  # interactions
    seen: set[str] = field(default_factory=set)  # channels of which was said how the bot stands there
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    behind: asyncio.Event = field(default_factory=asyncio.Event)  # set when all that was heard before is committed

    async def __call__(self, events: Sequence[Event], /) -> None:
        if events:
            await self.sink(events)
        else:
            self.behind.set()
        self.taken += sum(getattr(event, "interaction", None) is not None for event in events)
        self.seen |= {event.address.chat for event in events if isinstance(event, PlaceSeen)}
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@dataclass
class DiscordControl:
    """The clock and the gateway, moved by the test: what `DemoControl` is to the local chat."""

    app: App
    adapter: DiscordAdapter
    core: Core
    listening: Listening
    town: Town
    clock: VirtualClock
    zone: str
    lines: Sequence[ScriptedLine]

    def now(self) -> datetime:
        return self.clock.now()

    async def settle(self) -> None:
        """Take what people did, and send what is to be said, until nothing is left of either."""
        while True:
            await self.take()
            await self.app.deliverer.drain()
            if not self.town.heard and not self._unanswered():
                return
            await self._wait_for_answers()

    def _unanswered(self) -> set[asyncio.Task[None]]:
        return self.listening._interactions._tasks

    async def _wait_for_answers(self) -> None:
        """Until one is given: its task has a few steps left to go."""
        if tasks := self._unanswered():
            async with asyncio.timeout(_PATIENCE):
                await asyncio.wait(set(tasks), return_when=asyncio.FIRST_COMPLETED)

    async def take(self) -> None:
        """Tell the adapter what has happened, in that order, and wait until the core has all of it."""
        heard, self.town.heard = self.town.heard, type(self.town.heard)()
        for name, data in heard:
            if name != "INTERACTION_CREATE":
                self.listening.heard(name, data)
                continue
            await self._have_taken()
            before = self.core.taken
            self.listening.heard(name, data)
            await self.core.until(lambda before=before: self.core.taken > before)  # type: ignore[misc]
        if heard:
            await self._have_taken()

    async def _have_taken(self) -> None:
        self.core.behind.clear()
        self.listening._intake.go_on()
        async with asyncio.timeout(_PATIENCE):
            await self.core.behind.wait()

    async def keep_back(self, sink: Sink) -> None:
        """Take what people did into this sink instead."""
        self.core.sink, usual = sink, self.core.sink
        try:
            await self.take()
        finally:
            self.core.sink = usual

    async def advance(self, to: datetime) -> None:
        await advance(self, self, to)

    async def move(self, to: datetime) -> None:
        await self.settle()
        await self.clock.move(to)

    async def catch_up(self) -> None:
        await self.advance(self.now())

    async def run_due(self) -> None:
        """First the rituals, then what classmates make of them."""
        await self.app.run_due()
        await self.settle()
        for line in self.lines:
            if self.now() - timedelta(days=1) < line.at <= self.now() and line.key not in self.town.said_keys:
                self.town.said_keys.add(line.key)
                self.town.says(line.who, "main", line.says)
                await self.settle()

    async def next_due(self, after: datetime) -> datetime | None:
        planned = [await self.app.next_due(after), *(line.at for line in self.lines if line.at > after)]
        return min((moment for moment in planned if moment), default=None)


@dataclass
class DiscordRun:
    """One process of the bot."""

    app: App
    adapter: DiscordAdapter
    control: DiscordControl
    task: asyncio.Task[None]

    async def close(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task


async def start(settings: Settings, town: Town, features: Sequence[Feature]) -> DiscordRun:
    """A process for the course of the settings, under a clock that stands where the last process left it."""
    folder = settings.courses[0]
    database = Database(settings.database)
    await database.call(lambda: migrate(database, settings.data / "backups", real_now()))
    files = read_folder(folder)
    course = load_course(folder.name, files, Registry(features).vocabulary(), shown_as=folder.name).course
    demo = load_demo(files, town.as_local(course), shown_as=folder.name)
    clock = await opened_clock(database, moment_of(course.starts, _OPENS, course.zone))
    app = build(settings, clock=clock, database=database, traits=platforms.TRAITS, features=features)
    await app.start()
    town.opens_for(course, clock.now, _parameters_of(app.registry))
    for person in people_of(demo):
        town.person(person.id, person.name)
    client = ByHand(town)
    adapter = adapter_with(app, client)
    adapter.traits = structs.replace(adapter.traits, limits=None)  # pacing runs by real time
    core = Core(app.sink)
    task = asyncio.create_task(adapter.run(core))
    listening = await _listening(client, task)
    await _catch_up(listening, core, town)
    await app.activate(adapter)
    control = DiscordControl(app, adapter, core, listening, town, clock, course.zone, script_of(course, demo))
    return DiscordRun(app, adapter, control, task)


def _parameters_of(registry: Registry) -> Callable[[str], tuple[str, ...]]:
    return lambda command: tuple(one.name for one in registry.commands[command].parameters)


async def _listening(client: ByHand, task: asyncio.Task[None]) -> Listening:
    """When the adapter has logged in; if it can't, what has stopped it is raised."""
    task.add_done_callback(lambda _: client.listening.cancel())
    try:
        async with asyncio.timeout(_PATIENCE):
            return await client.listening
    except asyncio.CancelledError:
        await task
        raise


async def _catch_up(listening: Listening, core: Core, town: Town) -> None:
    """A session begins, what was missed is read, and the bot has looked around."""
    told: list[Raw] = [*town.begins_session(), (READY, {"shard": None})]
    for name, data in told:
        listening.heard(name, data)
    bound = {address.chat for address in listening._intake._bound()}
    await core.until(lambda: core.behind.is_set() and bound <= core.seen)
    await town.discord.until(lambda: town.discord.world.commands.get(None))
