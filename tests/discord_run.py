"""One process of the bot on the Discord of a test: its clock moves, and it hears what came, when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.invoked import AUTOCOMPLETE
from adapters.discord.library import READY
from adapters.discord.listening import Listening
from bot.app import App
from bot.config import Settings
from bot.discord import adapter_with
from bot.domain.events import Event, PlaceSeen
from bot.domain.ports import Sink
from bot.engine.feature import Feature
from bot.slash import slash_commands_of
from tests.discord_town import Raw, Town
from tests.elsewhere import Control, opened

_PATIENCE = 30.0  # real seconds, for what takes a few milliseconds


class Wire(Client):
    """A client on the real gateway: what arrives there waits until the test lets the adapter hear it."""

    def __init__(self, town: Town) -> None:
        super().__init__(town.discord.token, town.discord.api, town.discord.gateway_url)
        self.listening: asyncio.Future[Listening] = asyncio.get_running_loop().create_future()
        self._gateway = town.discord.gateway
        self._arrived: list[Raw] = []
        self._came = asyncio.Event()

    async def live(self, heard: Callable[[str, dict[str, Any]], None]) -> None:
        whole = getattr(heard, "__self__", None)
        assert isinstance(whole, Listening)
        self.listening.set_result(whole)
        await super().live(self._arrive)

    def _arrive(self, name: str, data: dict[str, Any]) -> None:
        self._arrived.append((name, data))
        self._came.set()

    @property
    def has_more(self) -> bool:
        """Whether something has happened that the adapter has not heard of."""
        return bool(self._arrived) or self._is_behind()

    async def arrived(self) -> list[Raw]:
        """All that the gateway has told up to now, once it is here."""
        await self._until(lambda: not self._is_behind())
        found, self._arrived = self._arrived, []
        return found

    async def has_begun(self) -> None:
        """Until a session has begun, and has told of its server."""
        await self._until(lambda: any(name == READY for name, _ in self._arrived))

    def _is_behind(self) -> bool:
        sessions = [session for session in self._gateway.sessions.values() if session.connection]
        sockets = [shard.ws for shard in self.cache._AutoShardedClient__shards.values()]  # type: ignore[attr-defined]
        return [session.seq for session in sessions] != [socket.sequence for socket in sockets]

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self._came.clear()
                await self._came.wait()


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


@dataclass(kw_only=True)
class DiscordControl(Control):
    """What comes in is what the gateway tells."""

    adapter: DiscordAdapter
    core: Core
    listening: Listening
    town: Town
    client: Wire

    async def settle(self) -> None:
        while True:
            await self.take()
            await self.app.drain()
            if not self.client.has_more and not self._unanswered():
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
        heard = await self.client.arrived()
        for name, data in heard:
            if name == "INTERACTION_CREATE":
                await self._take_interaction(data)
            else:
                self.listening.heard(name, data)
        if heard:
            await self._have_taken()

    async def _take_interaction(self, data: dict[str, Any]) -> None:
        """It waits for nothing by itself: here it comes after what was before it, and before what is after it."""
        await self._have_taken()
        before = self.core.taken
        self.listening.heard("INTERACTION_CREATE", data)
        if data["type"] != AUTOCOMPLETE:
            await self.core.until(lambda: self.core.taken > before)

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

    def says(self, who: str, text: str) -> None:
        self.town.says(who, "main", text)


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
    app, clock, course, lines = await opened(settings, town, features)
    town.opens_for(course, clock.now, slash_commands_of(app.registry, app.texts))
    client = Wire(town)
    adapter = adapter_with(app, client)
    adapter.traits = structs.replace(adapter.traits, limits=None)  # pacing runs by real time
    core = Core(app.sink)
    task = asyncio.create_task(adapter.run(core))
    listening = await _listening(client, task)
    await _catch_up(client, adapter, core, town)
    await app.activate(adapter)
    control = DiscordControl(
        app=app,
        clock=clock,
        zone=course.zone,
        lines=lines,
        said_keys=town.said_keys,
        adapter=adapter,
        core=core,
        listening=listening,
        town=town,
        client=client,
    )
    return DiscordRun(app, adapter, control, task)


async def _listening(client: Wire, task: asyncio.Task[None]) -> Listening:
    """When the adapter has logged in; if it can't, what has stopped it is raised."""
    task.add_done_callback(lambda _: client.listening.cancel())
    try:
        async with asyncio.timeout(_PATIENCE):
            return await client.listening
    except asyncio.CancelledError:
        await task
        raise


async def _catch_up(client: Wire, adapter: DiscordAdapter, core: Core, town: Town) -> None:
    """A session begins, what was missed is read, and the bot has looked around."""
    listening = await client.listening
    await client.has_begun()
    for name, data in await client.arrived():
        listening.heard(name, data)
    bound = {address.chat for address in adapter.bound()}
    await core.until(lambda: core.behind.is_set() and bound <= core.seen)
    await town.discord.until(lambda: town.discord.world.commands.get(None))
