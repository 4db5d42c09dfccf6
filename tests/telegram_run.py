"""One process of the bot on the Telegram of a test: its clock and its updates move when the test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from msgspec import structs

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.shape import ALLOWED
from adapters.telegram.traits import PLATFORM
from bot import platforms
from bot.app import App, build, real_now
from bot.config import Settings
from bot.demo import ScriptedLine, opened_clock, people_of, script_of
from bot.domain.events import Event
from bot.domain.ports import Sink
from bot.engine.feature import Feature, Registry
from rules.demo import load_demo
from rules.loader import load_course, read_folder
from scheduler.clock import VirtualClock
from scheduler.occurrences import moment_of
from scheduler.virtual import advance
from storage.database import Database
from storage.documents import Documents
from storage.files import FileStore
from storage.migrate import migrate
from tests.telegram_town import Town

_OPENS = time(8, 30)


@dataclass
class TelegramControl:
    """The clock and the updates, moved by the test: what `DemoControl` is to the local chat."""

    app: App
    adapter: TelegramAdapter
    town: Town
    clock: VirtualClock
    zone: str
    lines: Sequence[ScriptedLine]

    def now(self) -> datetime:
        return self.clock.now()

    async def settle(self) -> None:
        """Take what people did, and send what is to be said, until nothing is left of either."""
        await self.take(self.app.sink)
        await self.adapter._albums.hand_over(self.app.sink)
        await self.app.deliverer.drain()

    async def take(self, sink: Sink) -> None:
        town, call = self.town, self.adapter.client.call
        while town.telegram.world.inbox.next_id > town.offset:
            batch = await call("getUpdates", offset=town.offset, timeout=0, allowed_updates=list(ALLOWED))
            if batch:
                await self.adapter.take(batch, sink)
            town.offset = town.telegram.world.inbox.next_id if not batch else batch[-1]["update_id"] + 1

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
                self.town.telegram.says(*self.town.inside(line.who, "main"), line.says)
                await self.settle()

    async def next_due(self, after: datetime) -> datetime | None:
        planned = [await self.app.next_due(after), *(line.at for line in self.lines if line.at > after)]
        return min((moment for moment in planned if moment), default=None)


@dataclass
class TelegramRun:
    """One process of the bot."""

    app: App
    adapter: TelegramAdapter
    control: TelegramControl


async def start(settings: Settings, town: Town, features: Sequence[Feature]) -> TelegramRun:
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
    client = open_client(town.telegram.token, town.telegram.url)
    adapter = TelegramAdapter(
        client, Documents(database, PLATFORM), FileStore(settings.data / "files"), clock, _no_updates
    )
    adapter.traits = structs.replace(adapter.traits, limits=None)  # pacing runs by real time
    adapter._sink = app.sink  # as `run` does, which a virtual clock can't wait for
    town.telegram.world.wall = clock.now
    control = TelegramControl(app, adapter, town, clock, course.zone, script_of(course, demo))
    await control.take(_nowhere)  # the server learns which updates we want
    for person in people_of(demo):
        town.person(person.id, person.name)
    await app.activate(adapter)
    return TelegramRun(app, adapter, control)


async def _no_updates(_adapter: TelegramAdapter, _sink: Sink) -> None:
    raise AssertionError("updates are taken by the test")


async def _nowhere(_events: Sequence[Event]) -> None:
    return None
