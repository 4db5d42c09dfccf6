"""How long rows that hold what people said, or that only serve delivery, are kept: all of it in one place."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select

from storage.pins import pinned_post
from storage.tables import event_claim, outbox, set_aside

RETENTION: tuple[tuple[Table, Column[datetime], timedelta], ...] = (
    # No platform delivers an update again after more than a few days.
    (event_claim, event_claim.c.at, timedelta(days=30)),
    # Long enough to see in the staff room why something was not delivered, and to send it again.
    (outbox, outbox.c.settled_at, timedelta(days=30)),
    (set_aside, set_aside.c.replayed_at, timedelta(days=30)),
    (set_aside, set_aside.c.at, timedelta(days=180)),
)
"""Table, the moment that counts (empty: kept), and how long."""


_edits = outbox.alias("edits")
_STILL_NEEDED = {
    # A post that was edited not long ago may be again, and what is pinned will be unpinned: both by their rows.
    outbox: outbox.c.key.in_(select(_edits.c.edits).where(_edits.c.edits.is_not(None)))
    | outbox.c.key.in_(select(pinned_post.c.post)),
}


def forget_old(db: Connection, now: datetime) -> int:
    """Delete what has been kept long enough; how many rows."""
    deletions = (delete(table).where(moment < now - kept, *_but_not(table)) for table, moment, kept in RETENTION)
    return sum(db.execute(deletion).rowcount for deletion in deletions)


def _but_not(table: Table) -> list[ColumnElement[bool]]:
    needed = _STILL_NEEDED.get(table)
    return [] if needed is None else [~needed]
