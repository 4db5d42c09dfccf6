"""Deadlines that homework.yaml has moved to later: what was judged by the old one and is in time by the new one."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.features.homework.deadlines import deadline_of
from bot.features.homework.store.tables import hand_in, submission


class Late(NamedTuple):
    """A hand-in with versions that came too late, and when the first of them came."""

    course: CourseId
    homework: str
    number: int
    at: datetime


def in_time_by_now(db: Connection, courses: Mapping[CourseId, Course]) -> list[Late]:
    """The hand-ins with something late that is not late by what these courses say now. Extensions count elsewhere."""
    return [one for one in _late(db) if one.course in courses and _is_mended(courses[one.course], one)]


def _late(db: Connection) -> list[Late]:
    """Of all courses, by one query; the hand-in of a single version says itself whether that is late."""
    first = func.min(submission.c.at)
    query = select(hand_in.c.course, hand_in.c.homework, hand_in.c.id, first)
    query = query.join(submission, submission.c.hand_in == hand_in.c.id)
    query = query.where(or_(hand_in.c.is_late, hand_in.c.versions > 1), submission.c.is_late)
    rows = db.execute(query.group_by(hand_in.c.course, hand_in.c.homework, hand_in.c.id).order_by(hand_in.c.id))
    return [Late(*row) for row in rows]


def _is_mended(course: Course, one: Late) -> bool:
    homework = course.book.homework.get(one.homework)
    return homework is not None and not deadline_of(homework, course.zone).is_late(one.at)
