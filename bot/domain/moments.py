"""Local times and the moments that they are, right around changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache, lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=100_000)
def moment_of(day: date, at: time_of_day, zone_name: str) -> datetime:
    """The moment of a local time, aware UTC.

    A time that the clock skips (spring) is due right after the gap; one that it shows twice (autumn) the first time.
    """
    zone = zone_of(zone_name)
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
def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name."""
    return ZoneInfo(name)
