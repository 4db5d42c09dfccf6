"""Three hundred students hand in within the last minute, in real time, in front of servers that enforce limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.discord.client import Client
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.polling import Polling
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.discord import adapter_with
from bot.features.homework.store.tables import hand_in, submission
from bot.platforms import TRAITS
from scheduler.clock import RealClock
from storage.documents import Documents
from storage.files import FileStore
from tests.community import COURSE, write_course
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.fakes.telegram import FakeTelegram

STUDENTS = 300

pytestmark = pytest.mark.long


def opened(folder: Path, main: str) -> App:
    """A course in which one homework is due within the next minute."""
    now = RealClock().now()
    due = (now + timedelta(seconds=70)).replace(second=0, microsecond=0)
    first = (now - timedelta(days=1)).date()
    homework = (
        "note:\n  tier: practice\n  title: {en: Viral note, zh: 爆款笔记}\n  opens: {day: 1, at: 00:00}\n"
        f'  due: {{day: {(due.date() - first).days + 1}, at: "{due:%H:%M}"}}\n'
    )
    course = COURSE.replace("local: main", main).replace("Europe/London", "UTC")
    course = course.replace("2027-03-01", first.isoformat())
    course = course.replace("2027-03-14", (first + timedelta(days=13)).isoformat())
    write_course(folder / "writing", course=course, homework=homework)
    settings = Settings(
        database=f"sqlite:///{(folder / 'town.db').as_posix()}",
        data=folder,
        language="en",
        courses=(folder / "writing",),
        platforms=Platforms(),
    )
    return build(settings, clock=RealClock(), traits=TRAITS)


@asynccontextmanager
async def running(app: App, adapter: Any) -> AsyncIterator[None]:
    await app.start()
    stopping = asyncio.Event()
    work = asyncio.create_task(app.run([adapter], stopping, ticks=False))
    try:
        yield
    finally:
        stopping.set()
        await work


async def handed_in(app: App) -> list[Any]:
    query = select(hand_in, submission.c.at).join(submission, submission.c.hand_in == hand_in.c.id)
    return list(await app.database.run(lambda db: db.execute(query).all()))


async def until(done: Callable[[], bool], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # noqa: ASYNC110 - it is a server that is looked at
            await asyncio.sleep(0.2)


def check(rows: list[Any], at: datetime) -> None:
    """All are there, in time, by the time of the post."""
    assert len(rows) == STUDENTS
    assert not any(row.is_late for row in rows)
    assert all(row.state == "waiting" and row.at >= at for row in rows)


async def test_on_telegram_all_are_in_time_and_each_receipt_arrives(tmp_path: Path) -> None:
    """Half of them can be written to; the others see that they were heard, and read the rest when they come."""
    clock = RealClock()
    async with FakeTelegram(wall=clock.now) as telegram:
        people = [telegram.person(f"Student {number}") for number in range(STUDENTS)]
        group = telegram.group("Camp", *people, bot="administrator")
        app = opened(tmp_path, f'telegram: "{group.id}"')
        store, files = Documents(app.database, "telegram"), FileStore(tmp_path / "files")
        client = open_client(telegram.token, telegram.url)
        async with running(app, TelegramAdapter(client, store, files, clock, Polling(clock))):
            for person in people[::2]:
                telegram.starts(person)
            await until(lambda: len(_texts(telegram)) >= STUDENTS // 2, 120)
            began = clock.now().replace(microsecond=0)
            for number, person in enumerate(people):
                telegram.says(person, group, f"#homework This is what I wrote, number {number}")
            private = {person.id for person in people[::2]}
            await until(lambda: _told(telegram) == private, 120)
            await until(lambda: len(_reactions(telegram)) == STUDENTS // 2, 120)
            await until(lambda: any(f"{STUDENTS} handed in" in text for _, text in _texts(telegram)), 120)
            check(await handed_in(app), began)
            public = [text for chat, text in _texts(telegram) if chat == group.id]
            assert not [text for text in public if "Got it" in text]
        await client.hang_up()
        assert telegram.refused_429 == []
        assert not telegram.violations


def _texts(telegram: FakeTelegram) -> list[tuple[int, str]]:
    calls = [*telegram.asked("sendMessage"), *telegram.asked("editMessageText")]
    return [(int(call.params["chat_id"]), str(call.params["text"])) for call in calls]


def _told(telegram: FakeTelegram) -> set[int]:
    return {chat for chat, text in _texts(telegram) if text.startswith("Got it: Viral note")}


def _reactions(telegram: FakeTelegram) -> set[int]:
    return {int(call.params["message_id"]) for call in telegram.asked("setMessageReaction")}


async def test_on_discord_all_are_in_time_and_each_receipt_arrives(tmp_path: Path) -> None:
    clock = RealClock()
    async with FakeDiscord(now=clock.now) as discord:
        discord.gateway.limits = GatewayLimits.off()
        people = [discord.person(f"Student {number}") for number in range(STUDENTS)]
        guild = discord.guild("Camp", *people)
        main = discord.channel(guild, "main")
        app = opened(tmp_path, f'discord: "{main.id}"')
        adapter = adapter_with(app, Client(discord.token, discord.api, discord.gateway_url))
        async with running(app, adapter):
            await discord.until(lambda: adapter.listening is not None and adapter.listening.caught_up.is_set(), 30)
            began = clock.now().replace(microsecond=0)
            for number, person in enumerate(people):
                discord.says(person, main, f"#homework This is what I wrote, number {number}")
            await until(lambda: all(_receipts(discord, person) for person in people), 180)
            await until(lambda: any(f"{STUDENTS} handed in" in one.content for one in main.messages.values()), 60)
            check(await handed_in(app), began)
            assert not [one for one in main.messages.values() if "Got it" in one.content]
        assert all(len(_receipts(discord, person)) == 1 for person in people)
        assert discord.refused_429 == []
        assert not discord.violations


def _receipts(discord: FakeDiscord, person: Any) -> list[str]:
    said = [message.content for message in discord.channel_at(person).messages.values()]
    return [text for text in said if text.startswith("Got it: **Viral note**")]
