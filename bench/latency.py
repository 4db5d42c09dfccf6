"""How long a person waits at 1,000 messages a second: from the update to the committed reply, by the wall clock."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from bench import heard
from bench.course import copied, opened
from bench.table import Row, percentiles
from bench.telegram import Alone, adapter_of
from bot.app import App
from bot.cli.serving import rare_collection
from bot.domain.events import Attachment, CommandInvoked, Event, MessagePosted
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Sink
from scheduler.clock import RealClock


class Size(NamedTuple):
    rate: int  # messages offered in a second
    seconds: int
    alone: int  # messages, and check-ins, that are offered with nothing else to do


FULL = Size(1_000, 10, 100)
TINY = Size(100, 1, 3)
_CHECK_IN = 20  # one message in so many, each of somebody who has not checked in yet
_LIMIT = 100  # updates that the server hands over at once


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """Polling, the adapter, the app with its clock and its outbox, and SQLite on disk run as in production.

    An update counts from the moment at which it was to be offered, however late that was done.
    """
    return asyncio.run(_measured(pack, folder, size))


async def _measured(pack: Path, folder: Path, size: Size) -> list[Row]:
    clock, inbox = RealClock(), _Inbox()
    starts = (clock.now() - timedelta(days=1)).date()
    app = await opened([copied(pack, folder, group=f'telegram: "{heard.GROUP}"', starts=starts)], folder, clock)
    with rare_collection():
        alone, busy, took = await _lived(app, inbox, size)
    rate = f"{size.rate:,}/s"
    return [
        *percentiles("message alone, to its commit", alone.messages),
        *percentiles("/checkin alone, to its committed reply", alone.check_ins),
        *percentiles(f"message at {rate}, to its commit", busy.messages),
        *percentiles(f"/checkin at {rate}, to its committed reply", busy.check_ins),
        Row.of(f"committed, of {rate} offered for {size.seconds} s", [size.rate * size.seconds / took], "/s"),
    ]


async def _lived(app: App, inbox: "_Inbox", size: Size) -> "tuple[_Waited, _Waited, float]":
    """Who waited alone, who waited at the rate, and for how many seconds that went on."""
    stopping = asyncio.Event()
    adapter = _Watched(adapter_of(app, client=_Server(inbox)), inbox)
    running = asyncio.create_task(app.run([adapter], stopping))
    try:
        checking = size.rate * size.seconds // _CHECK_IN + 1
        await _members(inbox, max(heard.PEOPLE, checking + size.alone))
        await _one_by_one(inbox, range(checking, checking + size.alone))
        alone = inbox.taken()
        began = time.perf_counter()
        await _offered(inbox, size)
        took = time.perf_counter() - began
    finally:
        stopping.set()
        await running
    return alone, inbox.taken(), took


class _Waited(NamedTuple):
    """Milliseconds, of what was said and of what was asked for."""

    messages: list[float]
    check_ins: list[float]


class _Inbox:
    """The updates that the server keeps until they are fetched, and how long each has waited for its commit."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: list[bytes] = []
        self._offered_at: dict[str, float] = {}  # by the message's id
        self._waited = _Waited([], [])
        self._changed = asyncio.Condition()

    async def offer(self, said: str, who: int, at: float) -> None:
        number = next(self._numbers)
        update = heard.telegram(number, RealClock().now(), said or heard.text(number), who=who)
        self._offered_at[str(number + 10)] = at
        self._waiting.append(update)
        await self._wake()

    async def fetched(self) -> bytes:
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting)
        found, self._waiting = self._waiting[:_LIMIT], self._waiting[_LIMIT:]
        return heard.answer(found)

    async def committed(self, events: Sequence[Event]) -> None:
        now = time.perf_counter()
        for event in events:
            if isinstance(event, MessagePosted | CommandInvoked) and event.message:
                found = self._waited.check_ins if isinstance(event, CommandInvoked) else self._waited.messages
                found.append((now - self._offered_at.pop(event.message)) * 1e3)
        await self._wake()

    async def empty(self) -> None:
        """Until everything that was offered is committed."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._offered_at)

    def taken(self) -> _Waited:
        found, self._waited = self._waited, _Waited([], [])
        return found

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class _Server(Alone):
    """Answers long polls."""

    def __init__(self, inbox: _Inbox) -> None:
        super().__init__()
        self._inbox = inbox

    async def call(self, method: str, *, patience: float = 0.0, **params: Any) -> Any:
        if method != "getUpdates":
            return await super().call(method, patience=patience, **params)
        answer = heard.answer([])
        with suppress(TimeoutError):
            async with asyncio.timeout(params["timeout"]):
                answer = await self._inbox.fetched()
        return self.request.parse_json_payload(answer)["result"]


class _Watched:
    """An adapter whose commits are seen."""

    def __init__(self, adapter: Any, inbox: _Inbox) -> None:
        self._adapter = adapter
        self._inbox = inbox
        self.platform: str = adapter.platform
        self.traits = adapter.traits

    async def run(self, sink: Sink) -> None:
        async def take(events: Sequence[Event], /) -> None:
            await sink(events)
            await self._inbox.committed(events)

        await self._adapter.run(take)

    async def send(self, message: OutgoingMessage) -> str:
        return str(await self._adapter.send(message))

    async def fetch(self, attachment: Attachment) -> bytes:
        return bytes(await self._adapter.fetch(attachment))


async def _members(inbox: _Inbox, people: int) -> None:
    """Everybody has said something before."""
    for who in range(people):
        await inbox.offer("", who, time.perf_counter())
    await inbox.empty()
    inbox.taken()


async def _one_by_one(inbox: _Inbox, people: range) -> None:
    for who in people:
        for said in ("", "/checkin"):
            await inbox.offer(said, who, time.perf_counter())
            await inbox.empty()


async def _offered(inbox: _Inbox, size: Size) -> None:
    """At an even rate, whatever has become of those before."""
    began = time.perf_counter()
    for number in range(size.rate * size.seconds):
        at = began + number / size.rate
        if (early := at - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        if number % _CHECK_IN:
            await inbox.offer("", heard.person(number), at)
        else:
            await inbox.offer("/checkin", number // _CHECK_IN, at)
    await inbox.empty()
