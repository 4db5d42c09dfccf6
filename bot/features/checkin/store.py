"""The table of check-ins and the questions asked of it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    distinct,
    func,
    insert,
    select,
    type_coerce,
)

from bot.domain.ids import CourseId, MemberId
from storage.columns import LocalDate, Moment
from storage.persons import by_person, grouped, person_of, same_person, same_persons
from storage.tables import Id, metadata, profile

table = Table(
    "checkin",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("local_date", LocalDate, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("is_makeup", Boolean(create_constraint=False), nullable=False),
    Index(None, "course", "local_date", "at"),
)


class Row(NamedTuple):
    """A check-in as it is recorded; columns of the same names say what each is."""

    member: MemberId
    local_date: date
    at: datetime
    is_makeup: bool


def add(db: Connection, course: CourseId, rows: Sequence[Row]) -> None:
    db.execute(_ADD, [{"course": course, **row._asdict()} for row in rows])


_ADD = insert(table)


def dates_of(db: Connection, members: Collection[MemberId]) -> dict[MemberId, set[date]]:
    """Every date on which each of these members checked in or made up for it."""
    found: dict[MemberId, set[date]] = {member: set() for member in members}
    for who, day in db.execute(_DATES, {"members": members}):
        found.setdefault(who, set()).add(day)
    return found


_DATES = by_person(select(table.c.member, table.c.local_date).where(same_persons(table.c.member, "members")))


def dates_until(db: Connection, members: Collection[MemberId], day: date) -> dict[MemberId, set[str]]:
    """The same up to a day; dates as they are written. Without those who never checked in."""
    written = func.aggregate_strings(type_coerce(table.c.local_date, String), ",").label("dates")
    theirs = same_persons(table.c.member, "members") & (table.c.local_date <= day)
    query = by_person(select(table.c.member, written).where(theirs).group_by(table.c.member))
    rows = db.execute(query, {"members": members})
    return {who: set(",".join(dates).split(",")) for who, dates in grouped((who, dates) for who, dates in rows)}


def recorded_before(db: Connection, members: Collection[MemberId], moment: datetime, day: date) -> dict[MemberId, int]:
    """For how many dates up to a day each had checked in, or made up for it, before a moment."""
    mine = same_persons(table.c.member, "members") & (table.c.at < moment) & (table.c.local_date <= day)
    rows = db.execute(by_person(select(table.c.member, table.c.local_date).where(mine)), {"members": members})
    return {who: len(set(dates)) for who, dates in grouped((who, day) for who, day in rows)}


def makeups_of(db: Connection, member: MemberId) -> int:
    mine = select(func.count(distinct(table.c.local_date))).where(
        same_person(table.c.member, member), table.c.is_makeup
    )
    return int(db.execute(mine).scalar_one())


def on_day(db: Connection, course: CourseId, day: date, *, names: int) -> tuple[int, list[str]]:
    """How many checked in on this very day, and the names of the first."""
    of = {"course": course, "day": day}
    count = db.execute(_HOW_MANY, of).scalar_one()
    return count, list(db.execute(_FIRST, {**of, "most": names}).scalars())


_TODAY = and_(
    table.c.course == bindparam("course"), table.c.local_date == bindparam("day"), table.c.is_makeup.is_(False)
)
_HOW_MANY = select(func.count(distinct(person_of(table.c.member)))).where(_TODAY)
_FIRST: Select[Any] = (
    select(profile.c.name)
    .join_from(profile, table, profile.c.member == person_of(table.c.member))
    .where(_TODAY)
    .group_by(profile.c.member, profile.c.name)
    .order_by(func.min(table.c.at), profile.c.member)
    .limit(bindparam("most", type_=Integer))
)
