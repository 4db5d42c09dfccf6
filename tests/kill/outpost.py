"""A platform that outlives the processes: files beside the database, and the adapter that talks to it.

What members said stands in one file, how far that was acknowledged in another, and each message that arrives is one
line at the end of a third. It knows nothing of keys: what is sent twice stands there twice.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.errors import NotSent, StorageTrouble, Unknown
from bot.domain.events import Attachment, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Actor, Address
from bot.domain.ports import Sink
from bot.domain.traits import Can, Traits
from tests.kill.camp import PLATFORM, Update
from tests.kill.quick_clock import QuickClock

TRAITS = Traits(can=Can.REPLY | Can.EDIT | Can.BUTTONS | Can.ONLY_FOR | Can.STYLE)

_POLL = 0.05  # seconds
_LATENCY = 0.03  # seconds, at most, on the way there, and again on the way back
_LIMITED, _LOST, _UNANSWERED = 0.01, 0.01, 0.01
"""The shares of messages that are refused for now, that vanish on their way, and whose answer does."""


class Outpost:
    """The platform itself."""

    def __init__(self, folder: Path) -> None:
        self._said, self._acknowledged, self._arrived = (folder / name for name in ("said", "acknowledged", "arrived"))

    def fill(self, updates: list[Update]) -> None:
        """From the beginning on it has everything; who asks gets what was said by then."""
        lines = (json.dumps([u.id, u.at.timestamp(), u.course, u.who, u.text]) for u in updates)
        self._said.write_text("\n".join(lines), encoding="utf-8")

    def updates(self) -> list[Update]:
        rows = map(json.loads, self._said.read_text("utf-8").splitlines())
        return [Update(id, datetime.fromtimestamp(at, UTC), course, who, text) for id, at, course, who, text in rows]

    @property
    def acknowledged(self) -> int:
        """All up to this id need not be handed over again."""
        if not self._acknowledged.exists():
            return 0
        return max(map(int, self._acknowledged.read_text("utf-8").split()), default=0)

    def acknowledge(self, id: int) -> None:
        _append(self._acknowledged, f"{id}\n")

    def arrive(self, message: OutgoingMessage) -> str:
        """The id that it gives to the message."""
        id = message.target if message.edits and message.target else os.urandom(6).hex()
        line = {
            "id": id,
            "key": message.key,
            "chat": message.address.chat,
            "edits": message.edits,
            "text": message.text,
        }
        _append(self._arrived, json.dumps(line) + "\n")
        return id

    def arrived(self) -> list[dict[str, Any]]:
        """Every arrival, in order."""
        if not self._arrived.exists():
            return []
        return [json.loads(line) for line in self._arrived.read_text("utf-8").splitlines()]


def _append(path: Path, line: str) -> None:
    """One write: whole or not at all, whoever else writes, and whenever one is killed."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, line.encode())
    finally:
        os.close(file)


class OutpostAdapter:
    """Polls it, and sends to it over a bad line."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(self, outpost: Outpost, clock: QuickClock, chance: random.Random) -> None:
        self._outpost = outpost
        self._clock = clock
        self._chance = chance

    async def run(self, sink: Sink) -> None:
        waiting = self._outpost.updates()
        has_caught_up = False
        while True:
            # Now and then it hands over again what was acknowledged, as platforms do.
            again = self._chance.choice((0, 0, 0, 3))
            known, now = self._outpost.acknowledged - again, self._clock.now()
            batch = [update for update in waiting if update.id > known and update.at <= now]
            batch = batch[: self._chance.choice((1, 4, 30))]
            if batch:
                await self._hand_over(sink, batch)
            elif not has_caught_up:
                has_caught_up = True
                await sink([])
            if not again:
                self._clock.note("heard", batch[-1].at if batch else now)
            if not batch or again:
                await asyncio.sleep(_POLL)

    async def _hand_over(self, sink: Sink, batch: list[Update]) -> None:
        while True:
            try:
                await sink([_event(update) for update in batch])
            except StorageTrouble:
                await asyncio.sleep(_POLL)
            else:
                self._outpost.acknowledge(batch[-1].id)
                return

    async def send(self, message: OutgoingMessage) -> str:
        await self._travel()
        luck = self._chance.random()
        if luck < _LIMITED:
            raise NotSent("too many at once", retry_after=timedelta(milliseconds=100))
        if luck < _LIMITED + _LOST:
            raise Unknown("lost on its way")
        id = self._outpost.arrive(message)
        await self._travel()
        if luck < _LIMITED + _LOST + _UNANSWERED:
            raise Unknown("no answer")
        return id

    async def fetch(self, attachment: Attachment) -> bytes:
        raise NotImplementedError("nobody sends files here")

    async def _travel(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, _LATENCY))


def _event(update: Update) -> Event:
    common: Mapping[str, Any] = {
        "key": EventKey(f"outpost:{update.id}"),
        "at": update.at,
        "actor": Actor(platform=PLATFORM, user=update.who, name=update.who.title()),
        "address": Address(platform=PLATFORM, chat=update.chat),
        "message": str(update.id),
    }
    if update.text.startswith("/"):
        return CommandInvoked(name=update.text[1:], **common)
    return MessagePosted(text=update.text, **common)
