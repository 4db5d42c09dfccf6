"""What must have come of the three courses' Sunday: counted from their files and what was said, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from tests.kill.camp import DAY, LASTS, MOVED, PEOPLE, PERIODS, SESSIONS, SETTLED_AT, TASKS, ZONES, Update

_SPRING = datetime(2027, 3, 14, 7, tzinfo=UTC)
"""When 02:00 becomes 03:00 in New York."""
_HOUR, _NEXT = timedelta(hours=1), timedelta(days=1)
_ENOUGH = 20, 10
"""Characters of a thoughtful message, and of a share."""


class Due(NamedTuple):
    """The key of an occurrence."""

    course: str
    ritual: str
    space: str
    local_date: date
    slot: int


def moment(course: str, day: date, at: time) -> datetime:
    """By hand: what the clocks of this course's zone mean on this day."""
    shown = datetime.combine(day, at, UTC)
    match course:
        case "london":
            return shown
        case "shanghai":
            return shown - 8 * _HOUR
        case _:
            winter = shown + 5 * _HOUR
            return winter if winter < _SPRING else max(_SPRING, shown + 4 * _HOUR)


def occurrences() -> dict[Due, set[datetime]]:
    """All of the day, each with the moments at which it may have been due."""
    return {due: moments for course in ZONES for due, moments in _on(course)}


def _on(course: str) -> Iterator[tuple[Due, set[datetime]]]:
    def due(ritual: str, *at: time, slot: int = 0, after: timedelta = timedelta(0)) -> tuple[Due, set[datetime]]:
        return Due(course, ritual, "main", DAY, slot), {moment(course, DAY, one) + after for one in at}

    yield from (due(f"task_{at:%H%M}", at) for at in TASKS)
    yield from (due(f"board_{period}", SETTLED_AT) for period in PERIODS)
    for at in SESSIONS:
        yield due(f"sharing_{at:%H%M}", at)
        yield due(f"sharing_{at:%H%M}", at, slot=1, after=LASTS)
    yield due("moved", *(MOVED if course == "london" else MOVED[:1]))
    for hour in range(24):
        if course != "newyork" or hour != 2:  # there it does not exist
            yield due("hourly", time(hour, 15), slot=hour * 60 + 15)
    yield Due(course, "day_end", "", DAY + _NEXT, 0), {moment(course, DAY + _NEXT, time(0))}


def check_ins(said: list[Update]) -> set[tuple[str, str]]:
    """Who has checked in, in which course."""
    return {(one.course, one.who) for one in said if one.text in ("/checkin", "打卡")}


def shares(said: list[Update]) -> set[tuple[str, str, time]]:
    """Who has shared, in which course, in the session that began at this time."""
    return {
        (one.course, one.who, at)
        for one in said
        for at in SESSIONS
        if is_plain(one) and len(one.text) >= _ENOUGH[1]
        if timedelta(0) <= one.at - moment(one.course, DAY, at) < LASTS
    }


def points(said: list[Update]) -> Counter[tuple[str, str, str]]:
    """By course, member and rule."""
    found: Counter[tuple[str, str, str]] = Counter()
    for course, who in check_ins(said):
        found[course, who, "check_in"] = 5
    for course, who, _ in shares(said):
        found[course, who, "share"] = 8  # once on a day
    thoughts = Counter((one.course, one.who) for one in said if is_plain(one) and len(one.text) >= _ENOUGH[0])
    for (course, who), times in thoughts.items():
        found[course, who, "thoughtful"] = min(times, 2)
    for course in ZONES:
        for who in PEOPLE:
            found[course, who, "settled"] = 10 * len(PERIODS)
            found[course, who, "day_over"] = 1
    return found


def is_plain(one: Update) -> bool:
    return not one.text.startswith("/") and one.text != "打卡"
