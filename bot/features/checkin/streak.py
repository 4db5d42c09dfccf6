"""Consecutive dates: pure functions. A day on which the course rests neither breaks a run nor counts, unless used."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

MILESTONES = (3, 7, 14, 21, 30, 60, 100)
"""The lengths that are announced when a streak reaches them."""

Rests = Callable[[date], bool]
"""Whether the course rests on a date."""

_DAY = timedelta(days=1)


def never(_: date) -> bool:
    return False


def run_around(dates: Collection[date], day: date, rests: Rests = never) -> tuple[date, int]:
    """First date and length of the run of consecutive dates around this day; length 0 if it is not among them."""
    if day not in dates:
        return day, 0
    first, before = _run(dates, day, -_DAY, rests)
    _, after = _run(dates, day, _DAY, rests)
    return first, before + 1 + after


def run_up_to(dates: Collection[str], day: date, rests: Rests = never) -> int:
    """The length of the run of consecutive dates that ends with this day. Dates are written: there may be many."""
    if day.isoformat() not in dates:
        return 0
    length = 1
    while (day := day - _DAY).isoformat() in dates or rests(day):
        length += day.isoformat() in dates
    return length


def current(dates: Collection[date], today: date, rests: Rests = never) -> int:
    """The streak that still lives: it ends today, or on the day before with today still open."""
    return max(run_around(dates, today, rests)[1], run_around(dates, _next(dates, today, -_DAY, rests), rests)[1])


def reached(dates: Collection[date], added: date, rests: Rests = never) -> list[tuple[int, date]]:
    """The milestones that this added date brings a run to, each with the first date of the run."""
    first, before = _run(dates, added, -_DAY, rests)
    _, after = _run(dates, added, _DAY, rests)
    return [(milestone, first) for milestone in MILESTONES if max(before, after) < milestone <= before + 1 + after]


def missing(dates: Collection[date], today: date, *, since: date, within_days: int, rests: Rests = never) -> list[date]:
    """The dates before today that may still be made up for, the latest first."""
    window = (today - n * _DAY for n in range(1, within_days + 1))
    return [day for day in window if day >= since and day not in dates and not rests(day)]


def _run(dates: Collection[date], day: date, step: timedelta, rests: Rests) -> tuple[date, int]:
    """The last date of the run on one side of a day, and how many there are on that side."""
    last, length = day, 0
    while (later := _next(dates, last, step, rests)) in dates:
        last, length = later, length + 1
    return last, length


def _next(dates: Collection[date], day: date, step: timedelta, rests: Rests) -> date:
    """The neighbouring date, over those on which the course rested and nobody asked for anything."""
    day += step
    while day not in dates and rests(day):
        day += step
    return day
