"""A sign of life in the database: when any process last was at work."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from storage.database import insert
from storage.tables import heartbeat as table

_EVERY = timedelta(minutes=1)


def beat(db: Connection, now: datetime) -> datetime | None:
    """Note that we live; when the last sign of life was. None: this is the first."""
    last: datetime | None = db.execute(select(table.c.at)).scalar_one_or_none()
    if last is None or abs(now - last) >= _EVERY:
        upsert = insert(db, table).values(id=1, at=now)
        db.execute(upsert.on_conflict_do_update(index_elements=["id"], set_={"at": now}))
    return last
