"""What could not be handled: kept, told to staff, and there to be replayed."""

import logging
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, select, update
from sqlalchemy.exc import DataError, DBAPIError

from bot.domain.events import AlarmsDue, Done, Event, JobDone, MessagePosted, OccurrenceDue, UpdateUnreadable
from bot.domain.ids import CourseId, EventKey
from bot.domain.messages import Text
from bot.domain.text import clean_text
from bot.engine import agenda, alarms
from bot.engine.context import Context
from bot.engine.live import Live
from bot.engine.transaction import Belonging, Engine, Transaction
from bot.engine.voice import NOTICE_LIFE, Utterance, Where
from bot.engine.writes import Writes
from storage.claims import claim_keys
from storage.database import savepoint
from storage.tables import set_aside as table

log = logging.getLogger(__name__)

_LONGEST_KEY, _LONGEST_ERROR, _LONGEST_RAW = 200, 2000, 20_000  # characters


def set_aside(engine: Engine, db: Connection, event: Event, error: str) -> None:
    """Keep the event for staff, so that it blocks nothing behind it; its sender gets an apology.

    One that no database can hold is kept as a description.
    """
    try:
        with savepoint(db):
            _keep(engine, db, event, error)
    except Exception as trouble:  # whatever it is: an event that could not be set aside would block all behind it
        if isinstance(trouble, DBAPIError) and not isinstance(trouble, DataError):
            raise  # it is the database that fails, and not what it should hold
        log.exception("event %r is kept as a description", event.key[:_LONGEST_KEY])
        shown = _described(event, f"{error}; it can't be kept: {type(trouble).__name__}: {trouble}")
        if claim_keys(db, [shown.key], shown.at):  # else it has come again, and is kept already
            _keep(engine, db, shown, shown.error, _course_of(engine.library.refresh(db), event))
    if isinstance(event, OccurrenceDue):
        agenda.fail(db, event)
    if isinstance(event, AlarmsDue):
        alarms.fail(db, event)


def _described(event: Event, error: str) -> UpdateUnreadable:
    """The event as plain text, under a key that fits whatever its own is."""
    digest = sha256(event.key.encode("utf-8", "surrogatepass")).hexdigest()
    return UpdateUnreadable(
        key=EventKey(f"aside:{digest}"),
        at=event.at,
        platform="",
        raw=clean_text(repr(_without_secret(event)))[:_LONGEST_RAW],
        error=error,
    )


def _keep(engine: Engine, db: Connection, event: Event, error: str, course: CourseId | None = None) -> None:
    """`course`: where it happened, if the event itself can't say so."""
    if len(event.key) > _LONGEST_KEY:  # SQLite would take it
        raise ValueError("a key that is too long")
    claim_keys(db, [event.key], event.at)
    kept = {"raw": event.raw} if isinstance(event, UpdateUnreadable) else {"event": _without_secret(event)}
    live, said = engine.library.refresh(db), clean_text(error)[:_LONGEST_ERROR]
    course = course or _course_of(live, event)
    row = {"course": course, "key": event.key, "error": said, "at": event.at, **kept}
    number = db.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    writes = Writes()
    _tell_staff(engine, live, event, number, course, writes)
    if isinstance(event, Done) and not isinstance(event, MessagePosted):
        ctx = Context(Transaction(engine, db, live), event, Belonging(), writes=writes)
        ctx.reply("aside.apology")
        ctx.finish(key=f"apology:{event.key}")  # a replay may still answer
    writes.flush(db)


def _without_secret(event: Event) -> Event:
    """Without what its answer needs: the apology answers, and a replay comes too late."""
    return msgspec.structs.replace(event, interaction=None) if hasattr(event, "interaction") else event


def _tell_staff(
    engine: Engine, live: Live, event: Event, number: int, course_of: CourseId | None, writes: Writes
) -> None:
    what = Utterance(lines=[Text(id="aside.notice", values={"number": number})], life=NOTICE_LIFE)
    for course in [course_of] if course_of else live.courses:
        for staff in live.spaces_of(course, kind="staff"):
            key = f"aside:{event.key}@{staff.address.platform}:{staff.address.chat}"
            language = live.courses[course].language
            writes.say(engine.voice.queue(key, what, Where(address=staff.address), language, event.at))


def _course_of(live: Live, event: Event) -> CourseId | None:
    if isinstance(event, OccurrenceDue | AlarmsDue | JobDone):
        return event.course
    address = getattr(event, "address", None)
    space = live.space_at(address) if address else None
    return space.course if space else None


def _of(course: CourseId) -> ColumnElement[bool]:
    """Staff see what belongs to their course, and what belongs to none."""
    return ((table.c.course == course) | table.c.course.is_(None)) & table.c.replayed_at.is_(None)


def waiting(db: Connection, course: CourseId) -> list[Any]:
    """What was set aside and not replayed, oldest first."""
    return list(db.execute(select(table).where(_of(course)).order_by(table.c.id)).all())


def take_for_replay(db: Connection, number: int, course: CourseId, now: datetime) -> Event | None:
    """The event set aside under this number, marked as replayed; None: there is none that can be."""
    mine = (table.c.id == number) & _of(course) & table.c.event.is_not(None)
    row = db.execute(update(table).where(mine).values(replayed_at=now).returning(table.c.event)).one_or_none()
    return None if row is None else msgspec.convert(row.event, Event)
