"""Which occurrences a course has, as a pure function of local date, time and zone.

APScheduler's CronTrigger is not used for this: it skips and repeats around changes of the clock.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from zoneinfo import ZoneInfo

from bot.domain.course import Course, Occurrence, Ritual

_DAY = timedelta(days=1)


def occurrences(course: Course, since: datetime, until: datetime) -> Iterator[Occurrence]:
    """Those with since < due <= until, in the order in which they are due."""
    found = [
        occurrence
        for ritual in course.rituals
        for day in _dates(ritual, since, until)
        for occurrence in _on(course, ritual, day)
        if since < occurrence.due_at <= until
    ]
    yield from sorted(found, key=lambda o: (o.due_at, o.ritual, o.space, o.slot))


def _dates(ritual: Ritual, since: datetime, until: datetime) -> Iterator[date]:
    """The local dates on which the ritual may be due between two moments; a slot may fall on a later date."""
    zone = _zone(ritual.zone)
    last_slot = max(ritual.slots)
    day = max(ritual.first, (since - last_slot).astimezone(zone).date() - _DAY)
    # A day more: where the clock goes back over midnight, a later date may have begun already.
    last = min(ritual.last, until.astimezone(zone).date() + _DAY)
    while day <= last:
        if day.weekday() in ritual.weekdays:
            yield day
        day += _DAY


def _on(course: Course, ritual: Ritual, day: date) -> Iterator[Occurrence]:
    opens_at = moment_of(day, ritual.at, ritual.zone)
    for space in ritual.spaces:
        for slot, offset in enumerate(ritual.slots):
            yield Occurrence(
                course=course.id, ritual=ritual.id, space=space, local_date=day, slot=slot, due_at=opens_at + offset
            )


def moment_of(day: date, at: time_of_day, zone_name: str) -> datetime:
    """The moment of a local time, aware UTC.

    A time that the clock skips (spring) is due right after the gap; one that it shows twice (autumn) the first time.
    """
    zone = _zone(zone_name)
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the zone's offset changes between two moments, to the second."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
