"""The questions that reports ask of what was recorded: each one statement, however many members there are."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, select

from bot.domain.course import Course
from bot.domain.rules import SPENT
from bot.engine.activity import ACTS
from bot.engine.figures import Stretch, counts_in, overlap, sums_in
from storage.persons import is_of
from storage.tables import fact, ledger, member, occurrence, profile

_REST = ("quiet", "paused", "gone", "gap")
"""Why an occurrence is skipped that nobody missed."""


def _is_student(course: Course) -> ColumnElement[bool]:
    return (member.c.course == course.id) & (member.c.role == "student") & member.c.merged_into.is_(None)


def _acted(course: Course) -> ColumnElement[bool]:
    return (fact.c.course == course.id) & fact.c.kind.in_(ACTS)


def participants(db: Connection, course: Course, stretches: Sequence[Stretch]) -> Sequence[int]:
    """How many students did something in each stretch."""
    day = fact.c.local_date
    query = select(*counts_in(day, stretches, member.c.id)).join_from(fact, member, is_of(fact.c.member))
    return tuple(db.execute(query.where(_acted(course), _is_student(course), overlap(day, stretches))).one())


def enrolled(db: Connection, course: Course, stretches: Sequence[Stretch]) -> Sequence[int]:
    """How many students there were in each stretch, at least for a while."""
    here = [
        (member.c.joined_at < ends) & (member.c.left_at.is_(None) | (member.c.left_at >= begins))
        for begins, ends in (_moments(course, one) for one in stretches)
    ]
    query = select(*(func.count(case((is_here, 1))) for is_here in here))
    return tuple(db.execute(query.where(_is_student(course))).one())


class Movement(NamedTuple):
    """How many students joined and left in each stretch."""

    joined: Sequence[int]
    left: Sequence[int]


def movement(db: Connection, course: Course, stretches: Sequence[Stretch]) -> Movement:
    moments = [_moments(course, one) for one in stretches]
    columns = [
        func.count(case(((at >= begins) & (at < ends), 1)))
        for at in (member.c.joined_at, member.c.left_at)
        for begins, ends in moments
    ]
    counts = tuple(db.execute(select(*columns).where(_is_student(course))).one())
    return Movement(counts[: len(moments)], counts[len(moments) :])


def points(db: Connection, course: Course, stretches: Sequence[Stretch]) -> dict[str, Sequence[int]]:
    """What students earned in each stretch, by category: what remains of what was given and taken back."""
    day = ledger.c.local_date
    query = select(ledger.c.category, *sums_in(day, stretches, ledger.c.points))
    query = query.join_from(ledger, member, is_of(ledger.c.member)).group_by(ledger.c.category)
    earned = (ledger.c.course == course.id) & (ledger.c.category != SPENT)
    rows = db.execute(query.where(earned, _is_student(course), overlap(day, stretches)))
    return {category: tuple(map(int, sums)) for category, *sums in rows}


def steady(db: Connection, course: Course, stretch: Stretch, days: int) -> int:
    """How many students did something on at least so many days."""
    day = fact.c.local_date
    mine = (_acted(course), _is_student(course), day.between(*stretch))
    by_member = select(member.c.id).join_from(fact, member, is_of(fact.c.member)).where(*mine)
    often = by_member.group_by(member.c.id).having(func.count(day.distinct()) >= days)
    return int(db.execute(select(func.count()).select_from(often.subquery())).scalar_one())


def quiet(db: Connection, course: Course, since: datetime) -> list[str]:
    """The names of the students who are there and have done nothing since; who came later is no such one."""
    last = select(fact.c.at).where(fact.c.member == member.c.id, _acted(course))
    last_at = last.order_by(fact.c.id.desc()).limit(1).correlate(member).scalar_subquery()
    other = member.alias()
    elsewhere = select(fact.c.id).join(other, other.c.id == fact.c.member).where(other.c.merged_into == member.c.id)
    elsewhere = elsewhere.where(_acted(course), fact.c.at > since).correlate(member)
    here = _is_student(course) & member.c.left_at.is_(None) & (member.c.joined_at <= since) & ~elsewhere.exists()
    query = select(profile.c.name).join(member, member.c.id == profile.c.member)
    return list(db.execute(query.where(here, func.coalesce(last_at <= since, True)).order_by(member.c.id)).scalars())


def missed(db: Connection, course: Course, stretch: Stretch) -> list[tuple[str, int]]:
    """The rituals that were not done when they should have been, and how often."""
    mine = (occurrence.c.course == course.id) & occurrence.c.local_date.between(*stretch)
    is_missed = (occurrence.c.state == "failed") | (
        (occurrence.c.state == "skipped") & func.coalesce(occurrence.c.reason.not_in(_REST), True)
    )
    query = select(occurrence.c.ritual, func.count()).where(mine, is_missed).group_by(occurrence.c.ritual)
    return [(ritual, int(count)) for ritual, count in db.execute(query.order_by(occurrence.c.ritual))]


def _moments(course: Course, stretch: Stretch) -> tuple[datetime, datetime]:
    """From the first moment of the first date up to that of the date after the last one."""
    after = stretch.last + timedelta(days=1)
    begins, ends = (datetime.combine(day, time(0), course.tzinfo) for day in (stretch.first, after))
    return begins, ends
