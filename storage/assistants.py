"""Students who became assistants: since when, by whom, what they look after, when they are on duty.

At most one row of a person has no end. Who changes that locks the member's row first.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from bot.domain.ids import CourseId, MemberId
from bot.domain.response import Area
from storage.columns import Json, Moment
from storage.persons import is_of, same_person
from storage.tables import Id, member, metadata

assistantship = Table(
    "assistantship",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("areas", Json, nullable=False),  # what they look after
    Column("shifts", Json, nullable=False),
    Column("at", Moment, nullable=False),
    Column("confirmed_by", Id, ForeignKey("member.id")),
    Column("ended_at", Moment),
    Column("ended_by", Id, ForeignKey("member.id")),
    Column("reason", Text),
    Index(None, "course", "ended_at"),
    Index(None, "member"),
)


class WeeklyShift(msgspec.Struct, frozen=True, kw_only=True):
    """When somebody is on duty every week, in local time; without times, all day."""

    weekday: int  # 0 is Monday
    begins: time | None = None
    ends: time | None = None  # on the next day, where it is not the later one


def begin(  # noqa: PLR0913 - a row has as many columns
    db: Connection,
    course: CourseId,
    who: MemberId,
    *,
    areas: Collection[Area],
    shifts: Sequence[WeeklyShift],
    by: MemberId,
    at: datetime,
) -> None:
    row = {"course": course, "member": who, "areas": sorted(areas), "shifts": list(shifts), "at": at}
    db.execute(insert(assistantship).values(**row, confirmed_by=by))


def current(db: Connection, who: MemberId) -> Row[Any] | None:
    """The assistantship that a person has now."""
    return db.execute(_CURRENT, {"who": who}).first()


_CURRENT = (
    select(assistantship)
    .where(same_person(assistantship.c.member, bindparam("who", type_=Id)), assistantship.c.ended_at.is_(None))
    .order_by(assistantship.c.id.desc())
    .limit(1)
)


def change(db: Connection, id: int, **values: Any) -> None:
    db.execute(update(assistantship).where(assistantship.c.id == id).values(**values))


def areas_of(db: Connection, who: MemberId) -> frozenset[Area] | None:
    """What an assistant looks after; None where nothing says that it is not everything."""
    row = current(db, who)
    return frozenset(row.areas) if row else None


def of_course(db: Connection, course: CourseId) -> list[Row[Any]]:
    """All who are assistants so and have not left, oldest first, with `person`."""
    return [row for row in with_those_who_left(db, course) if row.left_at is None]


def with_those_who_left(db: Connection, course: CourseId) -> list[Row[Any]]:
    """The same, and those who would be assistants again if they came back; with `left_at`."""
    return list(db.execute(_OF_COURSE, {"of": course}))


_OF_COURSE = (
    select(assistantship, member.c.id.label("person"), member.c.left_at)
    .join_from(assistantship, member, is_of(assistantship.c.member))
    .where(assistantship.c.course == bindparam("of"), assistantship.c.ended_at.is_(None))
    .where(member.c.role != "student")
    .order_by(assistantship.c.id)
)


def shifts_of(row: Row[Any]) -> tuple[WeeklyShift, ...]:
    return tuple(msgspec.convert(row.shifts, type=list[WeeklyShift], strict=False))
