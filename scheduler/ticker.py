"""The alarm clock under real time: APScheduler wakes us, rows say what is due."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import StorageTrouble
from bot.domain.ports import Agenda, Clock, Watchman
from scheduler.evenness import Reading, between, read

log = logging.getLogger(__name__)

TICK = timedelta(seconds=15)
"""Never sleep longer: a suspended or stepped clock is noticed at the next tick."""


class Ticker:
    """Wakes the agenda every 15 s, and at the very moment when the next thing is due."""

    def __init__(
        self,
        agenda: Agenda,
        clock: Clock,
        watchman: Watchman,
        *,
        tick: timedelta = TICK,
        reading: Callable[[datetime], Reading] = read,
    ) -> None:
        self._agenda = agenda
        self._clock = clock
        self._watchman = watchman
        self._every = tick
        self._reading = reading
        self._last: Reading | None = None
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Tick until cancelled."""
        alarm = AsyncIOScheduler(timezone="UTC")
        alarm.start()
        try:
            while True:
                next_due = await self._tick()
                if next_due is not None and next_due < self._clock.now() + self._every:
                    self._set(alarm, next_due)
                # Not the alarm's own interval: it sleeps by the wall clock, for hours when that is set back.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._every.total_seconds())
                self._wake.clear()
        finally:
            alarm.shutdown(wait=False)

    def _set(self, alarm: AsyncIOScheduler, at: datetime) -> None:
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        alarm.add_job(self._ring, "date", run_date=at, id="next", replace_existing=True, **options)

    async def _tick(self) -> datetime | None:
        try:
            # From before the work: what fell due while it was done must not wait for the next tick.
            since = self._clock.now()
            await self._watch(since)
            await self._agenda.run_due()
            return await self._agenda.next_due(since)
        except StorageTrouble:
            log.warning("the clock's work waits for the database")
            return None

    async def _watch(self, now: datetime) -> None:
        """Before what is due is done: whoever reads that it is late reads first why."""
        last, self._last = self._last, self._reading(now)
        uneven = between(last, self._last) if last else None
        if last and uneven:
            await self._watchman.lost(uneven, last.wall, now)
        await self._watchman.alive(now)

    async def _ring(self) -> None:
        self._wake.set()
