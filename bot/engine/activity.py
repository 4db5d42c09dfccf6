"""What shows that a member is there."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from storage.persons import is_of
from storage.tables import fact, member

ACTS = (
    "message.posted",
    "checkin.done",
    "share.posted",
    "thanks.given",
    "contest.entered",
    "homework.submitted",
    "question.asked",
    "question.answered",
)
"""The facts that show a member to be there. Others happen to them: a day ends, somebody likes what they wrote."""


def active_days(db: Connection, course: Course, stretch: Sequence[date]) -> dict[MemberId, int]:
    """On how many dates of a stretch each person did something."""
    first, last = stretch
    query = select(member.c.id, func.count(fact.c.local_date.distinct())).join_from(fact, member, is_of(fact.c.member))
    mine = (fact.c.course == course.id) & fact.c.kind.in_(ACTS) & fact.c.local_date.between(first, last)
    return {MemberId(who): int(days) for who, days in db.execute(query.where(mine).group_by(member.c.id))}
