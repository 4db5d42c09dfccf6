"""Jobs: files that a commit wants to have, fetched or drawn outside of any transaction, and claimed like the outbox.

A row goes in the transaction that hears what came of it: no row, nothing to hear.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from bot.domain.drawings import Drawing
from bot.domain.events import Attachment
from storage.among import among
from storage.columns import Json, Moment
from storage.database import Database, after_commit, insert_new
from storage.tables import Id, metadata

LIFE = timedelta(days=2)
"""For how long a file is tried to be fetched."""

_UNTRIED = timedelta(days=5)
"""How much longer a row may wait for its first try: after a long silence, the file may well be there."""

job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(190), nullable=False, unique=True),  # an event's key holds it, and has a few letters more
    Column("course", String(32), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("user", String(128), nullable=False),  # whose file it is
    Column("what", Json, nullable=False),  # the attachment, or the drawing
    Column("state", String(16), nullable=False),  # pending, running; failed: who hears of it could not handle it
    Column("holder", String(64)),  # the process that is fetching it
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("retry_at", Moment),  # by the real clock; NULL: not waiting for another try
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index(None, "state", "platform", "id"),
    Index(None, "user"),
)


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A file that somebody wants to have."""

    key: str
    course: str
    platform: str
    user: str  # whose file it is
    what: Attachment | Drawing


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A row as its holder took it."""

    id: int
    job: Job
    attempts: int  # with the one that is under way
    holder: str | None
    expires_at: datetime


def add(db: Connection, jobs: Sequence[Job], *, at: datetime) -> None:
    """Have these files fetched. A key that is there already is passed over."""
    if not jobs:
        return
    new = {"state": "pending", "created_at": at, "expires_at": at + LIFE}
    db.execute(insert_new(db, job), [{**_row(one), **new} for one in jobs])
    after_commit(db, _tell)


def _row(one: Job) -> dict[str, object]:
    whose = {"course": one.course, "platform": one.platform, "user": one.user}
    return {"key": one.key, **whose, "what": one.what}


def _tell(database: Database) -> None:
    database.on_jobs()


def claim(db: Connection, platform: str, most: int, *, holder: str, real_now: datetime) -> list[Claimed]:
    """Mark the first that may be tried now as running."""
    bound = {"on": platform, "real_now": real_now, "most": most}
    ids = list(db.execute(_FREE, bound).scalars())
    return _changed(db, _TAKE, {"ids": ids, "by": holder}) if ids else []


_FREE = (
    select(job.c.id)
    .where(job.c.state == "pending", job.c.platform == bindparam("on"))
    .where(job.c.retry_at.is_(None) | (job.c.retry_at <= bindparam("real_now", type_=Moment())))
    .order_by(job.c.id)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(job)
    .where(among(job.c.id, "ids"), job.c.state == "pending")
    .values(state="running", holder=bindparam("by"), attempts=job.c.attempts + 1)
    .returning(job)
)


def claim_expired(db: Connection, *, holder: str, now: datetime) -> list[Claimed]:
    """Mark as running what nobody will fetch any more, so that its end is told."""
    return _changed(db, _EXPIRE, {"by": holder, "now": now, "untried": now - _UNTRIED})


_EXPIRE = (
    update(job)
    .where(job.c.state == "pending", job.c.expires_at <= bindparam("now", type_=Moment()))
    .where((job.c.attempts > 0) | (job.c.expires_at <= bindparam("untried", type_=Moment())))
    .values(state="running", holder=bindparam("by"))
    .returning(job)
)


def _changed(db: Connection, change: Any, bound: dict[str, Any]) -> list[Claimed]:
    return [_claimed(row) for row in sorted(db.execute(change, bound).all(), key=lambda row: int(row.id))]


def _claimed(row: Row[Any]) -> Claimed:
    is_drawing = row.what.get("type") == "drawing"  # an attachment has no such field
    what = msgspec.convert(row.what, Drawing) if is_drawing else msgspec.convert(row.what, Attachment)
    wanted = Job(key=row.key, course=row.course, platform=row.platform, user=row.user, what=what)
    return Claimed(id=row.id, job=wanted, attempts=row.attempts, holder=row.holder, expires_at=row.expires_at)


def retry(db: Connection, row: Claimed, *, retry_at: datetime) -> bool:
    """Put a row back. False where somebody else has taken it over, or nobody wants the file any more."""
    return db.execute(_RETURN, {"row": row.id, "by": row.holder, "retry": retry_at}).rowcount > 0


_OURS = (job.c.id == bindparam("row")) & (job.c.state == "running") & (job.c.holder == bindparam("by"))
_RETURN = update(job).where(_OURS).values(state="pending", holder=None, retry_at=bindparam("retry", type_=Moment()))


def fail(db: Connection, row: Claimed) -> None:
    """What came of it was told, and was not taken: a replay may still take it."""
    db.execute(_FAIL, {"row": row.id, "by": row.holder})


_FAIL = update(job).where(_OURS).values(state="failed", holder=None)


def end(db: Connection, key: str) -> bool:
    """What came of it is heard now. False where nobody wants to know any more."""
    return db.execute(_END, {"of": key}).rowcount > 0


_END = delete(job).where(job.c.key == bindparam("of"))


def recover(db: Connection, platform: str, *, living: Collection[str], in_flight: Collection[int]) -> None:
    """Put back what is marked as running, but not by a living process, nor one of these rows."""
    left = (job.c.platform == platform) & (job.c.state == "running")
    left &= job.c.holder.not_in(living) & job.c.id.not_in(in_flight)
    db.execute(update(job).where(left).values(state="pending", holder=None))


def next_retry(db: Connection, platforms: Collection[str], after: datetime) -> datetime | None:
    """When, by the real clock, the next one that waits for another try may be tried."""
    found: datetime | None = db.execute(_NEXT, {"platforms": platforms, "after": after}).scalar_one()
    return found


_NEXT = select(func.min(job.c.retry_at)).where(
    among(job.c.platform, "platforms"),
    (job.c.state == "pending") & (job.c.retry_at > bindparam("after", type_=Moment())),
)
