"""How soon who has pressed a button is answered: with nothing else to do, and under a broadcast and a stream."""

import asyncio
import shutil
import time
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from adapters.discord.traits import PLATFORM, TRAITS
from bench.table import Row, percentiles
from bot.app import App, build
from bot.cli.serving import rare_collection
from bot.config import Platforms, Settings
from bot.domain.errors import NotSent
from bot.domain.events import Attachment, ButtonPressed, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Actor, Address
from bot.domain.ports import Sink
from scheduler.clock import RealClock
from storage import outbox
from storage.outbox import Queued


class Size(NamedTuple):
    presses: int
    channels: int


FULL = Size(200, 500)
TINY = Size(3, 10)
BATCH = 100  # messages of the stream that come together
POSTING = 0.05  # seconds that the platform takes for a post

_MAIN = Address(platform=PLATFORM, chat="1")
_ADA = Actor(platform=PLATFORM, user="7", name="Ada", handle="ada")


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Milliseconds by the wall clock from when a press is handed over until its answer leaves."""
    quiet = asyncio.run(_measured(pack, folder / "quiet", size, is_busy=False))
    busy = asyncio.run(_measured(pack, folder / "busy", size, is_busy=True))
    floor = percentiles("answered, with nothing else to do", quiet)
    loaded = percentiles(f"answered, {size.channels} posts go out, messages stream in", busy)
    return [*floor, *(row.beside(bare, "with nothing else to do") for row, bare in zip(loaded, floor, strict=True))]


class _Platform:
    """Takes posts slowly, and answers at once."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(self) -> None:
        self.answered: dict[str, asyncio.Event] = {}

    async def run(self, sink: Sink) -> None:
        raise NotImplementedError("the benchmark hands over events itself")

    async def send(self, message: OutgoingMessage) -> str:
        if message.answers:
            self.answered[message.answers].set()
        else:
            await asyncio.sleep(POSTING)
        return message.key

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotSent("nothing was attached")


async def _measured(pack: Path, folder: Path, size: Size, *, is_busy: bool) -> list[float]:
    app, platform = await _opened(pack, folder)
    with rare_collection():  # as under `homeroom run`
        waited = await _pressed(app, platform, size, is_busy=is_busy)
    await app.close()
    return waited


async def _pressed(app: App, platform: _Platform, size: Size, *, is_busy: bool) -> list[float]:
    working = [asyncio.create_task(app.deliverer.run())]
    if is_busy:
        await _broadcast(app, app.clock.now(), size.channels)
        working.append(asyncio.create_task(_stream(app)))
    waited = [await _answered(app, platform, number) for number in range(size.presses)]
    app.deliverer.stop()
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    return waited


async def _opened(pack: Path, folder: Path) -> tuple[App, _Platform]:
    shutil.copytree(pack, folder / pack.name)
    course = folder / pack.name / "course.yaml"
    course.write_text(course.read_text("utf-8").replace("local: main", 'discord: "1"'), "utf-8")
    database = f"sqlite:///{(folder / 'homeroom.db').as_posix()}"
    settings = Settings(
        database=database, data=folder, language="en", courses=(folder / pack.name,), platforms=Platforms()
    )
    app, platform = build(settings, clock=RealClock(), traits={PLATFORM: TRAITS}), _Platform()
    await app.start()
    await app.activate(platform)
    return app, platform


async def _broadcast(app: App, now: datetime, channels: int) -> None:
    posts = [
        Queued(
            message=OutgoingMessage(
                key=f"post:{number}",
                address=Address(platform=PLATFORM, chat=f"c{number}"),
                body=(Span("Good morning"),),
            ),
            not_before=now,
            expires_at=now + timedelta(days=1),
        )
        for number in range(channels)
    ]
    await app.database.run(lambda db: outbox.enqueue(db, posts))
    app.deliverer.wake()


async def _stream(app: App) -> None:
    numbers = count()
    while True:
        await app.sink([_said(next(numbers), app.clock.now()) for _ in range(BATCH)])


def _said(number: int, now: datetime) -> Event:
    text = f"This is the {number}th thing that is said here."
    key = EventKey(f"{PLATFORM}:message:{number}")
    return MessagePosted(key=key, at=now, actor=_ADA, address=_MAIN, message=str(number + 10), text=text)


async def _answered(app: App, platform: _Platform, number: int) -> float:
    """Milliseconds until the answer left."""
    key, interaction = EventKey(f"{PLATFORM}:press:{number}"), f"b:{number}:secret"
    platform.answered[interaction] = asyncio.Event()
    press = ButtonPressed(
        key=key, at=app.clock.now(), actor=_ADA, address=_MAIN, message="1", command="help", interaction=interaction
    )
    began = time.perf_counter()
    await app.sink([press])
    await platform.answered[interaction].wait()
    return (time.perf_counter() - began) * 1e3
