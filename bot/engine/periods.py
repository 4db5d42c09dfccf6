"""Which dates a report is about, and with which it compares them. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from bot.engine.figures import Stretch

Period = Literal["week", "month", "course"]

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


def stretch_of(period: Period, day: date, within: Stretch) -> Stretch:
    """The week or month that a day lies in, up to this day; on its first day, the one that has just ended.

    `within` are the dates of the course: of what lies outside of them nothing is counted.
    """
    if period != "course" and within.first < day <= within.last and day == _first(period, day):
        day -= _DAY
    day = min(max(day, within.first), within.last)
    if period == "course":
        return Stretch(within.first, day)
    return Stretch(max(_first(period, day), within.first), day)


def stretch_before(period: Period, stretch: Stretch, within: Stretch) -> Stretch | None:
    """The same days of the week or month before; None where the course was not on for all of them."""
    if period == "course" or stretch.first != _first(period, stretch.first):
        return None
    before = _month_before(stretch) if period == "month" else Stretch(stretch.first - _WEEK, stretch.last - _WEEK)
    return before if before.first >= within.first else None


def weeks_of(stretch: Stretch) -> Iterator[Stretch]:
    """The weeks, from Monday to Sunday, that these dates lie in; the first and the last may be cut short."""
    first = stretch.first
    while first <= stretch.last:
        sunday = _first("week", first) + _WEEK - _DAY
        yield Stretch(first, min(sunday, stretch.last))
        first = sunday + _DAY


def days_in(stretch: Stretch) -> int:
    return (stretch.last - stretch.first).days + 1


def _first(period: Period, day: date) -> date:
    return day - timedelta(days=day.weekday()) if period == "week" else day.replace(day=1)


def _month_before(stretch: Stretch) -> Stretch:
    """Up to the same day of the month; a whole month compares with a whole month."""
    end = stretch.first - _DAY
    is_whole = stretch.last.day == monthrange(stretch.last.year, stretch.last.month)[1]
    last = end if is_whole else end.replace(day=min(stretch.last.day, end.day))
    return Stretch(end.replace(day=1), last)
