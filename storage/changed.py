"""Members of whom something has changed that shows on them: level, role, honours, accounts; until somebody looks."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, ForeignKey, Table, bindparam, delete, func, literal, select

from storage.columns import Moment
from storage.database import insert_new
from storage.tables import Id, member, metadata

table = Table(
    "changed_member",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment, primary_key=True),  # not to be looked at before: a title ends then
)

_NOW = datetime(1970, 1, 1, tzinfo=UTC)


def note(db: Connection, members: Iterable[int], at: datetime | None = None) -> None:
    """These are to be looked at, now or at a moment."""
    rows = [{"member": who, "at": at or _NOW} for who in dict.fromkeys(members)]
    if rows:
        db.execute(insert_new(db, table), rows)


def note_all(db: Connection, course: str, at: datetime | None = None) -> None:
    """Everybody in a course who has not left is to be looked at, now or at a moment."""
    here = (member.c.course == course) & member.c.left_at.is_(None) & member.c.merged_into.is_(None)
    found = select(member.c.id, literal(at or _NOW, Moment())).where(here)
    db.execute(insert_new(db, table).from_select(["member", "at"], found))


MOST = 500
"""Members that are looked at in one transaction."""


def take(db: Connection, now: datetime) -> Collection[int]:
    """Some of those that are to be looked at by now; they are noted no more."""
    members = list(dict.fromkeys(db.execute(_DUE, {"now": now, "most": MOST}).scalars()))
    if members:
        db.execute(delete(table).where(table.c.member.in_(members), table.c.at <= now))
    return members


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next one is to be looked at, after this moment."""
    found: datetime | None = db.execute(_NEXT, {"after": after}).scalar_one()
    return found


_DUE = (
    select(table.c.member)
    .where(table.c.at <= bindparam("now", type_=Moment()))
    .order_by(table.c.at, table.c.member)
    .limit(bindparam("most"))
)
_NEXT = select(func.min(table.c.at)).where(table.c.at > bindparam("after", type_=Moment()))
