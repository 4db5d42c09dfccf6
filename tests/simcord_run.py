"""One process of the bot on simcord's Discord: its time is the environment's, its connection simcord's gateway."""

from __future__ import annotations

import asyncio
import contextvars
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import discord
from msgspec import structs
from simcord import Env

from adapters.discord.client import Client
from adapters.discord.library import READY, Heard, make_library
from adapters.discord.listening import Listening
from bot import platforms
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.discord import adapter_with
from tests.discord_run import Core

API, GATEWAY = "https://discord.com/api/v10", "wss://simcord.invalid"  # nobody ever asks them
PATIENCE = 30.0  # real seconds, for what takes a few milliseconds
_AUTOCOMPLETE = 4


class SimClient(Client):
    """A client whose library simcord runs. What it hears belongs to the bot's own tasks: simcord waits for none."""

    def __init__(self, library: discord.AutoShardedClient) -> None:
        super().__init__("simcord.fake.token", API, GATEWAY, library=library)
        self.library = library
        self.listening: asyncio.Future[Listening] = asyncio.get_running_loop().create_future()
        self.asked = 0  # interactions that are to be answered by the core
        self.is_ready = asyncio.Event()
        self.has_commands = asyncio.Event()  # where they were not registered before

    async def live(self, heard: Heard) -> None:
        home = contextvars.copy_context()

        def hear(name: str, data: dict[str, Any]) -> None:
            if data.get("type") == _AUTOCOMPLETE and name == "INTERACTION_CREATE":
                heard(name, data)  # who types does not wait: simcord must know that an answer is on its way
                return
            self.asked += name == "INTERACTION_CREATE"
            home.copy().run(heard, name, self._whole(name, data))
            if name == READY:
                self.is_ready.set()

        self.listening.set_result(heard.__self__)  # type: ignore[attr-defined]
        await super().live(hear)

    async def call(self, method: str, path: str, **more: Any) -> Any:
        made = await super().call(method, path, **more)
        if method == "PUT" and path.endswith("/commands"):
            self.has_commands.set()
        return made

    def _whole(self, name: str, data: dict[str, Any]) -> dict[str, Any]:
        """As Discord says it: a session begins with the ids of all servers, of which simcord names none."""
        servers = [{"id": str(guild.id), "unavailable": True} for guild in self.library.guilds]
        return {**data, "guilds": servers} if name == "READY" else data


@dataclass
class Process:
    """The bot, from its start to its end."""

    env: Env
    app: App
    client: SimClient
    core: Core
    listening: Listening
    task: asyncio.Task[None]

    async def settle(self) -> None:
        """The core takes what people did, and says what is to be said, until nothing is left of either."""
        while True:
            await self.core.until(lambda: self.core.taken >= self.client.asked)
            self.core.behind.clear()
            self.listening._intake.go_on()
            async with asyncio.timeout(PATIENCE):
                await self.core.behind.wait()
            with self.env.time_context():  # in which simcord takes what the library would send
                await self.app.drain()
            if self.listening._intake._queue.empty() and not self.listening._interactions._tasks:
                return
            await asyncio.sleep(0)

    async def close(self) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.app.close()


def new_library() -> discord.AutoShardedClient:
    """The library as we use it; simcord puts its own in place of what leads out of the process."""
    return make_library(aiohttp.TraceConfig())


async def start(env: Env, home: Path) -> Process:
    """A process with its data in a folder, until it has read what it has missed and looked around."""
    library = env.bot
    assert isinstance(library, discord.AutoShardedClient)
    settings = Settings(
        database=f"sqlite:///{(home / 'camp.db').as_posix()}",
        data=home,
        language="en",
        courses=(home / "writing",),
        platforms=Platforms(),
    )
    app = build(settings, clock=env, traits=platforms.TRAITS)
    await app.start()
    client = SimClient(library)
    adapter = adapter_with(app, client)
    adapter.traits = structs.replace(adapter.traits, limits=None)  # pacing runs by real time
    core = Core(app.sink)
    with env.time_context():  # in which simcord takes what the library would send
        task = asyncio.create_task(adapter.run(core))
    begun: set[asyncio.Future[Any]] = {client.listening, task}
    async with asyncio.timeout(PATIENCE):
        await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    listening = client.listening.result()
    await begin_session(client, core)
    bound = {address.chat for address in adapter.bound()}
    await core.until(lambda: bound <= core.seen)
    await app.activate(adapter)
    return Process(env, app, client, core, listening, task)


async def begin_session(client: SimClient, core: Core) -> None:
    """The library says who we are and which servers there are, and we read what we have missed."""
    core.behind.clear()
    client.is_ready.clear()
    shard = client.library.get_shard(0)
    assert shard is not None
    await shard.disconnect()
    await shard.reconnect()
    async with asyncio.timeout(PATIENCE):
        await client.is_ready.wait()
        await core.behind.wait()
