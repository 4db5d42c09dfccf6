"""Which occurrences a course has, as a pure function of local date, time and zone.

APScheduler's CronTrigger is not used for this: it skips and repeats around changes of the clock.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim

from bot.domain.course import Course
from bot.domain.moments import moment_of, zone_of
from bot.domain.rituals import Around, ByCron, Occurrence, Ritual
from scheduler.dates import LONGEST_REST, dates_of

_DAY = timedelta(days=1)


class _Time(NamedTuple):
    """When a ritual takes place: the local date that it counts for, its number on that date, the moment."""

    local_date: date
    number: int
    at: datetime


def occurrences(course: Course, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Those with since < due <= until, in the order in which they are due."""
    found = [
        occurrence
        for ritual in course.rituals
        for taking_place in _times(course, ritual, since, until)
        for occurrence in _of(course, ritual, taking_place)
        if since < occurrence.due_at <= until
    ]
    yield from sorted(found, key=lambda o: (o.due_at, not _is_end(course, o), o.ritual, o.space, o.slot))


def _is_end(course: Course, found: Occurrence) -> bool:
    """What is over at eight ends before what begins at eight."""
    ritual = course.ritual(found.ritual)
    step = ritual.steps[found.step] if ritual else None
    return step is not None and step.is_needed


def _of(course: Course, ritual: Ritual, time: _Time) -> Iterator[Occurrence]:
    for space in ritual.spaces:
        for step, act in enumerate(ritual.steps):
            if act is None:
                continue
            yield Occurrence(
                course=course.id,
                ritual=ritual.id,
                space=space,
                local_date=time.local_date,
                slot=time.number * len(ritual.steps) + step,
                step=step,
                due_at=time.at + act.after,
            )


def _times(course: Course, ritual: Ritual, since: datetime, until: datetime) -> Iterator[_Time]:
    """The times of a ritual that may have a step between two moments, and perhaps some around them."""
    opens, ends = ritual.span
    earliest, latest = since - ends, until - opens
    match ritual.when:
        case Around(kind, by):
            anchors = [one for one in course.anchors if one.kind == kind and ritual.first <= one.date <= ritual.last]
            for day, group in groupby(anchors, key=lambda one: one.date):
                for number, anchor in enumerate(group):
                    yield _Time(day, number, moment_of(day, anchor.at, course.zone) + by)
        case ByCron(line):
            yield from _by_cron(line, ritual, earliest, latest)
        case _:
            zone = zone_of(ritual.zone)
            back = LONGEST_REST if ritual.on_quiet_days == "postpone" else timedelta(0)
            # A day more: where the clock goes back over midnight, a later date may have begun already.
            first = max(ritual.first, _date(earliest, zone) - _DAY - back)
            for day, takes_place in dates_of(course, ritual, first, _date(latest, zone) + _DAY):
                yield _Time(day, 0, moment_of(takes_place, ritual.at, ritual.zone))


def _by_cron(line: str, ritual: Ritual, earliest: datetime, latest: datetime) -> Iterator[_Time]:
    """By the minute of the date, not by order: another line tomorrow must not make one time pass for another."""
    zone = zone_of(ritual.zone)
    # A day more: what the clock skips just before midnight is due on the next date.
    first = max(ritual.first, _date(earliest, zone) - _DAY)
    last = min(ritual.last, _date(latest, zone) + _DAY)
    if first > last:
        return
    previous = earliest
    for fire, at in _fires(line, first, ritual.zone):
        if fire.date() > last:
            return
        if at != previous:  # else the clock skips both, and they are due right after the gap: once
            yield _Time(fire.date(), (fire.fold * 24 + fire.hour) * 60 + fire.minute, at)
        previous = at


def _fires(line: str, first: date, zone_name: str) -> Iterator[tuple[datetime, datetime]]:
    """What the clock shows and the moment, for each time of a cron line from a date on.

    As cron does it: times of day are ours, `*` of minutes or hours counts what really passes.
    """
    minutes, hours, *_ = line.split()
    if minutes.startswith("*") or hours.startswith("*"):
        midnight = moment_of(first, time_of_day(0), zone_name)
        before = (midnight - timedelta(seconds=1)).astimezone(zone_of(zone_name))
        yield from ((fire, fire.astimezone(UTC)) for fire in CronSim(line, before))
    else:
        # Without the zone: CronSim loses the date of a time that the clock skips before midnight.
        local = CronSim(line, datetime.combine(first, time_of_day(0)) - timedelta(seconds=1))
        yield from ((fire, moment_of(fire.date(), fire.time(), zone_name)) for fire in local)


def _date(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
