"""What every fact holds besides its own fields: who it is about, where and when it happened."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.course import Course
from bot.domain.places import Member, Space
from rules.fields import WEEKDAYS


def common_values(course: Course, member: Member, space: Space | None, day: date) -> dict[str, Any]:
    """Every value of `rules.conditions.COMMON_FIELDS`; the member's first day in the course is day 1."""
    joined_on = _date_at(course.zone, member.joined_at) if member.joined_at else day
    return {
        "member.role": member.role,
        "member.level": member.level or (course.levels[0].id if course.levels else ""),
        "member.days": max(1, (day - joined_on).days + 1),
        "member.tags": member.tags,
        "space.kind": space.kind if space else "",
        "space.id": space.id if space else "",
        "course.day": course.day_number(day),
        "course.weekday": WEEKDAYS[day.weekday()],
    }


@lru_cache(maxsize=10_000)
def _date_at(zone: str, moment: datetime) -> date:
    """The same for all that a member says."""
    return moment.astimezone(ZoneInfo(zone)).date()
