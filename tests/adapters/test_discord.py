"""Discord as a platform: the contract of every adapter, over a real gateway connection to a Discord of ours."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import client as client_module
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.traits import PLATFORM, TRAITS
from bot.domain.events import Attachment, Event, PlaceSeen
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Address
from bot.domain.ports import Asked, Sink
from bot.simulation.memory import Memory
from scheduler.clock import RealClock
from storage.files import FileStore
from tests.adapters.contract import *  # noqa: F403 - the tests that every adapter passes
from tests.adapters.contract import Core, Seen
from tests.adapters.discord_shown import seen
from tests.fakes.discord import FakeDiscord, Limits, Message
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.quick_library import quick_library


class Lasting(Client):
    """A client that is there before the adapter listens, and after it: what is sent then goes out all the same."""

    async def open(self) -> None:
        if not self.bot:
            await super().open()

    async def close(self) -> None:
        """It ends with the bench."""

    async def ends(self) -> None:
        await super().close()


class Listening:
    """The adapter. Whenever it connects, what people wanted to press is pressed: nobody is heard before."""

    platform, traits = PLATFORM, TRAITS

    def __init__(self, adapter: DiscordAdapter, server: FakeDiscord) -> None:
        self.adapter = adapter
        self.server = server
        self.presses: list[Callable[[], None]] = []

    async def run(self, sink: Sink) -> None:
        async def taken(events: Sequence[Event], /) -> None:
            """How the bot stands where it lives is told at every start, and part of no test here."""
            await sink([event for event in events if not isinstance(event, PlaceSeen)])

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.adapter.run(taken))
            await self.server.gateway.connected()
            for press in self.presses:
                press()
            self.presses.clear()

    async def send(self, message: OutgoingMessage) -> str:
        return await self.adapter.send(message)

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self.adapter.fetch(attachment)


class DiscordBench:
    """The adapter in front of the server; it has been there once, so that it reads what it has missed."""

    def __init__(self, server: FakeDiscord, folder: Path) -> None:
        self.server = server
        self.people = {"ada": server.person("Ada"), "ben": server.person("Ben")}
        self.channel = server.channel(server.guild("Writing camp", *self.people.values()), "main")
        self.group = Address(platform=PLATFORM, chat=str(self.channel.id))
        self.client = Lasting(server.token, server.api, server.gateway_url)
        self.pressed: list[tuple[str, int]] = []
        adapter = DiscordAdapter(
            self.client, Memory(), FileStore(folder), RealClock(), lambda: frozenset([self.group]), _nothing_to_suggest
        )
        self.adapter = Listening(adapter, server)

    async def begins(self) -> None:
        await self.client.open()
        core = Core()
        running = asyncio.create_task(self.adapter.run(core))
        while [] not in core.offered:
            await core.changed()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    def user(self, who: str) -> str:
        return str(self.people[who].id)

    def _from_bot(self, who: str) -> list[Message]:
        found = self.server.visible(self.people[who], self.channel)
        return [one for one in found if one.author.is_bot and one.type in (0, 19)]

    async def sees(self, who: str) -> list[Seen]:
        return [
            Seen(
                text=seen(one.content or "".join(embed["description"] for embed in one.embeds)),
                buttons=tuple(self.server.labels(one)),
                is_pinned=one.is_pinned,
            )
            for one in self._from_bot(who)
        ]

    async def hears(self, who: str) -> list[str]:
        return [text for presser, press in self.pressed for text in self.server.told(press) if presser == who]

    async def says(self, who: str, text: str) -> None:
        self.server.says(self.people[who], self.channel, text)

    async def presses(self, who: str, label: str) -> None:
        newest = [one for one in self._from_bot(who) if label in self.server.labels(one)][-1]

        def press() -> None:
            self.pressed.append((who, self.server.presses(self.people[who], self.channel, newest.id, label)))

        self.adapter.presses.append(press)

    async def sends(self, who: str, name: str, content: bytes) -> None:
        self.server.says(self.people[who], self.channel, files=[(name, content)])

    def lose_files(self) -> None:
        self.server.world.files.clear()


async def _nothing_to_suggest(asked: Asked, /) -> list[tuple[str, str]]:
    return []


@pytest.fixture
async def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordBench]:
    monkeypatch.setattr(client_module, "make_library", quick_library)
    async with FakeDiscord(now=RealClock().now, limits=Limits.off()) as server:
        server.gateway.limits = GatewayLimits.off()
        monkeypatch.setattr(Route, "BASE", server.api)  # which the client sets, and nothing sets back
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(server.gateway_url))
        bench = DiscordBench(server, tmp_path)
        await bench.begins()
        yield bench
        await bench.client.ends()
        assert not server.violations
        assert not server.gateway.violations
