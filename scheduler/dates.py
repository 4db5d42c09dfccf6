"""On which local dates a ritual falls, purely."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from bot.domain.course import Course
from bot.domain.rituals import NthWeekday, OnCourseDays, OnMonthDays, OnWeekdays, Ritual

LONGEST_REST = timedelta(days=92)
"""What is postponed over more quiet days in a row than this never takes place."""

_DAY = timedelta(days=1)
_WEEK = 7


def dates_of(course: Course, ritual: Ritual, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The dates that count in a ritual's own range, each with the one on which it takes place.

    They differ where a quiet day postpones it. Of several that would take place on one date, the last counts. What
    is skipped on quiet days is among them: whoever executes it finds out.
    """
    day = max(first, ritual.first)
    while day <= min(last, ritual.last):
        if _is_on(course, ritual, day):
            takes_place = _moved(course, ritual, day)
            if takes_place is not None:
                yield day, takes_place
        day += _DAY


def _moved(course: Course, ritual: Ritual, day: date) -> date | None:
    """The first date from this one on that is not quiet; None where another one of the ritual comes before it."""
    if ritual.on_quiet_days != "postpone":
        return day
    later = day
    while course.is_quiet(later):
        later += _DAY
        if later - day > LONGEST_REST or (_is_on(course, ritual, later) and later <= ritual.last):
            return None
    return later


def _is_on(course: Course, ritual: Ritual, day: date) -> bool:
    match ritual.when:
        case OnWeekdays(weekdays):
            return day.weekday() in weekdays
        case OnCourseDays(numbers):
            return course.day_number(day) in numbers
        case OnMonthDays(days):
            return any(_is_month_day(asked, day) for asked in days)
        case _:
            return False


def _is_month_day(asked: int | NthWeekday, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    if isinstance(asked, int):
        return day.day == (length if asked < 0 else min(asked, length))
    if day.weekday() != asked.weekday:
        return False
    return day.day > length - _WEEK if asked.nth < 0 else (day.day - 1) // _WEEK == asked.nth - 1
