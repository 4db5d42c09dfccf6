"""The whole program on a Discord of our own, over real HTTP and a real gateway, with only faults between them."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import discord.client
import discord.http
import discord.shard
import discord.webhook.async_
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from msgspec import structs
from sqlalchemy import func, select

from adapters.discord import client as client_module
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.discord import adapter_with
from bot.domain.messages import Button, OutgoingMessage, Span
from bot.domain.places import Address
from bot.domain.traits import Limit
from bot.platforms import TRAITS
from storage import outbox
from storage.outbox import Queued
from storage.tables import account, ledger
from storage.tables import outbox as rows
from tests.community import write_course
from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.quick_library import quick_library

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
COURSE = """
title: {{zh: 写作营, en: Writing camp}}
language: en
time_zone: UTC
starts: 2027-03-01
ends: 2027-03-14
spaces:
  - {{id: main, kind: main, discord: "{main}"}}
  - {{id: talk, kind: interest, discord: "{talk}"}}
  - {{id: staff, kind: staff, discord: "{staff}"}}
staff:
  admins: ["discord:{chen}"]
"""
RULES = """
check_in:
  title: {zh: 打卡, en: Check-in}
  when: checkin.done
  then:
    - award: 5
liked:
  title: {zh: 点赞, en: Liked}
  when: reaction.received
  then:
    - award: 100
"""
CHECK_IN = "打卡"


class Time:
    """A clock that runs as ours does, from a noon in the course on, and can be put forward."""

    def __init__(self) -> None:
        self._seconds = asyncio.get_running_loop().time
        self._begun = self._seconds()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return NOON + self._ahead + timedelta(seconds=self._seconds() - self._begun)

    def passes(self, **span: float) -> None:
        self._ahead += timedelta(**span)


class Naps:
    """asyncio for discord.py: it does not sleep long, but where a test wants it to, as long as the test wants it to."""

    def __init__(self) -> None:
        self.asleep = 0
        self._may_wake = asyncio.Event()
        self._may_wake.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float, result: Any = None) -> Any:
        self.asleep += 1
        await asyncio.sleep(min(seconds, 0.02))
        await self._may_wake.wait()
        self.asleep -= 1
        return result

    @property
    def is_held(self) -> bool:
        return not self._may_wake.is_set()

    def hold(self) -> None:
        self._may_wake.clear()

    def wake(self) -> None:
        self._may_wake.set()


class Wire:
    """A course with thirty people, and the program in it; `restarts` is another process with the same database."""

    def __init__(self, discord: FakeDiscord, time: Time, folder: Path, naps: Naps) -> None:
        self.discord, self.gateway, self.time, self.folder, self.naps = discord, discord.gateway, time, folder, naps
        self.people = [discord.person(f"Person {number}") for number in range(30)]
        self.ada, self.ben, *_ = self.people
        self.chen = discord.person("Chen")
        self.guild = discord.guild("Writing camp", *self.people, self.chen)
        self.main, self.talk, self.staff = (discord.channel(self.guild, name) for name in ("main", "talk", "staff"))
        ids = {"main": self.main.id, "talk": self.talk.id, "staff": self.staff.id, "chen": self.chen.id}
        write_course(
            folder / "writing", course=COURSE.format(**ids), rules=RULES, rituals="{}", demo="people: []\nscript: []\n"
        )
        self.patience = 60.0  # seconds of silence after which the library gives up a line
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # --- the program --------------------------------------------------------------------------------------------------

    async def starts(self) -> None:
        settings = Settings(
            database=f"sqlite:///{(self.folder / 'homeroom.db').as_posix()}",
            data=self.folder,
            language="en",
            courses=(self.folder / "writing",),
            platforms=Platforms(),
        )
        self.app: App = build(settings, clock=self.time, traits=TRAITS)
        self.client = Client(self.discord.token, self.discord.api, self.discord.gateway_url)
        await self.app.start()
        adapter = adapter_with(self.app, self.client)
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self.app.run([adapter], self._stopping, ticks=False))
        await self.until(lambda: self.app.caught_up)

    async def is_there(self) -> None:
        """Start it, and wait until it hears and can be asked."""
        await self.starts()
        await self.until(self.app.caught_up["discord"].is_set)
        await self.until(lambda: self.discord.world.commands)

    async def stops(self) -> None:
        if self._task:
            self._stopping.set()
            await asyncio.wait_for(self._task, 20)
            self._task = None

    async def until(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        await self.discord.until(condition, seconds)

    async def hears_again(self, act: Callable[[], object]) -> None:
        """Do something that ends with what was missed being read."""
        caught_up = self.app.caught_up["discord"]
        caught_up.clear()
        act()
        await self.until(caught_up.is_set)

    # --- what people do, and see --------------------------------------------------------------------------------------

    def check_in(self, *numbers: int, place: Channel | None = None) -> list[int]:
        """Each of these people writes one word, which is answered; the ids of their messages."""
        return [self.discord.says(self.people[number], place or self.main, CHECK_IN) for number in numbers]

    def replied_to(self, place: Channel | None = None) -> list[int]:
        """The messages that were answered, in the order of the answers."""
        channel = place or self.main
        return [one.reply_to for _, one in sorted(channel.messages.items()) if self._is_ours(one) and one.reply_to]

    async def answers(self, messages: Sequence[int], place: Channel | None = None) -> None:
        """It has answered all of these, each once, in this order, and nothing else."""
        await self.until(lambda: len(self.replied_to(place)) >= len(messages))
        await self.settles()
        assert self.replied_to(place) == list(messages)

    async def settles(self) -> None:
        """All that it has heard, and all that it says about it, is done."""
        await self.gateway.idle()
        await self.app.database.run(lambda db: None)
        await self.until_sent()

    async def until_sent(self) -> None:
        """Nothing that is due waits in the outbox."""
        is_due = (rows.c.state == "pending") & (rows.c.not_before <= self.time.now())
        due = select(rows.c.key).where((rows.c.state == "sending") | is_due)
        async with asyncio.timeout(15):
            while await self.app.database.run(lambda db: db.scalars(due).first()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    def said(self, place: Channel | User | None = None) -> list[str]:
        """What the bot has said there, in the order in which it stands there."""
        channel = self.discord.channel_at(place or self.main)
        mine = (one for _, one in sorted(channel.messages.items()) if self._is_ours(one) and one.only_for is None)
        return [one.content or "".join(embed.get("description", "") for embed in one.embeds) for one in mine]

    def _is_ours(self, message: Any) -> bool:
        return message.author is self.discord.world.bot

    async def has_points(self, person: User, points: int) -> None:
        """So many, no more and no less."""
        await self.settles()
        async with asyncio.timeout(15):
            while (found := await self._points(person)) < points:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert found == points

    async def _points(self, person: User) -> int:
        query = select(func.sum(ledger.c.points)).join(account, account.c.member == ledger.c.member)
        return await self.app.database.run(lambda db: db.scalar(query.where(account.c.user == str(person.id)))) or 0

    # --- what goes out ------------------------------------------------------------------------------------------------

    def at(self, place: Channel | User) -> Address:
        if isinstance(place, User):
            return Address(platform="discord", chat=str(place.id), private=True)
        chat = f"{place.parent.id}/{place.id}" if place.is_thread and place.parent else str(place.id)
        return Address(platform="discord", chat=chat)

    async def sends(self, *messages: OutgoingMessage) -> None:
        """Put into the outbox."""
        now = self.time.now()
        queued = [Queued(message=one, not_before=now, expires_at=now + timedelta(days=1)) for one in messages]
        await self.app.database.run(lambda db: outbox.enqueue(db, queued))
        self.app.deliverer.wake()

    def post(self, key: str, text: str, place: Channel | User | None = None, **more: Any) -> OutgoingMessage:
        address = self.at(place or self.main)
        return OutgoingMessage(key=key, address=address, body=(Span(text),), at=self.time.now(), **more)

    async def offers_check_in(self) -> int:
        """A message with a button; its id."""
        await self.sends(self.post("offer", "Are you here?", buttons=(Button(label="I'm here", command="checkin"),)))
        await self.until_sent()
        return next(one.id for one in self.main.messages.values() if one.content == "Are you here?")


@asynccontextmanager
async def wired(
    folder: Path, database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> AsyncIterator[Wire]:
    """Until the block ends; then no rule of Discord's was broken, nothing is unanswered and no token was logged."""
    naps = Naps()
    caplog.set_level(logging.INFO)
    time = Time()
    shutil.copyfile(database, folder / "homeroom.db")
    async with FakeDiscord(now=time.now, limits=Limits.off()) as discord:
        discord.gateway.limits = GatewayLimits.off()
        wire = Wire(discord, time, folder, naps)
        hurry(monkeypatch, wire)
        try:
            yield wire
        finally:
            naps.wake()
            await wire.stops()
        assert not [*discord.violations, *discord.gateway.violations]
        assert not discord.unanswered
        check_log(caplog, discord)


