"""Time that counts: clocks that stand still at night, on some weekdays and on days of rest. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import msgspec

from bot.domain.moments import moment_of, zone_of

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)
_FAR = 800
"""Days after which nobody waits any more: longer than any course with its days of rest."""


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """When a clock stands, in local time."""

    nights: tuple[time, time] | None = None  # from, until; over midnight where the first is the later one
    weekdays: frozenset[int] = frozenset()  # 0 is Monday
    dates: frozenset[date] = frozenset()

    @property
    def is_never(self) -> bool:
        return not (self.nights or self.weekdays or self.dates)


ALWAYS = Rest()
"""A clock that never stands."""

Stretch = tuple[datetime, datetime]
"""From a moment on, up to another."""


def counted(since: datetime, until: datetime, rest: Rest, zone: str) -> timedelta:
    """How much of the time between two moments counts; nothing where the second is not the later one."""
    if until <= since:
        return _NOTHING
    if rest.is_never:
        return until - since
    return sum((min(b, until) - max(a, since) for a, b in _open(since, until, rest, zone)), _NOTHING)


def after(since: datetime, span: timedelta, rest: Rest, zone: str) -> datetime:
    """The moment at which so much counted time has passed. Aware UTC."""
    if rest.is_never or span <= _NOTHING:
        return since + span
    left = span
    for begins, ends in _open(since, since + _FAR * _DAY, rest, zone):
        first = max(begins, since)
        if ends - first >= left:
            return first + left
        left -= ends - first
    return since + _FAR * _DAY


def _open(since: datetime, until: datetime, rest: Rest, zone: str) -> Iterator[Stretch]:
    """The stretches that count and reach into this time, in order."""
    day, last = (moment.astimezone(zone_of(zone)).date() for moment in (since, until))
    while day <= last:
        if day.weekday() not in rest.weekdays and day not in rest.dates:
            for begins, ends in _awake(day, rest.nights, zone):
                if begins < ends and ends > since and begins < until:
                    yield begins, ends
        day += _DAY


def _awake(day: date, nights: tuple[time, time] | None, zone: str) -> Iterator[Stretch]:
    """The stretches of one local date that are no night."""
    midnight, next_midnight = moment_of(day, time(), zone), moment_of(day + _DAY, time(), zone)
    if nights is None:
        yield midnight, next_midnight
        return
    falls, rises = (moment_of(day, at, zone) for at in nights)
    if nights[0] > nights[1]:  # the night before goes on until it is day, and the next one begins
        yield rises, falls
    else:
        yield midnight, falls
        yield rises, next_midnight
