"""Moving a virtual clock: every due moment on the way is visited in order, and everything due there is done."""

from datetime import datetime, timedelta
from datetime import time as time_of_day
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.domain.moments import moment_of
from bot.domain.ports import Agenda


class Movable(Protocol):
    """A virtual clock, or who moves it."""

    def now(self) -> datetime: ...

    async def move(self, to: datetime) -> None: ...


async def advance(clock: Movable, agenda: Agenda, to: datetime) -> None:
    """Go to a moment, as if time had passed."""
    await agenda.run_due()
    while True:
        due = await agenda.next_due(clock.now())
        if due is None or due > to:
            break
        await clock.move(due)
        await agenda.run_due()
    await clock.move(to)
    await agenda.run_due()


def next_time(now: datetime, at: time_of_day, zone_name: str) -> datetime:
    """The next moment after now at which the zone's clocks show this time."""
    day = now.astimezone(ZoneInfo(zone_name)).date() - timedelta(days=1)
    while (moment := moment_of(day, at, zone_name)) <= now:
        day += timedelta(days=1)
    return moment
