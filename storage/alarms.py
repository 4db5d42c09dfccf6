"""Moments that features want to hear of: one row each, gone when it was heard."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    false,
    func,
    select,
    update,
)

from storage.among import among
from storage.columns import Moment
from storage.database import insert
from storage.tables import Id, metadata

alarm = Table(
    "alarm",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("name", String(32), nullable=False),  # who hears it, as its feature declares
    Column("object", String(64), nullable=False),  # what it is about
    Column("due_at", Moment, nullable=False),
    Column("is_failed", Boolean(create_constraint=False), nullable=False, server_default=false()),  # until a replay
    UniqueConstraint("course", "name", "object"),
    Index(None, "is_failed", "due_at"),
    sqlite_autoincrement=True,  # a number is never used again: one set anew for the same moment is another one
)


class Due(NamedTuple):
    """An alarm whose moment has come."""

    row: int
    course: str
    name: str
    object: str
    due_at: datetime


def put(db: Connection, course: str, name: str, moments: Sequence[tuple[str, datetime]]) -> None:
    """Set alarms, each for an object; one that was set for it before is moved."""
    if not moments:
        return
    row = insert(db, alarm)
    again = {"due_at": row.excluded.due_at, "is_failed": False}
    rows = [{"course": course, "name": name, "object": object, "due_at": at} for object, at in dict(moments).items()]
    db.execute(row.on_conflict_do_update(index_elements=["course", "name", "object"], set_=again), rows)


def drop(db: Connection, course: str, name: str, objects: Collection[str]) -> None:
    """Nobody wants to hear of these any more."""
    mine = (alarm.c.course == course) & (alarm.c.name == name) & among(alarm.c.object, "objects")
    db.execute(delete(alarm).where(mine), {"objects": list(objects)})


def newest(db: Connection) -> int:
    """The number of the last one that was set; none is less."""
    return db.execute(_NEWEST).scalar_one() or 0


_NEWEST = select(func.max(alarm.c.id))


def due(
    db: Connection, courses: Collection[str], until: datetime, *, newest: int | None = None, limit: int = 1000
) -> list[Due]:
    """What is to be heard by this moment, in order; `newest`: nothing that was set after the one with this number."""
    last = _LAST if newest is None else newest
    found = db.execute(_DUE, {"until": until, "courses": list(courses), "last": last, "most": limit})
    return [Due(row.id, row.course, row.name, row.object, row.due_at) for row in found]


_LAST = 2**63 - 1
_DUE = (
    select(alarm)
    .where(~alarm.c.is_failed, alarm.c.due_at <= bindparam("until", type_=Moment()))
    .where(among(alarm.c.course, "courses"), alarm.c.id <= bindparam("last", type_=Id))
    .order_by(alarm.c.due_at, alarm.c.id)
    .limit(bindparam("most"))
)


def take(db: Connection, those: Collection[tuple[int, datetime]]) -> set[int]:
    """Those that nobody has heard yet, and that were not moved since; they are gone. The fence between processes."""
    wanted = dict(those)
    seen = select(alarm.c.id, alarm.c.due_at).where(among(alarm.c.id, "rows")).order_by(alarm.c.id).with_for_update()
    found = db.execute(seen, {"rows": list(wanted)})
    rows = [row.id for row in found if row.due_at == wanted[row.id]]
    gone = delete(alarm).where(among(alarm.c.id, "rows")).returning(alarm.c.id)
    return set(db.execute(gone, {"rows": rows}).scalars()) if rows else set()


def fail(db: Connection, rows: Collection[int]) -> None:
    """Their handler failed; a replay may still hear them."""
    db.execute(update(alarm).where(among(alarm.c.id, "rows")).values(is_failed=True), {"rows": list(rows)})


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next one is due after this moment."""
    found: datetime | None = db.execute(_NEXT, {"after": after}).scalar_one()
    return found


_NEXT: Any = select(func.min(alarm.c.due_at)).where(
    ~alarm.c.is_failed, alarm.c.due_at > bindparam("after", type_=Moment())
)
