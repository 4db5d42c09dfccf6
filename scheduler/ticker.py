"""The alarm clock under real time: APScheduler wakes us, rows say what is due."""

import asyncio
import logging
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import StorageTrouble
from bot.domain.ports import Agenda, Clock

log = logging.getLogger(__name__)

TICK = timedelta(seconds=15)
"""Never sleep longer: a suspended or stepped clock is noticed at the next tick."""


class Ticker:
    """Wakes the agenda every 15 s, and at the very moment when the next thing is due."""

    def __init__(self, agenda: Agenda, clock: Clock, *, tick: timedelta = TICK) -> None:
        self._agenda = agenda
        self._clock = clock
        self._every = tick
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Tick until cancelled."""
        alarm = AsyncIOScheduler(timezone="UTC")
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        alarm.add_job(self._ring, "interval", seconds=self._every.total_seconds(), **options)
        alarm.start()
        try:
            while True:
                next_due = await self._tick()
                if next_due is not None and next_due < self._clock.now() + self._every:
                    alarm.add_job(self._ring, "date", run_date=next_due, id="next", replace_existing=True, **options)
                await self._wake.wait()
                self._wake.clear()
        finally:
            alarm.shutdown(wait=False)

    async def _tick(self) -> datetime | None:
        try:
            # From before the work: what fell due while it was done must not wait for the next tick.
            since = self._clock.now()
            await self._agenda.run_due()
            return await self._agenda.next_due(since)
        except StorageTrouble:
            log.warning("the clock's work waits for the database")
            return None

    async def _ring(self) -> None:
        self._wake.set()
