"""Reports that are being drawn or were sent, and who wants none."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
    update,
)

from bot.domain.ids import CourseId, MemberId
from storage.columns import Json, Moment
from storage.database import insert, insert_new
from storage.persons import by_person, same_person, same_persons
from storage.tables import Id, metadata

report = Table(
    "growth_report",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("occasion", String(120)),  # the ritual and its date: one for each member; NULL: the member asked for it
    Column("at", Moment, nullable=False),
    Column("shown", Json, nullable=False),  # the picture's words and numbers
    Column("files", Json, nullable=False),  # the picture, once it is drawn
    Column("sent_at", Moment),
    UniqueConstraint("member", "occasion"),
    Index(None, "at"),
    sqlite_autoincrement=True,  # a number is never used again: jobs are named by it for ever
)

choice = Table(
    "growth_choice",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("is_wanted", Boolean(create_constraint=False), nullable=False),
    Column("at", Moment, nullable=False),
)

Report = Row[Any]


def add(db: Connection, rows: Iterable[dict[str, Any]]) -> list[Report]:
    """The new ones; who has had theirs on this occasion gets no other."""
    values = [{**row, "files": []} for row in rows]
    if not values:
        return []
    made = insert_new(db, report).returning(*report.c)
    return sorted(db.execute(made, values).all(), key=lambda row: int(row.id))


def locked(db: Connection, course: CourseId, number: int) -> Report | None:
    mine = (report.c.id == number) & (report.c.course == course)
    return db.execute(select(report).where(mine).with_for_update()).one_or_none()


def last_asked_for(db: Connection, who: MemberId) -> Report | None:
    """The newest report that this member asked for themselves."""
    mine = same_person(report.c.member, who) & report.c.occasion.is_(None)
    return db.execute(select(report).where(mine).order_by(report.c.id.desc()).limit(1)).one_or_none()


def change(db: Connection, number: int, **values: Any) -> None:
    """Change a report that is locked."""
    db.execute(update(report).where(report.c.id == number).values(values))


def drop(db: Connection, number: int) -> None:
    """A report that is locked, and of which nothing will come."""
    db.execute(delete(report).where(report.c.id == number))


def want(db: Connection, who: MemberId, *, is_wanted: bool, at: datetime) -> None:
    values = {"is_wanted": is_wanted, "at": at}
    row = insert(db, choice).values(member=who, **values)
    db.execute(row.on_conflict_do_update(index_elements=["member"], set_=values))


def unwilling(db: Connection, members: Collection[MemberId]) -> set[MemberId]:
    """Who of these persons wants none: of several accounts, what was chosen last holds."""
    theirs = same_persons(choice.c.member, "members")
    query = by_person(select(choice.c.member, choice.c.is_wanted, choice.c.at).where(theirs))
    rows = sorted(db.execute(query, {"members": list(members)}), key=lambda row: row.at)
    last = {MemberId(row[0]): row.is_wanted for row in rows}
    return {who for who, is_wanted in last.items() if not is_wanted}
