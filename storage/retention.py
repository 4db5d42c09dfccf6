"""How long rows that hold what people said, or that only serve delivery, are kept: all of it in one place."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, delete

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


def forget_old(db: Connection, now: datetime) -> int:
    """Delete what has been kept long enough; how many rows."""
    return sum(db.execute(delete(table).where(moment < now - kept)).rowcount for table, moment, kept in RETENTION)
