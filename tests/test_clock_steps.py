"""When time does not pass evenly: the clock is set, the machine sleeps, nobody is at work for days."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.errors import NotSent
from bot.domain.events import Attachment, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Actor, Address
from bot.domain.ports import Sink
from bot.domain.traits import Can, Traits
from bot.engine.deliver import Deliverer
from bot.features.checkin.store import table as checkin
from scheduler.evenness import Reading
from scheduler.ticker import Ticker
from storage.database import Database
from storage.tables import account
from tests.community import COURSE, RULES, write_course

DAWN = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
FOLDER = (
    COURSE.replace("local: main", "telegram: -1").replace("local: staff", "telegram: -2").replace("local:", "telegram:")
)
RITUALS = """
task: {every: day, at: 09:00, do: post_task}
evening: {every: day, at: 20:00, do: sharing, lasts: 1h}
each: {every: day, at: 10:00, do: post_reminder, catch_up: all}
newest: {every: day, at: 11:00, do: post_material, catch_up: latest}
"""
DAYS = "days:\n" + "".join(
    f"  - {{day: {n}, title: T{n}, task: Task {n}., reminder: Reminder {n}., material: Material {n}.}}\n"
    for n in range(1, 8)
)
MAIN, STAFF = "-1", "-2"
ABLE = Traits(can=Can.REPLY | Can.EDIT | Can.BUTTONS | Can.ONLY_FOR | Can.STYLE)


class Machine:
    """A machine and its clocks."""

    def __init__(self, wall: datetime) -> None:
        self._wall = wall
        self._awake = self._passed = 0.0

    def now(self) -> datetime:
        return self._wall

    def read(self, wall: datetime) -> Reading:
        return Reading(wall, self._awake, self._passed)

    def works(self, **length: float) -> None:
        self.sleeps(**length)
        self._awake += timedelta(**length).total_seconds()

    def sleeps(self, **length: float) -> None:
        self.is_set(**length)
        self._passed += timedelta(**length).total_seconds()

    def is_set(self, **by: float) -> None:
        """Somebody sets its clock."""
        self._wall += timedelta(**by)


@dataclass
class Platform:
    """A platform in memory, which has kept what was said while nobody asked."""

    backlog: Sequence[Event] = ()
    posts: list[tuple[str, str]] = field(default_factory=list)  # chat and text
    trouble: list[Exception] = field(default_factory=list)
    platform: str = "telegram"
    traits: Traits = ABLE
    has_caught_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, sink: Sink) -> None:
        await sink(self.backlog)
        await sink([])
        self.has_caught_up.set()
        await asyncio.Event().wait()

    async def send(self, message: OutgoingMessage) -> str:
        if self.trouble:
            raise self.trouble.pop()
        self.posts.append((message.address.chat, message.text))
        return str(len(self.posts))

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotImplementedError("nobody sends files here")

    def said(self, chat: str = MAIN) -> list[str]:
        """The first lines of what was posted there."""
        return [text.splitlines()[0] for text in self.posts_to(chat)]

    def posts_to(self, chat: str) -> list[str]:
        return [text for to, text in self.posts if to == chat]


@dataclass
class Server:
    """The program at work on a machine; its alarm looks at the clock when the test says so."""

    app: App
    machine: Machine
    platform: Platform
    alarm: Ticker

    async def looks(self) -> None:
        """What the alarm sees now is done, and what it led to is sent."""
        await self.alarm._tick()
        await self.app.deliverer.drain()

    async def works(self, **length: float) -> None:
        left = timedelta(**length)
        while left:
            part = min(left, timedelta(minutes=4))
            self.machine.works(seconds=part.total_seconds())
            left -= part
            await self.looks()

    async def sleeps(self, **length: float) -> None:
        self.machine.sleeps(**length)
        await self.looks()

    async def is_set(self, **by: float) -> None:
        self.machine.is_set(**by)
        await self.looks()


class Installation:
    """One course, one database, and the processes that run on it."""

    def __init__(self, folder: Path, stack: contextlib.AsyncExitStack) -> None:
        course = write_course(folder / "writing", course=FOLDER, rituals=RITUALS, calendar=DAYS, rules=RULES)
        database = f"sqlite:///{(folder / 'homeroom.db').as_posix()}"
        self._settings = Settings(
            database=database, data=folder, language="en", courses=(course,), platforms=Platforms()
        )
        self._stack = stack

    def _build(self, machine: Machine) -> App:
        app = build(self._settings, clock=machine, traits={"telegram": ABLE})
        app.deliverer = Deliverer(
            app.database, app.engine, app.active, holder=app.leases.holder, clock=machine, real_now=machine.now
        )
        return app

    async def starts(self, machine: Machine, *, delivers: bool = True) -> Server:
        """A process whose alarm sees the clocks of this machine."""
        app = self._build(machine)
        await app.start()
        self._stack.push_async_callback(app.close)
        server = Server(app, machine, Platform(), Ticker(app, machine, app, reading=machine.read))
        if delivers:
            await app.activate(server.platform)
        await server.looks()
        return server

    async def was_away(self, *said: Event, until: datetime) -> Platform:
        """A process that starts at this moment, as `run` does, and finds what was said at the platform."""
        await self._stack.aclose()
        app, platform, stopping = self._build(Machine(until)), Platform(said), asyncio.Event()
        await app.start()
        running = asyncio.create_task(app.run([platform], stopping))
        self._stack.push_async_callback(_stopped, running, stopping)
        await platform.has_caught_up.wait()
        await app.run_due()
        await app.deliverer.drain()
        return platform

    async def rows(self, query: Any) -> list[Any]:
        database = Database(self._settings.database)
        try:
            return list(await database.run(lambda db: db.execute(query).all()))
        finally:
            database.close()


async def _stopped(task: asyncio.Task[None], stopping: asyncio.Event) -> None:
    stopping.set()
    await task


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    async with contextlib.AsyncExitStack() as stack:
        yield Installation(tmp_path, stack)


@pytest.fixture
async def server(installation: Installation) -> Server:
    return await installation.starts(Machine(DAWN))


def said(at: datetime, who: str, text: str) -> Event:
    """What a member has said in the group."""
    common: dict[str, Any] = {
        "key": EventKey(f"telegram:{at}"),
        "at": at,
        "actor": Actor(platform="telegram", user=who, name=who.title()),
        "address": Address(platform="telegram", chat=MAIN),
        "message": f"{at:%d%H%M}",
    }
    if text.startswith("/"):
        return CommandInvoked(name=text[1:], **common)
    return MessagePosted(text=text, **common)


CHECKED_IN = select(account.c.user, checkin.c.local_date).join(account, account.c.member == checkin.c.member)
TASK = "Day 1 · T1 (Mon, 1 Mar)"


# --- the clock is set -------------------------------------------------------------------------------------------------


async def test_set_back_nothing_is_done_twice_and_staff_are_told(server: Server) -> None:
    await server.works(minutes=35)
    await server.is_set(hours=-2)
    [told] = server.platform.said(STAFF)
    assert told.startswith("⏪ The server's clock was set back from 1 Mar 09:05 to 1 Mar 07:05, by 2 hours.")
    await server.works(hours=2, minutes=54)
    assert server.platform.said() == [TASK]
    await server.works(minutes=1)
    assert server.platform.said() == [TASK, "⏰ Reminder · Day 1 · T1"]
    assert server.platform.said(STAFF) == [told]


async def test_set_back_what_waits_for_another_try_is_sent_all_the_same(server: Server) -> None:
    server.platform.trouble = [NotSent("the line is down")]
    await server.works(minutes=30)
    assert server.platform.said() == []
    await server.is_set(hours=-2)
    await server.works(minutes=1)
    assert server.platform.said() == [TASK]


async def test_set_forward_by_little_what_was_passed_over_is_late_and_done(server: Server) -> None:
    await server.is_set(hours=1)
    assert server.platform.said() == [TASK]
    [told] = server.platform.said(STAFF)
    assert told.startswith("⏩ The server's clock jumped ahead from 1 Mar 08:30 to 1 Mar 09:30, by 1 hour.")


async def test_set_forward_by_much_what_is_too_late_is_skipped_and_staff_read_first_why(server: Server) -> None:
    await server.is_set(hours=3)
    assert server.platform.said() == ["⏰ Reminder · Day 1 · T1", "Day 1 · T1 · Material"]
    told = server.platform.said(STAFF)
    assert [line[:1] for line in told] == ["⏩", "⚠"]
    assert "task" in told[1]


async def test_set_forward_and_back_again_nothing_is_done_twice(server: Server) -> None:
    await server.is_set(hours=1)
    await server.is_set(hours=-1)
    await server.works(hours=1)
    assert server.platform.said() == [TASK]
    assert [line[:1] for line in server.platform.said(STAFF)] == ["⏩", "⏪"]


async def test_set_forward_by_much_and_back_what_was_skipped_is_done_at_its_time(server: Server) -> None:
    await server.is_set(hours=3)
    await server.is_set(hours=-3)
    await server.works(hours=3)
    assert server.platform.said() == ["⏰ Reminder · Day 1 · T1", "Day 1 · T1 · Material", TASK]


async def test_tuning_the_clock_tells_nobody(server: Server) -> None:
    for _ in range(5):
        await server.is_set(seconds=20)
        await server.is_set(seconds=-20)
    await server.works(hours=1)
    assert server.platform.said() == [TASK]
    assert server.platform.said(STAFF) == []


async def test_two_processes_that_notice_the_same_tell_it_once(installation: Installation, server: Server) -> None:
    machine = server.machine
    other = await installation.starts(machine, delivers=False)
    for change in (machine.sleeps, machine.is_set, machine.sleeps):
        await server.looks()
        machine.works(seconds=10)
        await other.looks()
        machine.works(seconds=3)
        change(hours=1)
        await other.looks()
        machine.works(seconds=2)
        await server.looks()
    assert [line[:1] for line in server.platform.said(STAFF)] == ["💤", "⏩", "💤"]


# --- the machine sleeps -----------------------------------------------------------------------------------------------


async def test_after_a_short_sleep_what_was_missed_is_done(server: Server) -> None:
    await server.sleeps(hours=1)
    assert server.platform.said() == [TASK]
    [told] = server.platform.said(STAFF)
    assert told.startswith("💤 The server was asleep for 1 hour (1 Mar 08:30 until 1 Mar 09:30).")


async def test_after_a_long_sleep_each_ritual_does_as_its_policy_says(server: Server) -> None:
    await server.sleeps(days=2, hours=3)  # 3 March, 11:30
    assert server.platform.said() == [
        "⏰ Reminder · Day 1 · T1",
        "⏰ Reminder · Day 2 · T2",
        "⏰ Reminder · Day 3 · T3",
        "Day 3 · T3 · Material",
    ]
    why, skipped = server.platform.posts_to(STAFF)
    assert why.startswith("💤 The server was asleep for 2 days 3 hours (1 Mar 08:30 until 3 Mar 11:30).")
    assert [line.split(";")[0] for line in skipped.splitlines()] == [
        "⚠ task was due at 1 Mar 09:00",
        "⚠ newest, due at 1 Mar 11:00, was missed",
        "⚠ evening was due at 1 Mar 20:00",
        "⚠ task was due at 2 Mar 09:00",
        "⚠ newest, due at 2 Mar 11:00, was missed",
        "⚠ evening was due at 2 Mar 20:00",
        "⚠ task was due at 3 Mar 09:00",
    ]


# --- nobody is at work ------------------------------------------------------------------------------------------------


async def test_a_restart_tells_nobody(installation: Installation, server: Server) -> None:
    await server.works(minutes=28)
    platform = await installation.was_away(until=DAWN + timedelta(minutes=32))
    assert platform.said() == [TASK]
    assert platform.said(STAFF) == []


async def test_what_was_said_in_an_outage_is_handled_as_of_then(installation: Installation, server: Server) -> None:
    await server.works(hours=11, minutes=20)  # 19:50
    shared = said(DAWN.replace(hour=20, minute=10), "ben", "I write about trains")
    platform = await installation.was_away(shared, until=DAWN.replace(hour=20, minute=30))
    assert platform.said() == ["Tonight's sharing is open!", "Got your share, thank you!"]
    [told] = platform.said(STAFF)
    assert told.startswith("🔌 The bot was away from 1 Mar 19:50 until 1 Mar 20:30, 40 minutes in all.")


async def test_after_three_days_each_ritual_does_as_its_policy_says(installation: Installation, server: Server) -> None:
    await server.works(minutes=35)
    checked_in = said(DAWN.replace(day=2, hour=12), "ada", "/checkin")
    shared = said(DAWN.replace(day=2, hour=20, minute=10), "ben", "I write about trains")
    platform = await installation.was_away(checked_in, shared, until=DAWN.replace(day=4, hour=10, minute=30))
    assert platform.said() == [
        "⏰ Reminder · Day 1 · T1",
        "⏰ Reminder · Day 2 · T2",
        "Tonight's sharing is closed. 1 member shared:",  # nobody heard that it was open, but it was
        "⏰ Reminder · Day 3 · T3",
        "Day 3 · T3 · Material",  # the newest one, for it is not 11:00 yet
        "Day 4 · T4 (Thu, 4 Mar)",  # late, but not too late
        "⏰ Reminder · Day 4 · T4",
    ]
    told = platform.posts_to(STAFF)
    assert told[0].startswith(
        "🔌 The bot was away from 1 Mar 09:05 until 4 Mar 10:30, 3 days 1 hour 25 minutes in all."
    )
    skipped = [line for text in told[1:] for line in text.splitlines() if "was due at" in line or "was missed" in line]
    assert [line.split(";")[0] for line in skipped] == [
        "⚠ newest, due at 1 Mar 11:00, was missed",
        "⚠ evening was due at 1 Mar 20:00",
        "⚠ task was due at 2 Mar 09:00",
        "⚠ newest, due at 2 Mar 11:00, was missed",
        "⚠ evening was due at 2 Mar 20:00",
        "⚠ task was due at 3 Mar 09:00",
        "⚠ evening was due at 3 Mar 20:00",
    ]
    rows = await installation.rows(CHECKED_IN)
    assert [(row.user, f"{row.local_date}") for row in rows] == [("ada", "2027-03-02")]
