"""The moments of a response clock: when an answer is due, and when staff are told, louder each time. Pure."""

from datetime import UTC, datetime, timedelta

import msgspec

from bot.domain.office_hours import after, counted
from bot.domain.response import ResponseClock, Rung

WARNED = 1
"""How far staff were told: 0, nothing; 1, that time runs out; from then on, rungs of the ladder."""

_AT_ONCE = timedelta(0)
_A_MOMENT = timedelta(microseconds=1)


class Pace(msgspec.Struct, frozen=True):
    """A clock in its zone. With a grid, staff are told at its next full step, so that one notice tells of much."""

    clock: ResponseClock
    zone: str
    warnings: timedelta = _AT_ONCE  # divides the hour
    rungs: timedelta = _AT_ONCE

    def due(self, since: datetime) -> datetime:
        """When what has waited since a moment is to be answered."""
        return after(since, self.clock.within, self.clock.rest, self.zone)

    def waited(self, since: datetime, until: datetime) -> timedelta:
        """Counted time between two moments."""
        return counted(since, until, self.clock.rest, self.zone)

    def runs_from(self, since: datetime) -> datetime:
        """When its clock runs next: this very moment, unless it stands."""
        return after(since, _A_MOMENT, self.clock.rest, self.zone) - _A_MOMENT

    def is_in_time(self, since: datetime, at: datetime) -> bool:
        """Whether an answer at this moment comes within the limit."""
        return at <= self.due(since)

    def told_at(self, since: datetime, rung: int) -> datetime | None:
        """When staff are told so far; None: never."""
        if rung == WARNED:
            return self._warned_at(since)
        step = rung - WARNED - 1
        return self._rung_at(since, step) if step < len(self.clock.ladder) else None

    def _warned_at(self, since: datetime) -> datetime:
        """Never later than the first rung, should that come sooner: nothing is lost by waiting for a full step."""
        moment = after(since, self.clock.within * self.clock.warn_at / 100, self.clock.rest, self.zone)
        return min(_gathered(moment, self.warnings), self._rung_at(since, 0))

    def _rung_at(self, since: datetime, step: int) -> datetime:
        return _gathered(after(self.due(since), self.clock.step * step, self.clock.rest, self.zone), self.rungs)

    def reached(self, since: datetime, rung: int, now: datetime) -> int:
        """How far they should have been told by now, who were told so far; never less."""
        while (at := self.told_at(since, rung + 1)) is not None and at <= now:
            rung += 1
        return rung

    def between(self, before: int, now: int) -> tuple[Rung, ...]:
        """The rungs that are told when it comes from one to the other: several, where nobody was there to tell them."""
        return self.clock.ladder[max(before - WARNED, 0) : max(now - WARNED, 0)]

    @property
    def rules(self) -> str:
        """All that its moments depend on: where it is another than before, alarms are set anew."""
        clock = self.clock
        those = (self.zone, clock.within, clock.warn_at, clock.step, clock.ladder, clock.rest)
        return msgspec.json.encode(those, order="deterministic").decode()


def _gathered(moment: datetime, grid: timedelta) -> datetime:
    """The next full step of a grid, by UTC."""
    if not grid:
        return moment
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour + -(-(moment - hour) // grid) * grid
