"""Two processes on PostgreSQL that do different things at the same moment. (SQLite has one writer at a time.)"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, select, text

from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.events import CommandInvoked, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from scheduler.clock import VirtualClock
from storage.tables import outbox, staff_grant
from tests.community import RULES, write_course
from tests.postgres import postgres

MADE_ASSISTANT = """
made_assistant:
  when: checkin.done
  then: [{role: assistant}]
"""
EIGHT = datetime(2027, 3, 1, 20, tzinfo=UTC)


class Gate:
    """Holds up a process at the commit of the transaction that has run a statement with these words."""

    def __init__(self, app: App, words: str) -> None:
        self.is_reached, self.opened = threading.Event(), threading.Event()
        self._words = words
        event.listen(app.database.engine, "before_cursor_execute", self._look)
        event.listen(app.database.engine, "commit", self._wait)

    def _look(self, *arguments: Any) -> None:
        if self._words in arguments[2]:
            self.is_reached.set()

    def _wait(self, _: Connection) -> None:
        if self.is_reached.is_set():
            self.opened.wait(30)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
async def apps(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> AsyncIterator[list[App]]:
    """Two processes, as far as the database can see; a test may say which rules its course has."""
    settings = Settings(
        database=database,
        data=tmp_path,
        language="en",
        courses=(write_course(tmp_path / "writing", rules=getattr(request, "param", RULES)),),
        platforms=Platforms(),
    )

    async def kept(_: datetime) -> None:
        pass

    async with AsyncExitStack() as stack:
        found = [build(settings, clock=VirtualClock(EIGHT, kept)) for _ in range(2)]
        for app in found:
            await app.start()
            stack.push_async_callback(app.close)
        yield found


async def waits_for_a_lock(database: str, task: asyncio.Task[None]) -> None:
    """Until the database holds this up, or it is done."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    engine = create_engine(database)
    while not task.done():
        with engine.connect() as db:
            if db.execute(waiting).scalar_one():
                break
        await asyncio.sleep(0.01)
    engine.dispose()


async def test_a_share_that_is_being_written_when_another_process_closes_the_session_is_in_the_summary(
    database: str, apps: list[App]
) -> None:
    one, other = apps
    await one.run_due()
    posted = MessagePosted(
        key=EventKey("local:1"),
        at=EIGHT + timedelta(minutes=59),
        actor=Actor(platform="local", user="ada", name="Ada"),
        address=Address(platform="local", chat="main"),
        message="1",
        text="I write about trains",
    )
    gate = Gate(one, "INSERT INTO share_post")
    writing = asyncio.create_task(one.sink([posted]))
    await asyncio.to_thread(gate.is_reached.wait, 30)
    assert isinstance(other.clock, VirtualClock)
    await other.clock.move(EIGHT + timedelta(hours=1))
    closing = asyncio.create_task(other.run_due())
    await waits_for_a_lock(database, closing)
    gate.opened.set()
    await asyncio.gather(writing, closing)
    query = select(outbox.c.message).where(outbox.c.key.contains(":summary"))
    [summary] = await one.database.run(lambda db: db.execute(query).scalars().all())
    assert "1 member shared" in "".join(span["text"] for span in summary["body"])


def typed(key: str, who: str, name: str, text: str, chat: str = "staff") -> CommandInvoked:
    actor, address = Actor(platform="local", user=who, name=who.title()), Address(platform="local", chat=chat)
    return CommandInvoked(key=EventKey(key), at=EIGHT, actor=actor, address=address, name=name, text=text, message=key)


async def test_of_two_processes_that_claim_a_question_at_once_the_second_says_who_has_it(
    database: str, apps: list[App]
) -> None:
    one, other = apps
    await one.sink([typed("two:1", "ada", "ask", "How do I find a title?", "main")])
    await one.sink([typed("two:2", "lin", "help", ""), typed("two:3", "chen", "help", "")])
    gate = Gate(one, "UPDATE question SET")
    claiming = asyncio.create_task(one.sink([typed("two:4", "lin", "question", "Q1 claim")]))
    await asyncio.to_thread(gate.is_reached.wait, 30)
    second = asyncio.create_task(other.sink([typed("two:5", "chen", "question", "Q1 claim")]))
    await waits_for_a_lock(database, second)
    gate.opened.set()
    await asyncio.gather(claiming, second)
    assert "Q1 is yours" in await _answer_to(one, "two:4")
    assert "Lin is working on Q1" in await _answer_to(one, "two:5")


@pytest.mark.parametrize("apps", [RULES + MADE_ASSISTANT], indirect=True)
async def test_who_is_confirmed_and_rewarded_with_the_role_at_once_is_made_an_assistant_once(
    database: str, apps: list[App]
) -> None:
    one, other = apps
    await one.sink([typed("role:1", "mia", "points", "", "main"), typed("role:2", "chen", "help", "")])
    gate = Gate(one, "INSERT INTO staff_grant")
    confirming = asyncio.create_task(one.sink([typed("role:3", "chen", "seeds", "@mia confirm")]))
    await asyncio.to_thread(gate.is_reached.wait, 30)
    rewarded = asyncio.create_task(other.sink([typed("role:4", "mia", "checkin", "", "main")]))
    await waits_for_a_lock(database, rewarded)
    gate.opened.set()
    await asyncio.gather(confirming, rewarded)
    mine = select(staff_grant.c.role).where(staff_grant.c.account == "local:mia")
    assert await one.database.run(lambda db: db.execute(mine).scalars().all()) == ["assistant"]


async def _answer_to(app: App, key: str) -> str:
    query = select(outbox.c.message).where(outbox.c.key.contains(key), outbox.c.edits.is_(None))
    messages = await app.database.run(lambda db: db.execute(query).scalars().all())
    return "".join(span["text"] for message in messages for span in message["body"])
