"""The outgoing half of the Discord adapter against the Discord of our own, over real HTTP, without a gateway."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.answers import Answers
from adapters.discord.client import Client
from adapters.discord.rooms import Rooms
from adapters.discord.sending import Sending
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from bot.simulation.memory import Memory
from storage.files import FileStore
from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.fakes.discord.server import BEGINNING
from tests.fakes.discord.shapes import whole_guild

_KINDS = {2: "c", 3: "b", 5: "m"}


class Clock:
    def __init__(self) -> None:
        self.at = BEGINNING

    def now(self) -> datetime:
        return self.at

    def passes(self, **span: float) -> None:
        self.at += timedelta(**span)


class Out:
    """A server with Ada in its channels, and the bot's outgoing half; `restarts` forgets what is not stored."""

    def __init__(self, discord: FakeDiscord, client: Client, clock: Clock, folder: Path) -> None:
        self.discord, self.client, self.clock = discord, client, clock
        self.ada = discord.person("Ada")
        self.guild = discord.guild("Camp", self.ada)
        self.main = discord.channel(self.guild, "main")
        self.forum = discord.channel(self.guild, "asks", "forum", tags=["open", "Day 1", "作业"])
        self.store = Memory()
        self.files = FileStore(folder)
        self.given: list[str] = []
        self.number = 0
        self.restarts(knows=True)

    def restarts(self, *, knows: bool = False) -> None:
        self.rooms = Rooms()
        if knows:
            self.rooms.learn("GUILD_CREATE", whole_guild(self.discord.world, self.guild))
        self.sending = Sending(self.client, self.store, self.files, self.rooms)
        self.answers = Answers(self.client, self.store, self.files, self._hears)

    async def _hears(self, word: str) -> None:
        self.given.append(word)

    def message(self, text: str = "", place: Channel | User | None = None, **more: Any) -> OutgoingMessage:
        body = more.pop("body", (Span(text),) if text else ())
        self.number += 1
        known = {"key": f"k{self.number}", "at": self.clock.now(), "address": address_of(place or self.main)}
        return OutgoingMessage(**{**known, "body": body, **more})

    async def says(self, text: str = "", place: Channel | User | None = None, **more: Any) -> str:
        return await self.sending.send(self.message(text, place, **more))

    def said(self, place: Channel | User | None = None) -> list[str]:
        """What Ada reads there, in an embed or not."""
        found = self.discord.visible(self.ada, place or self.main)
        mine = [one for one in found if one.author is self.discord.world.bot and one.type in {0, 19, 20}]
        return [one.content or "".join(embed["description"] for embed in one.embeds) for one in mine]

    # --- interactions -------------------------------------------------------------------------------------------------

    def word(self, interaction: int) -> str:
        asked = self.discord.world.interactions[interaction]
        return f"{_KINDS[asked.type]}:{asked.id}:{asked.token}"

    async def answer(self, interaction: int, text: str = "", **more: Any) -> str:
        return await self.answers.give(self.message(text, answers=self.word(interaction), **more))

    def seen(self, interaction: int) -> list[str]:
        return [each.kind for each in self.discord.answers(interaction)]


def address_of(place: Channel | User) -> Address:
    if isinstance(place, User):
        return Address(platform="discord", chat=str(place.id), private=True)
    chat = f"{place.parent.id}/{place.id}" if place.is_thread and place.parent else str(place.id)
    return Address(platform="discord", chat=chat)


@asynccontextmanager
async def going_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    """What goes out until the block ends; no request may have broken Discord's rules."""
    clock = Clock()
    async with FakeDiscord(now=clock.now, limits=Limits.off()) as discord:
        monkeypatch.setattr(Route, "BASE", discord.api)
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(discord.gateway_url))
        client = Client(discord.token, discord.api, discord.gateway_url)
        await client.open()
        try:
            yield Out(discord, client, clock, folder)
        finally:
            await client.close()
        assert not discord.violations
