"""Discord's side: our adapter and discord.py with an empty `on_message`, both connected to the server of the tests."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import datetime
from typing import Any

import aiohttp
import discord
from discord.gateway import DiscordWebSocket

from adapters.discord.client import Client
from adapters.discord.library import make_library
from bench.course import Camp
from bot.discord import adapter_with
from bot.domain.events import Event, MessagePosted, PlaceSeen
from tests.fakes.discord import Channel, FakeDiscord, Limits
from tests.fakes.discord.gateway_hub import GatewayLimits

_PATIENCE = 60.0  # seconds, for what takes a few
_MADE = datetime.fromisoformat("2027-02-01T00:00:00+00:00")


class Town:
    """The server: one guild with one channel. What is said in it is made by `bench/heard.py`."""

    def __init__(self) -> None:
        self.server = FakeDiscord(now=lambda: _MADE, limits=Limits.off())
        self.server.gateway.limits = GatewayLimits.off()
        self.guild = self.server.guild("Writing camp")
        self.main: Channel = self.server.channel(self.guild, "main")


class Ours:
    """Frames of the gateway, through discord.py and the adapter, to the commit."""

    def __init__(self, camp: Camp, town: Town) -> None:
        self._camp = camp
        self._client = Client(town.server.token, town.server.api, town.server.gateway_url)
        self._main = str(town.main.id)
        self._committed = 0
        self._is_ready = False
        self._changed = asyncio.Event()

    async def run(self) -> None:
        await adapter_with(self._camp.app, self._client).run(self._sink)

    async def ready(self) -> None:
        """Until what was missed is read, and the channel was looked at."""
        await self._until(lambda: self._is_ready)
        self._socket = _socket_of(self._client.cache)

    async def take(self, frames: Sequence[str]) -> None:
        wanted = self._committed + len(frames)
        for frame in frames:
            await self._socket.received_message(frame)
        await self._until(lambda: self._committed >= wanted)

    async def _sink(self, events: Sequence[Event], /) -> None:
        if events:
            await self._camp.app.sink(events)
        self._committed += sum(isinstance(event, MessagePosted) for event in events)
        self._is_ready = self._is_ready or any(isinstance(event, PlaceSeen) for event in events)
        self._changed.set()

    async def _until(self, condition: Any) -> None:
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class Theirs:
    """discord.py by itself: what it costs to parse a frame and hand it to an `on_message` that does nothing.

    With the options of ours, which keep neither messages nor members: with its own, the library would do more.
    """

    def __init__(self) -> None:
        self.library = make_library(aiohttp.TraceConfig())
        self.library.event(on_message)

    async def ready(self) -> None:
        await self.library.wait_until_ready()
        self._socket = _socket_of(self.library)

    async def take(self, frames: Sequence[str]) -> None:
        for frame in frames:
            await self._socket.received_message(frame)
        await asyncio.sleep(0)  # the tasks of its handlers


async def on_message(message: discord.Message) -> None:
    """Do nothing; the library goes by the name."""


def _socket_of(library: discord.Client) -> DiscordWebSocket:
    assert isinstance(library, discord.AutoShardedClient)
    return library.shards[0]._parent.ws  # noqa: SLF001 - there is no other way in


@asynccontextmanager
async def both(camp: Camp, town: Town) -> Any:
    """Ours and theirs, both connected."""
    async with AsyncExitStack() as stack:
        ours, theirs = Ours(camp, town), Theirs()
        stack.push_async_callback(theirs.library.close)
        await theirs.library.login(town.server.token)
        for work in (ours.run(), theirs.library.connect()):
            stack.push_async_callback(_ended, asyncio.create_task(work))
        await ours.ready()
        async with asyncio.timeout(_PATIENCE):
            await theirs.ready()
        yield ours, theirs


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
