"""Who has pressed a button hears at once, whatever else goes out or comes in meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.app import App, build
from bot.config import Platforms, Settings
from bot.domain.events import Attachment, ButtonPressed, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Actor, Address
from bot.domain.ports import Sink
from bot.domain.traits import Can, Limit, Limits, Traits
from scheduler.clock import RealClock
from storage import outbox
from storage.outbox import Queued
from tests.community import COURSE, RULES, write_course

CHANNELS, AT_ONCE = 500, 50
TRAITS = Traits(
    can=Can.REPLY | Can.EDIT | Can.BUTTONS | Can.ANSWER | Can.ASIDE | Can.WAIT | Can.DEDUPE | Can.STYLE,
    limits=Limits(in_all=Limit(50, 1), per_chat=Limit(5, 5)),
)
ADA = Actor(platform="discord", user="7", name="Ada", handle="ada")
MAIN = Address(platform="discord", chat="1")


@dataclass
class Slow:
    """A platform that takes no post as long as it is told not to, and every answer at once."""

    traits: Traits = TRAITS
    platform: str = "discord"
    taken: list[str] = field(default_factory=list)
    waiting: int = 0
    is_full: asyncio.Event = field(default_factory=asyncio.Event)
    opens: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, sink: Sink) -> None:
        raise NotImplementedError("the tests hand over events themselves")

    async def send(self, message: OutgoingMessage) -> str:
        if message.answers:
            self.taken.append(message.answers)
            self.answered.set()
        else:
            self.waiting += 1
            if self.waiting == AT_ONCE:
                self.is_full.set()
            await self.opens.wait()
            self.taken.append(message.key)
        return str(len(self.taken))

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotImplementedError("nobody sends files here")


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[tuple[App, Slow]]:
    folder = write_course(tmp_path / "writing", course=COURSE.replace("local: main", "discord: 1"), rules=RULES)
    database = f"sqlite:///{(tmp_path / 'homeroom.db').as_posix()}"
    platforms = Settings(database=database, data=tmp_path, language="en", courses=(folder,), platforms=Platforms())
    app, platform = build(platforms, clock=RealClock(), traits={"discord": TRAITS}), Slow()
    await app.start()
    await app.activate(platform)
    working = asyncio.create_task(app.deliverer.run())
    yield app, platform
    platform.opens.set()
    app.deliverer.stop()
    await working
    await app.close()


async def broadcast(app: App) -> None:
    """A post to each of many channels waits in the outbox."""
    now = app.clock.now()
    posts = [
        Queued(
            message=OutgoingMessage(
                key=f"post:{number}",
                address=Address(platform="discord", chat=f"c{number}"),
                body=(Span("Good morning"),),
            ),
            not_before=now,
            expires_at=now.replace(year=now.year + 1),
        )
        for number in range(CHANNELS)
    ]
    await app.database.run(lambda db: outbox.enqueue(db, posts))
    app.deliverer.wake()


def press(number: int, app: App) -> ButtonPressed:
    key, interaction = EventKey(f"discord:press:{number}"), f"b:{number}:secret"
    return ButtonPressed(
        key=key, at=app.clock.now(), actor=ADA, address=MAIN, message="1", command="help", interaction=interaction
    )


async def test_an_answer_overtakes_five_hundred_posts_none_of_which_goes_through(slow: tuple[App, Slow]) -> None:
    app, platform = slow
    await broadcast(app)
    await platform.is_full.wait()
    for number in range(20):
        platform.answered.clear()
        await app.sink([press(number, app)])
        await platform.answered.wait()
    assert platform.taken == [f"b:{number}:secret" for number in range(20)]
    assert platform.waiting == AT_ONCE


async def test_an_answer_waits_for_no_more_than_the_batch_of_messages_that_is_being_handled(
    slow: tuple[App, Slow],
) -> None:
    app, platform = slow
    handled: list[int] = []
    begun = asyncio.Event()

    async def stream() -> None:
        for batch in range(30):
            await app.sink([said(batch * 100 + number, app) for number in range(100)])
            handled.append(batch)
            begun.set()

    streaming = asyncio.create_task(stream())
    await begun.wait()
    before = len(handled)
    await app.sink([press(1, app)])
    assert len(handled) <= before + 2
    await platform.answered.wait()
    assert len(handled) < 30
    await streaming


def said(number: int, app: App) -> Event:
    key = EventKey(f"discord:message:{number}")
    text = f"This is the {number}th thing that is said here."
    return MessagePosted(key=key, at=app.clock.now(), actor=ADA, address=MAIN, message=str(number + 10), text=text)
