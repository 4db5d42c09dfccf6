"""Sends what the outbox holds: claimed and committed as `sending`, sent outside any transaction, then settled."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.ports import Adapter, Clock
from bot.engine.pacing import MEMORY, Pacers
from bot.engine.settling import Settling
from bot.engine.transaction import Engine
from bot.engine.worker import Worker
from storage import outbox
from storage.database import Database
from storage.leases import Holder, living
from storage.outbox import Claimed

log = logging.getLogger(__name__)
Result = TypeVar("Result")

_AT_ONCE = 50
_WAITED_FOR_AT_ONCE = 25  # more of what somebody waits for, however slowly all else goes
_STORAGE_RETRY = 1.0  # seconds


class Deliverer(Worker):
    """The outbox's worker, for the adapters that this process runs.

    What a message was written for is timed by the course's clock, how long a platform is left alone by `real_now`.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        adapters: Mapping[str, Adapter],
        *,
        holder: Holder,
        clock: Clock,
        real_now: Callable[[], datetime],
    ) -> None:
        super().__init__()
        self._database = database
        self._engine = engine
        self._adapters = adapters
        self._holder = holder
        self._clock = clock
        self._real_now = real_now
        self._in_flight: set[int] = set()
        self._pacers = Pacers()
        self._settling = Settling(engine, adapters, clock, real_now, self.wake_soon)

    async def recover(self, platform: str, real_now: datetime) -> None:
        """Resolve what dead processes, or this one, began to send and left. Nobody knows whether it arrived."""

        def left(db: Connection) -> list[Claimed]:
            others = living(db, self._holder, real_now) - {self._holder.id}
            return outbox.abandoned(db, platform, living=others, in_flight=self._in_flight)

        async with self._claiming:  # between the claim and its entry among those in flight, ours would look abandoned
            rows = await self._persist(left)
        for row in rows:
            await self._persist(
                partial(self._settling.after_unknown, row=row, reason="the process ended while sending")
            )

    async def pace(self, adapter: Adapter) -> None:
        """Keep under the platform's limits from now on, as if this process had sent what others sent before it."""
        limits = adapter.traits.limits
        if limits is None:
            return
        now = self._real_now()
        sent = await self._persist(lambda db: outbox.sent_since(db, adapter.platform, now - MEMORY))
        self._pacers.pace(adapter.platform, limits, sent, now)

    async def drain(self) -> None:
        """Deliver everything that can be sent now, and return when all of it is settled."""
        async with self._draining:
            sending: set[asyncio.Task[None]] = set()
            while True:
                sending |= {asyncio.create_task(self._deliver(row)) for row in await self._claim(len(sending))}
                if not sending:
                    return
                sending = await self._wait_for_one(sending)

    async def _claim(self, busy: int) -> list[Claimed]:
        if self._is_stopping or busy >= _AT_ONCE + _WAITED_FOR_AT_ONCE:
            return []
        now, real_now, platforms = self._clock.now(), self._real_now(), list(self._adapters)
        rooms = {platform: self._room(platform, busy, real_now) for platform in platforms}

        def claim(db: Connection) -> tuple[list[Claimed], datetime | None, bool]:
            for row in outbox.expire(db, now):
                self._settling.after_expiry(db, row)
            claimed: list[Claimed] = []
            for platform, room in rooms.items():
                claimed += outbox.claim(db, platform, room, holder=self._holder.id, now=now, real_now=real_now)
            return claimed, outbox.next_retry(db, platforms, after=real_now), outbox.is_waiting(db)

        async with self._claiming:
            claimed, next_retry, is_waiting = await self._persist(claim)
            self._in_flight |= {row.id for row in claimed}
        self._pacers.begin(row.message for row in claimed)
        next_free = self._pacers.next_free(real_now) if is_waiting else None
        following = min((moment for moment in (next_retry, next_free) if moment), default=None)
        self._wake_after(following - real_now if following else None)
        return claimed

    def _room(self, platform: str, busy: int, real_now: datetime) -> outbox.Room:
        if busy >= _AT_ONCE:
            return outbox.Room(most=_AT_ONCE + _WAITED_FOR_AT_ONCE - busy, least_urgent=outbox.WAITED_FOR)
        return self._pacers.room(platform, _AT_ONCE - busy, real_now)

    async def _deliver(self, row: Claimed) -> None:
        try:
            await self._persist(await self._sent(row))
        finally:
            self._in_flight.discard(row.id)

    async def _sent(self, row: Claimed) -> Callable[[Connection], object]:
        try:
            return await self._send(row)
        finally:
            self._pacers.end(row.message, self._real_now())

    async def _send(self, row: Claimed) -> Callable[[Connection], object]:
        """Send it; what is to be recorded then."""
        adapter = self._adapters.get(row.message.address.platform)
        if adapter is None:
            return partial(
                self._settling.retry, row=row, wait=timedelta(0), reason="its platform has just left this process"
            )
        try:
            sent_as = await adapter.send(row.message)
        except NotSent as error:
            wait = max(error.retry_after or timedelta(0), outbox.backoff(row.attempts))
            return partial(self._settling.retry, row=row, wait=wait, reason=str(error))
        except Refused as error:
            return partial(self._settling.after_refusal, row=row, refused=error)
        except Unknown as error:
            return partial(self._settling.after_unknown, row=row, reason=str(error))
        except Exception as error:
            log.exception("adapter %s raised what it must not", adapter.platform)
            return partial(self._settling.after_crash, row=row, reason=f"{type(error).__name__}: {error}")
        return partial(self._settling.settle, row=row, state="sent", sent_as=sent_as)

    def wake_soon(self) -> None:
        """Wake the worker from the storage thread."""
        self._loop.call_soon_threadsafe(self._more.set)

    async def _persist(self, work: Callable[[Connection], Result]) -> Result:
        """Do it in a transaction, however long the database is in trouble: what was sent must be recorded."""
        self._loop = asyncio.get_running_loop()
        is_told = False
        while True:
            try:
                return await self._database.run(work)
            except StorageTrouble as trouble:
                if not is_told:
                    log.warning("%s", self._engine.voice.texts.say("en", trouble.text.id, **trouble.text.values))
                is_told = True
                await asyncio.sleep(_STORAGE_RETRY)
