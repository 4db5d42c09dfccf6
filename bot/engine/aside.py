"""What could not be handled: kept, told to staff, and there to be replayed."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.domain.events import AlarmsDue, Done, Event, JobDone, MessagePosted, OccurrenceDue, UpdateUnreadable
from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine import agenda, alarms
from bot.engine.context import Context
from bot.engine.live import Live
from bot.engine.transaction import Belonging, Engine, Transaction
from bot.engine.voice import NOTICE_LIFE, Utterance, Where
from bot.engine.writes import Writes
from storage.claims import claim_keys
from storage.tables import set_aside as table


def set_aside(engine: Engine, db: Connection, event: Event, error: str) -> None:
    """Keep the event for staff, so that it blocks nothing behind it; its sender gets an apology."""
    claim_keys(db, [event.key], event.at)
    kept = {"raw": event.raw} if isinstance(event, UpdateUnreadable) else {"event": _lasting(event)}
    live = engine.library.refresh(db)
    row = {"course": _course_of(live, event), "key": event.key, "error": error[:2000], "at": event.at, **kept}
    number = db.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
    if isinstance(event, OccurrenceDue):
        agenda.fail(db, event)
    if isinstance(event, AlarmsDue):
        alarms.fail(db, event)
    writes = Writes()
    _tell_staff(engine, live, event, number, writes)
    if isinstance(event, Done) and not isinstance(event, MessagePosted):
        ctx = Context(Transaction(engine, db, live), event, Belonging(), writes=writes)
        ctx.reply("aside.apology")
        ctx.finish(key=f"apology:{event.key}")  # a replay may still answer
    writes.flush(db)


def _lasting(event: Event) -> Any:
    """Without what its answer needs, which is a secret: the apology answers, and a replay comes too late."""
    return msgspec.to_builtins(
        msgspec.structs.replace(event, interaction=None) if hasattr(event, "interaction") else event
    )


def _tell_staff(engine: Engine, live: Live, event: Event, number: int, writes: Writes) -> None:
    course_of = _course_of(live, event)
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
