"""Sessions as rows: each opens once, and closes once."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, select, update

from bot.domain.events import OccurrenceDue
from bot.features.sharing.tables import session
from storage.among import among
from storage.columns import Moment
from storage.database import insert_new


def begin(db: Connection, due: OccurrenceDue, closes_at: datetime) -> Row[Any]:
    db.execute(insert_new(db, session), [{**_key(due), "opened_at": due.due_at, "closes_at": closes_at}])
    return db.execute(select(session).where(*(session.c[name] == value for name, value in _key(due).items()))).one()


def by_id(db: Connection, id: int) -> Row[Any]:
    return db.execute(select(session).where(session.c.id == id)).one()


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a session."""
    return {
        "course": due.course,
        "ritual": due.ritual,
        "space": due.space,
        "local_date": due.local_date,
        "number": due.number,
    }


def open_since(db: Connection, course: str, spaces: Collection[str], since: datetime) -> Sequence[Row[Any]]:
    """The sessions of these spaces that were open at this moment or after it."""
    return db.execute(_SINCE, {"of": course, "spaces": spaces, "since": since}).all()


_SINCE = (
    select(session)
    .where(session.c.course == bindparam("of"), among(session.c.space, "spaces"))
    .where(session.c.closes_at > bindparam("since", type_=Moment()))
    .order_by(session.c.id)
    # On PostgreSQL another process may be about to close it: who is second sees what the first has done.
    .with_for_update(read=True)
)


def close(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """Close it; None where it was never opened."""
    mine = and_(*(session.c[name] == value for name, value in _key(due).items()), session.c.closed_at.is_(None))
    return db.execute(update(session).where(mine).values(closed_at=due.at).returning(*session.c)).one_or_none()
