"""Every time zone, every change of its clocks, every minute of the day: one occurrence for each local date.

What is right is found here by looking at the wall clock, minute after minute, and not by calculating with local times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.course import Course
from bot.domain.ids import CourseId, RitualId, SpaceId
from bot.domain.messages import Localised
from bot.domain.rituals import ByCron, Occurrence, OnWeekdays, Ritual, When
from scheduler.occurrences import occurrences

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
EVERY_DAY = OnWeekdays(frozenset(range(7)))
MINUTES = tuple(time(hour, minute) for hour in range(24) for minute in range(60))

LocalTime = tuple[date, time]


class Change(NamedTuple):
    """The moment at which the clocks of a zone are put forward, or back."""

    at: datetime
    before: timedelta  # the offset from UTC
    after: timedelta

    @property
    def dates(self) -> list[date]:
        """The local dates that it touches, and the next one."""
        touched = sorted({(self.at - SECOND + self.before).date(), (self.at + self.after).date()})
        return [*touched, touched[-1] + DAY]

    @property
    def since(self) -> datetime:
        """Before the first of its dates begins."""
        return self.at - 26 * HOUR

    @property
    def until(self) -> datetime:
        """After the last of its dates has ended."""
        return self.at + 51 * HOUR


def offset(zone: ZoneInfo, at: datetime) -> timedelta:
    found = at.astimezone(zone).utcoffset()
    assert found is not None
    return found


def changes_of(zone: ZoneInfo) -> Iterator[Change]:
    """Every change of the offset within the years, by looking at each day and halving those that have one."""
    day = FIRST
    before = offset(zone, day)
    while day < LAST:
        day += DAY
        after = offset(zone, day)
        if after != before:
            yield Change(_moment_of_change(zone, day - DAY, day), before, after)
        before = after


def _moment_of_change(zone: ZoneInfo, still: datetime, already: datetime) -> datetime:
    before = offset(zone, still)
    while already - still > SECOND:
        middle = (still + (already - still) / 2).replace(microsecond=0)
        if offset(zone, middle) == before:
            still = middle
        else:
            already = middle
    return already


@pytest.fixture(scope="module")
def changes() -> Mapping[Change, list[str]]:
    """All of them, with the zones that share each: most names stand for the same clocks as others."""
    found: dict[Change, list[str]] = {}
    for name in sorted(available_timezones()):
        for change in changes_of(ZoneInfo(name)):
            found.setdefault(change, []).append(name)
    return found


def first_reached(zone: ZoneInfo, change: Change) -> dict[LocalTime, datetime]:
    """When somebody who looks at the wall clock every minute sees, for the first time, that it is so late, or later.

    That is the first of two times where the clock is put back, and right after the gap where it is put forward.
    """
    waiting = [(day, at) for day in reversed(change.dates) for at in reversed(MINUTES)]
    found = {}
    now = change.since
    while waiting:
        shown = now.astimezone(zone)
        while waiting and waiting[-1] <= (shown.date(), shown.time()):
            found[waiting.pop()] = now
        now += MINUTE
    return found


def course(rituals: Iterable[Ritual]) -> Course:
    day = date(2024, 1, 1)
    title = Localised({"en": "Writing"})
    return Course(
        id=CourseId("writing"),
        title=title,
        language="en",
        zone="UTC",
        starts=day,
        ends=day,
        spaces=(),
        rituals=tuple(rituals),
    )


def daily(at: time, zone: str, change: Change, *, when: When = EVERY_DAY) -> Ritual:
    return Ritual(
        id=RitualId(f"at {at:%H:%M}"),
        action="post_task",
        zone=zone,
        first=change.dates[0],
        last=change.dates[-1],
        spaces=(SpaceId("main"),),
        when=when,
        at=at,
    )


def by_cron(at: time, zone: str, change: Change) -> Ritual:
    return daily(at, zone, change, when=ByCron(f"{at.minute} {at.hour} * * *"))


def due_once(
    rituals: Iterable[Ritual], change: Change, cuts: Iterable[datetime] = ()
) -> dict[tuple[str, date], datetime]:
    """When each is due on each date, however the time is cut into the windows that are asked for."""
    bounds = [change.since, *cuts, change.until]
    whole = course(rituals)
    found: list[Occurrence] = []
    for since, until in pairwise(bounds):
        found += occurrences(whole, since, until)
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)
    twice = [one for one, times in Counter((o.ritual, o.local_date) for o in found).items() if times > 1]
    assert not twice, f"{change}: {twice}"
    return {(one.ritual, one.local_date): one.due_at for one in found}


def each_minute_is_due_once(zone: str, change: Change, cuts: Iterable[datetime] = ()) -> None:
    due = due_once((daily(at, zone, change) for at in MINUTES), change, cuts)
    reached = first_reached(ZoneInfo(zone), change)
    expected = {(f"at {at:%H:%M}", day): moment for (day, at), moment in reached.items()}
    assert due == expected, f"{zone}, {change}: {sorted(due.items() ^ expected.items(), key=str)[:10]}"


def test_in_every_zone_every_minute_of_a_day_is_due_once_around_every_change(
    changes: Mapping[Change, list[str]],
) -> None:
    assert len({zone for zones in changes.values() for zone in zones}) > 150
    assert {change.after > change.before for change in changes} == {True, False}
    for change, zones in changes.items():
        each_minute_is_due_once(zones[0], change)


def test_a_daily_cron_line_is_due_once_around_every_change(changes: Mapping[Change, list[str]]) -> None:
    for change, zones in changes.items():
        touched = _touched(change, around=3)
        due = due_once((by_cron(at, zones[0], change) for at in touched), change)
        reached = first_reached(ZoneInfo(zones[0]), change)
        expected = {(f"at {at:%H:%M}", day): reached[day, at] for at in touched for day in change.dates}
        assert due == expected, f"{zones[0]}, {change}: {sorted(due.items() ^ expected.items(), key=str)[:10]}"


def _touched(change: Change, *, around: int) -> list[time]:
    """The times of day that the clock skips or shows twice, and some minutes before and after them."""
    first, last = sorted((change.at + change.before, change.at + change.after))
    length = (last - first) // MINUTE + 2 * around
    return [(first + (n - around) * MINUTE).time() for n in range(length)]


@pytest.mark.long
@pytest.mark.parametrize("year", range(FIRST.year, LAST.year))
def test_in_every_zone_by_each_of_its_names_wherever_the_time_is_cut(
    changes: Mapping[Change, list[str]], year: int
) -> None:
    for change, zones in changes.items():
        if change.at.year == year:
            for number, zone in enumerate(zones):
                each_minute_is_due_once(zone, change, cuts=[change.at + number * MINUTE])
