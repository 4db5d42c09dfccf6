"""Alarms: moments that a feature has asked to hear of, and all of one name that are due are heard together.

So three hundred things that wait for too long since the same second become one notice.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.events import Alarm, AlarmsDue
from bot.domain.ids import CourseId, EventKey
from bot.engine.context import Context
from bot.engine.live import Live
from bot.engine.transaction import Belonging, Transaction
from storage import alarms as store
from storage.persons import grouped


def due(db: Connection, live: Live, now: datetime, *, until: datetime, newest: int | None = None) -> list[AlarmsDue]:
    """What is to be heard by a moment; `now` it is. In the order of the first of each name.

    `newest` leaves out what was set since: a handler that sets its alarm into the past is heard at the next tick.
    """
    return list(_events(store.due(db, list(live.courses), until, newest=newest), now))


def _events(found: list[store.Due], now: datetime) -> Iterator[AlarmsDue]:
    for (course, name), those in grouped(((one.course, one.name), one) for one in found):
        alarms = tuple(Alarm(row=one.row, object=one.object, due_at=one.due_at) for one in those)
        yield AlarmsDue(key=_key(course, name, alarms), at=now, course=CourseId(course), name=name, alarms=alarms)


def _key(course: str, name: str, alarms: tuple[Alarm, ...]) -> EventKey:
    """The same alarms never ring twice: moved ones have another moment, new ones mean something that came later."""
    digest = blake2b(digest_size=12)
    for one in alarms:
        digest.update(f"{one.row} {one.object} {one.due_at.isoformat()}\n".encode())
    return EventKey(f"alarms:{course}:{name}:{digest.hexdigest()}")


def ring(tx: Transaction, event: AlarmsDue) -> None:
    """Let its feature hear those that nobody has heard yet."""
    taken = store.take(tx.db, [(one.row, one.due_at) for one in event.alarms])
    course, hearing = tx.live.courses.get(event.course), tx.engine.registry.alarms.get(event.name)
    heard = tuple(one for one in event.alarms if one.row in taken)
    if course is None or hearing is None:
        return
    for start in range(0, len(heard), hearing.most):
        part = structs.replace(event, alarms=heard[start : start + hearing.most], key=_part(event.key, start))
        ctx = Context(tx, part, Belonging(course=course))
        hearing.handler(ctx, part)
        ctx.finish()
        ctx.writes.flush(tx.db)


def _part(key: EventKey, start: int) -> EventKey:
    """What is heard in several parts is several events."""
    return EventKey(f"{key}:{start}") if start else key


def halves(event: AlarmsDue) -> list[AlarmsDue]:
    """The same alarms as two events, so that one which fails is found without all others ringing alone."""
    middle = len(event.alarms) // 2
    parts = (event.alarms[:middle], event.alarms[middle:])
    return [structs.replace(event, alarms=part, key=_key(event.course, event.name, part)) for part in parts]


def fail(db: Connection, event: AlarmsDue) -> None:
    """It was set aside; a replay may still ring them."""
    store.fail(db, [one.row for one in event.alarms])
