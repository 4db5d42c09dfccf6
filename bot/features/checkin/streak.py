"""Consecutive dates: pure functions."""

from collections.abc import Collection
from datetime import date, timedelta

MILESTONES = (3, 7, 14, 21, 30, 60, 100)
"""The lengths that are announced when a streak reaches them."""

_DAY = timedelta(days=1)


def run_around(dates: Collection[date], day: date) -> tuple[date, int]:
    """First date and length of the run of consecutive dates around this day; length 0 if it is not among them."""
    if day not in dates:
        return day, 0
    first = last = day
    while first - _DAY in dates:
        first -= _DAY
    while last + _DAY in dates:
        last += _DAY
    return first, (last - first).days + 1


def run_up_to(dates: Collection[str], day: date) -> int:
    """The length of the run of consecutive dates that ends with this day. Dates are written: there may be many."""
    length = 0
    while (day - length * _DAY).isoformat() in dates:
        length += 1
    return length


def current(dates: Collection[date], today: date) -> int:
    """The streak that still lives: it ends today, or yesterday with today still open."""
    return max(run_around(dates, today)[1], run_around(dates, today - _DAY)[1])


def reached(dates: Collection[date], added: date) -> list[tuple[int, date]]:
    """The milestones that this added date brings a run to, each with the first date of the run."""
    first, length = run_around(dates, added)
    before = max((added - first).days, length - (added - first).days - 1)
    return [(milestone, first) for milestone in MILESTONES if before < milestone <= length]


def missing(dates: Collection[date], today: date, *, since: date, within_days: int) -> list[date]:
    """The dates before today that may still be made up for, the latest first."""
    window = (today - n * _DAY for n in range(1, within_days + 1))
    return [day for day in window if day >= since and day not in dates]