def check_log(caplog: pytest.LogCaptureFixture, discord: FakeDiscord) -> None:
    formatter = logging.Formatter()
    text = "\n".join(map(formatter.format, caplog.records))
    for secret in (discord.token, *(each.token for each in discord.world.interactions.values())):
        assert secret not in text
    assert not [record.getMessage() for record in caplog.records if record.name == "asyncio"]


def hurry(monkeypatch: pytest.MonkeyPatch, wire: Wire) -> None:
    """Nothing waits for long: not the library between its tries, not we between ours."""

    def quick(trace: aiohttp.TraceConfig) -> discord.AutoShardedClient:
        made = quick_library(trace)
        made._connection.heartbeat_timeout = wire.patience
        return made

    monkeypatch.setattr(client_module, "make_library", quick)
    for wait in ("_FIRST_WAIT", "_LONGEST_WAIT"):
        monkeypatch.setattr(client_module, wait, 0.02)
        monkeypatch.setattr(f"adapters.discord.trouble.{wait}", 0.02)
    for module in (discord.http, discord.client, discord.shard, discord.webhook.async_):
        monkeypatch.setattr(module, "asyncio", wire.naps)
    monkeypatch.setattr(DiscordAdapter, "traits", structs.replace(DiscordAdapter.traits, limits=None))
    monkeypatch.setattr(client_module, "_LIMIT", Limit(10_000, 1))
    monkeypatch.setattr("adapters.discord.asking._TRIES", 2)
    monkeypatch.setattr("adapters.discord.asking._FIRST_WAIT", timedelta(seconds=0.02))
    monkeypatch.setattr("adapters.discord.listening._RETRIES", (0.02, 0.02))
    monkeypatch.setattr("adapters.discord.stored._RETRY", 0.02)
    monkeypatch.setattr("adapters.discord.errors._NOT_NOW", timedelta(seconds=0.05))
    monkeypatch.setattr("bot.engine.deliver._STORAGE_RETRY", 0.02)
    monkeypatch.setattr("storage.outbox.backoff", lambda attempts: timedelta(seconds=0.02))
    # A busy machine is no fault of the wire.
    monkeypatch.setattr("tests.fakes.discord.routes.interactions.SECONDS", 30.0)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(str(DiscordWebSocket.DEFAULT_GATEWAY)))
