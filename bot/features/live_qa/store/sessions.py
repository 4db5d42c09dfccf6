"""Sessions as rows."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, select, update

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId
from bot.features.live_qa.options import OPEN, STEPS
from bot.features.live_qa.store.tables import session
from storage.database import insert_new
from storage.tables import occurrence

Session = Row[Any]


def open_session(db: Connection, due: OccurrenceDue, *, closes_at: datetime, code: str) -> tuple[Session, bool]:
    """The session of this occurrence, and whether it was opened now; else it has opened in another space before."""
    if found := session_of(db, due):
        return found, False
    collecting = collecting_session(db, due.course).id
    # Another process may open it just now: then it is no longer waiting.
    opens = update(session).where(session.c.id == collecting, session.c.opened_at.is_(None))
    values = {**_key(due), "opened_at": due.due_at, "closes_at": closes_at, "code": code}
    opened = db.execute(opens.values(values).returning(*session.c)).one_or_none()
    found = opened or session_of(db, due)
    assert found is not None, "opened by this transaction, or by another"
    return found, opened is not None


def session_of(db: Connection, due: OccurrenceDue) -> Session | None:
    """The session that this occurrence is a step of; None where it was never opened."""
    mine = and_(*(session.c[name] == value for name, value in _key(due).items()))
    return db.execute(select(session).where(mine)).one_or_none()


def opens_at(db: Connection, due: OccurrenceDue) -> datetime | None:
    """When the session of this occurrence is planned to open; None where it is planned no longer."""
    names = ("course", "ritual", "space", "local_date")
    mine = and_(*(occurrence.c[name] == getattr(due, name) for name in names), occurrence.c.state == "planned")
    slot = STEPS * due.number + OPEN
    return db.execute(select(occurrence.c.due_at).where(mine, occurrence.c.slot == slot)).scalar_one_or_none()


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a session: however many spaces it is announced in, it is one."""
    return {"course": due.course, "ritual": due.ritual, "local_date": due.local_date, "number": due.number}


def waiting_session(db: Connection, course: CourseId) -> Session | None:
    """The one that has not opened yet; None where nobody has asked anything for it."""
    waiting = (session.c.course == course) & session.c.opened_at.is_(None)
    return db.execute(select(session).where(waiting)).one_or_none()


def collecting_session(db: Connection, course: CourseId) -> Session:
    """The same, made where there is none."""
    db.execute(insert_new(db, session).values(course=course))
    found = waiting_session(db, course)
    assert found is not None, "it was there, or is now"
    return found


def open_sessions(db: Connection, course: CourseId, now: datetime, *, grace: timedelta = timedelta(0)) -> list[Session]:
    """Those that are on at this moment, or ended no longer ago than this; the newest first."""
    is_on = (session.c.opened_at <= now) & (session.c.closes_at > now - grace)
    query = select(session).where(session.c.course == course, is_on)
    return list(db.execute(query.order_by(session.c.opened_at.desc(), session.c.id.desc())).all())


def by_id(db: Connection, course: CourseId, id: int) -> Session | None:
    return db.execute(select(session).where(session.c.id == id, session.c.course == course)).one_or_none()


def last_opened(db: Connection, course: CourseId, now: datetime) -> Session | None:
    """The one that is on, else the one before."""
    opened = select(session).where(session.c.course == course, session.c.opened_at <= now)
    return db.execute(opened.order_by(session.c.opened_at.desc(), session.c.id.desc()).limit(1)).one_or_none()


def lock(db: Connection, id: int) -> None:
    """Of two who change how the questions of a session belong together, one waits for the other."""
    db.execute(select(session.c.id).where(session.c.id == id).with_for_update())
