"""A course lived through in lock-step: people act, the clock moves, the core does what is due, and nobody waits.

What people do within a quarter of an hour reaches the core together, unless something is due before.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from adapters.local.adapter import TRAITS
from adapters.local.parse import PLATFORM
from bot.app import App, build
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.moments import moment_of
from bot.simulation.acts import Deed
from bot.simulation.platform import Platform
from bot.simulation.rhythm import QUARTER, end_of_quarter
from bot.simulation.weather import Calm, Crash, Weather
from scheduler.clock import VirtualClock
from scheduler.virtual import advance
from storage.database import Database

_OPENS = time(6)
_DAWN = time(5)


def opening(course: Course) -> datetime:
    """Before anybody is awake on the first day."""
    return moment_of(course.starts, _OPENS, course.zone)


class Term:
    """As the clock's agenda and as who moves it: between two moments people act, at each the core works."""

    def __init__(self, settings: Settings, platform: Platform, clock: VirtualClock, weather: Weather) -> None:
        self._settings = settings
        self._platform = platform
        self._clock = clock
        self._weather = weather
        self._deeds: deque[Deed] = deque()
        self._app: App | None = None
        self._handled_until = clock.now()
        self._due_at: datetime | None = clock.now()  # when the core has something planned

    async def run(self, course: Course, days: Iterator[list[Deed]], tell: Callable[[int], None]) -> App:
        """Live through all days; the process that is there at the end. `tell` is told of each day that begins.

        Raises CannotStart where the course is broken.
        """
        await self._start()
        for number, deeds in enumerate(days, 1):
            tell(number)
            self._deeds.extend(deeds)
            await advance(self, self, moment_of(course.starts + timedelta(days=number), _DAWN, course.zone))
        self._weather = Calm()
        await self._stop()
        await advance(self, self, moment_of(course.ends + timedelta(days=3), _DAWN, course.zone))
        return self._app or await self._start()

    # --- the clock ----------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self._clock.now()

    async def move(self, to: datetime) -> None:
        """Time passes, and people act in it, whether the core is up or not."""
        while self._deeds and self._deeds[0].at <= to:
            deed = self._deeds.popleft()
            await self._clock.move(deed.at)
            await self._platform.perform(deed)
            if deed.room == "staff":
                self._due_at = to  # staff may have planned something
        await self._clock.move(to)

    async def next_due(self, after: datetime) -> datetime | None:
        moments = [end_of_quarter(self._deeds[0].at)] if self._deeds else []
        if self._app is None:
            moments.append(after + QUARTER)
        else:
            self._due_at = await self._app.next_due(after)
        if self._app and self._due_at:
            moments.append(self._due_at)
        return min(moments, default=None)

    # --- the core -----------------------------------------------------------------------------------------------------

    async def run_due(self) -> None:
        if self._weather.is_down(self.now()):
            await self._stop()
            return
        try:
            await self._work(self._app or await self._start())
        except Crash:
            await self._stop()

    async def _work(self, app: App) -> None:
        """First what people did, then what is due, then what is to be said."""
        sink = self._weather.sink(app.sink, self._handled_until)
        while await self._platform.pump(sink):
            pass
        if self._due_at and self._due_at <= self.now():
            await app.run_due()
        await app.drain()
        self._handled_until = self.now()

    async def _start(self) -> App:
        # Backoff by the course's clock: nobody waits for a platform that wants to be left alone.
        app = build(
            self._settings,
            clock=self._clock,
            database=Database(self._settings.database, inline=True),
            traits={PLATFORM: TRAITS},
            real_now=self.now,
        )
        await app.start()
        await app.activate(self._weather.adapter(self._platform))
        self._app = app
        self._due_at = self.now()
        return app

    async def _stop(self) -> None:
        """End the process as a kill would: nothing is finished, and nothing given back."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if self._app:
            self._app.database.close()
        self._app = None
