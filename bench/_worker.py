"""One of the processes of the benchmark on PostgreSQL: the whole program, with platforms that talk without a pause.

`python -m bench._worker ORDERS` prints `ready` when everybody is known; a line on its standard input makes it handle
all that is said, and it prints when it began and had committed the last. After another line, for which whoever started
it waits until all is sent, it tells what CPU that took, and after a third it ends.
"""

import asyncio
import json
import logging
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
from msgspec import structs

from bot.app import App, build
from bot.cli.serving import rare_collection
from bot.config import load_config
from bot.domain.errors import StorageTrouble
from bot.domain.events import Attachment, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Actor, Address
from bot.domain.ports import Clock, Sink
from bot.domain.traits import Traits
from bot.platforms import TRAITS
from scheduler.clock import RealClock

_BATCH = 100  # the most that Telegram hands over at once
_TEXTS = (
    "今天的标题改了三版，最后留下了带数字的那一版",
    "I have written about the sea today, and tomorrow it will be about the moon, I think",
    "好的",
)


class Orders(msgspec.Struct, frozen=True, kw_only=True):
    """What a process is to do."""

    config: str
    chats: dict[str, list[str]]  # by platform: where people talk
    people: int  # in each chat
    messages: int  # of each person, the last of which is `/checkin`


class Talkative:
    """A platform that has everything at hand, and takes every message at once."""

    def __init__(self, platform: str, orders: Orders, clock: Clock, go: asyncio.Event) -> None:
        self.platform = platform
        # Pacing would keep answers back: what is measured is work, not waiting.
        self.traits: Traits = structs.replace(TRAITS[platform], limits=None)
        self._orders = orders
        self._clock = clock
        self._go = go
        self._sent = 0
        self.knows_everybody, self.has_ended = asyncio.Event(), asyncio.Event()

    async def run(self, sink: Sink) -> None:
        await sink([])
        await self._hand_over(sink, [*self._said(0, 1)])
        self.knows_everybody.set()
        await self._go.wait()
        await self._hand_over(sink, [*self._said(1, self._orders.messages + 1)])
        self.has_ended.set()
        await asyncio.Event().wait()

    async def _hand_over(self, sink: Sink, events: Sequence[Event]) -> None:
        for first in range(0, len(events), _BATCH):
            while not await _is_taken(sink, events[first : first + _BATCH]):
                pass

    def _said(self, first: int, last: int) -> Iterator[Event]:
        for number in range(first, last):
            for place, chat in enumerate(self._orders.chats[self.platform]):
                for person in range(self._orders.people):
                    yield self._event(number, chat, 1000 + place * self._orders.people + person)

    def _event(self, number: int, chat: str, person: int) -> Event:
        actor = Actor(platform=self.platform, user=str(person), name=f"同学{person}")
        address, id = Address(platform=self.platform, chat=chat), f"{person}{number:04}"
        key, at = EventKey(f"{self.platform}:{chat}:{id}"), self._clock.now() - timedelta(seconds=1)
        if number == self._orders.messages:
            return CommandInvoked(key=key, at=at, actor=actor, address=address, message=id, name="checkin")
        text = f"{_TEXTS[person % len(_TEXTS)]} {chr(0x4E00 + number)}{chr(0x4E00 + person % 5000)}"
        return MessagePosted(key=key, at=at, actor=actor, address=address, message=id, text=text)

    async def send(self, message: OutgoingMessage) -> str:
        self._sent += 1
        return message.target or f"{self._sent}"

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotImplementedError("nobody sends files here")


async def _is_taken(sink: Sink, batch: Sequence[Event]) -> bool:
    try:
        await sink(batch)
    except StorageTrouble:  # a deadlock: it is handed over again, as every adapter does
        return False
    return True


async def serve(orders: Orders) -> None:
    clock = RealClock()
    app = build(load_config(Path(orders.config), {}), clock=clock, traits=TRAITS)
    await app.start()
    with rare_collection():  # as under `homeroom run`
        await _handled(app, orders, clock)


async def _handled(app: App, orders: Orders, clock: Clock) -> None:
    go, stopping = asyncio.Event(), asyncio.Event()
    talkers = [Talkative(platform, orders, clock, go) for platform in orders.chats]
    running = asyncio.create_task(app.run(talkers, stopping))
    for talker in talkers:
        await talker.knows_everybody.wait()
    await _told("ready")
    began, spent = time.monotonic(), _spent()
    go.set()
    for talker in talkers:
        await talker.has_ended.wait()
    await _told(json.dumps([began, time.monotonic()]))
    await _told(json.dumps(_spent() - spent))
    stopping.set()
    await running


async def _told(line: str) -> None:
    """Print a line, and wait for the next one that comes in."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    asyncio.run(serve(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Orders)))
