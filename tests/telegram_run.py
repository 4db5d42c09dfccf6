"""One process of the bot on the Telegram of a test: its clock and its updates move when the test says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.shape import ALLOWED
from adapters.telegram.traits import PLATFORM
from bot.app import App
from bot.config import Settings
from bot.domain.events import Event
from bot.domain.ports import Sink
from bot.engine.feature import Feature
from storage.documents import Documents
from storage.files import FileStore
from tests.elsewhere import Control, opened
from tests.telegram_town import Town


@dataclass(kw_only=True)
class TelegramControl(Control):
    """What comes in are updates."""

    adapter: TelegramAdapter
    town: Town

    async def settle(self) -> None:
        await self.take(self.app.sink)
        await self.adapter._albums.hand_over(self.app.sink)
        await self.app.drain()

    async def take(self, sink: Sink) -> None:
        town, call = self.town, self.adapter.client.call
        while town.telegram.world.inbox.next_id > town.offset:
            batch = await call("getUpdates", offset=town.offset, timeout=0, allowed_updates=list(ALLOWED))
            if batch:
                await self.adapter.take(batch, sink)
            town.offset = town.telegram.world.inbox.next_id if not batch else batch[-1]["update_id"] + 1

    def says(self, who: str, text: str) -> None:
        self.town.telegram.says(*self.town.inside(who, "main"), text)


@dataclass
class TelegramRun:
    """One process of the bot."""

    app: App
    adapter: TelegramAdapter
    control: TelegramControl


async def start(settings: Settings, town: Town, features: Sequence[Feature]) -> TelegramRun:
    """A process for the course of the settings, under a clock that stands where the last process left it."""
    app, clock, course, lines = await opened(settings, town, features)
    client = open_client(town.telegram.token, town.telegram.url)
    adapter = TelegramAdapter(
        client, Documents(app.database, PLATFORM), FileStore(settings.data / "files"), clock, _no_updates
    )
    adapter.traits = structs.replace(adapter.traits, limits=None)  # pacing runs by real time
    adapter._sink = app.sink  # as `run` does, which a virtual clock can't wait for
    town.telegram.world.wall = clock.now
    control = TelegramControl(
        app=app, clock=clock, zone=course.zone, lines=lines, said_keys=town.said_keys, adapter=adapter, town=town
    )
    await control.take(_nowhere)  # the server learns which updates we want
    await app.activate(adapter)
    return TelegramRun(app, adapter, control)


async def _no_updates(_adapter: TelegramAdapter, _sink: Sink) -> None:
    raise AssertionError("updates are taken by the test")


async def _nowhere(_events: Sequence[Event]) -> None:
    return None
