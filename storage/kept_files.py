"""Stored files that go at a moment: a person's copy of their data, and what somebody sent who was forgotten."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, ForeignKey, Index, String, Table, delete, func, insert, select

from storage.columns import Moment
from storage.files import FileStore
from storage.tables import Id, metadata

kept_file = Table(
    "kept_file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("member", Id, ForeignKey("member.id")),  # whose copy it is
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "member"),
    Index(None, "expires_at"),
)


def keep(db: Connection, sha256: str, *, member: int, at: datetime, until: datetime) -> None:
    """A member's own file, up to a moment."""
    db.execute(insert(kept_file).values(sha256=sha256, member=member, at=at, expires_at=until))


def last_for(db: Connection, members: Collection[int]) -> datetime | None:
    """When one of these members last got a file of their own that is still there."""
    found: datetime | None = db.execute(select(func.max(kept_file.c.at)).where(_of(members))).scalar_one_or_none()
    return found


def give_up(db: Connection, members: Collection[int], contents: Iterable[str], *, at: datetime) -> None:
    """These contents go, and what these members got: they go at once, as soon as this is committed."""
    theirs = db.execute(delete(kept_file).where(_of(members)).returning(kept_file.c.sha256)).scalars()
    rows = [{"sha256": sha256, "at": at, "expires_at": at} for sha256 in sorted({*theirs, *contents})]
    if rows:
        db.execute(insert(kept_file), rows)


def keep_on(db: Connection, sha256: str) -> None:
    """This content is needed again."""
    db.execute(delete(kept_file).where(kept_file.c.sha256 == sha256, kept_file.c.member.is_(None)))


def remove_expired(db: Connection, store: FileStore, now: datetime) -> None:
    """Delete what has had its time. Raises OSError; then it is tried again the next time."""
    over = delete(kept_file).where(kept_file.c.expires_at <= now).returning(kept_file.c.sha256)
    for sha256 in db.execute(over).scalars().all():
        store.remove(sha256)


def _of(members: Collection[int]) -> ColumnElement[bool]:
    return kept_file.c.member.in_(members)
