"""Occurrences as rows: planned a little ahead, claimed once, settled in the transaction that executes them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from bot.domain.course import Course, Occurrence
from bot.domain.events import OccurrenceDue
from bot.domain.ids import EventKey
from bot.engine.live import Live
from storage.database import insert, insert_new
from storage.tables import horizon, occurrence

Schedule = Callable[[Course, datetime, datetime], Iterable[Occurrence]]
"""The occurrences of a course with since < due <= until."""

AHEAD = timedelta(hours=36)
_TOP_UP = timedelta(hours=24)

_Slot = tuple[str, str, date, int]


def plan(db: Connection, live: Live, schedule: Schedule, now: datetime) -> None:
    """Make rows for what is due in the next 36 hours, and for what an outage let pass."""
    known = {row.course: row.until for row in db.execute(select(horizon))}
    for course in live.courses.values():
        since = known.get(course.id, now - timedelta(microseconds=1))
        if since <= now + _TOP_UP:
            _plan_one(db, course, schedule, since, now + AHEAD)


def _plan_one(db: Connection, course: Course, schedule: Schedule, since: datetime, until: datetime) -> None:
    rows = [_row(found) for found in schedule(course, since, until)]
    if rows:
        db.execute(insert_new(db, occurrence), rows)
    upsert = insert(db, horizon).values(course=course.id, until=until)
    db.execute(upsert.on_conflict_do_update(index_elements=["course"], set_={"until": until}))


def replan(db: Connection, course: Course, schedule: Schedule, now: datetime) -> None:
    """After a change of the course: move what is still planned to its new time, drop what is gone, add what is new.

    A ritual moved to a time that has just passed keeps its row and is late, not lost; a ritual that is new today and
    would have been due already begins tomorrow.
    """
    planned = select(occurrence).where(occurrence.c.course == course.id, occurrence.c.state == "planned")
    rows = {_slot(row): row for row in db.execute(planned).all()}
    until = db.execute(select(horizon.c.until).where(horizon.c.course == course.id)).scalar_one_or_none()
    if until is None:
        return  # never planned: the next tick does it
    since = min((row.due_at for row in rows.values()), default=now) - timedelta(days=2)
    wanted = {_slot(found): found for found in schedule(course, min(since, now), until)}
    gone = [row.id for slot, row in rows.items() if slot not in wanted]
    if gone:
        db.execute(delete(occurrence).where(occurrence.c.id.in_(gone)))
    for slot, row in rows.items():
        if slot in wanted and wanted[slot].due_at != row.due_at:
            db.execute(update(occurrence).where(occurrence.c.id == row.id).values(due_at=wanted[slot].due_at))
    new = [_row(found) for slot, found in wanted.items() if slot not in rows and found.due_at > now]
    if new:
        db.execute(insert_new(db, occurrence), new)


def due(db: Connection, live: Live, now: datetime, *, limit: int = 500) -> list[OccurrenceDue]:
    """What is due and not settled, in the order in which it was due.

    What belongs to a course that is not live here, or has nowhere to go yet, stays planned: late is better than never.
    """
    mine = (
        (occurrence.c.state == "planned") & (occurrence.c.due_at <= now) & occurrence.c.course.in_(list(live.courses))
    )
    rows = db.execute(select(occurrence).where(mine).order_by(occurrence.c.due_at, occurrence.c.id).limit(limit)).all()
    return [
        OccurrenceDue(
            key=EventKey(f"occurrence:{row.course}:{row.ritual}:{row.space}:{row.local_date}:{row.slot}"),
            at=now,
            course=row.course,
            ritual=row.ritual,
            space=row.space,
            local_date=row.local_date,
            slot=row.slot,
            due_at=row.due_at,
        )
        for row in rows
        if not _waits_for_a_place(live, row, now)
    ]


def _waits_for_a_place(live: Live, row: Row[Any], now: datetime) -> bool:
    ritual = live.courses[row.course].ritual(row.ritual)
    if ritual is None or ritual.is_built_in:
        return False
    has_place = live.spaces_of(row.course, id=row.space)
    return not has_place and now - row.due_at <= ritual.late_within


def settle(db: Connection, event: OccurrenceDue, state: str) -> None:
    """End an occurrence: done, or skipped."""
    mine = (
        (occurrence.c.course == event.course)
        & (occurrence.c.ritual == event.ritual)
        & (occurrence.c.space == event.space)
        & (occurrence.c.local_date == event.local_date)
        & (occurrence.c.slot == event.slot)
    )
    db.execute(update(occurrence).where(mine).values(state=state, settled_at=event.at))


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next occurrence after this moment is due, or more must be planned: a jump must not pass either."""
    later = (occurrence.c.state == "planned") & (occurrence.c.due_at > after)
    due: datetime | None = db.execute(select(func.min(occurrence.c.due_at)).where(later)).scalar_one()
    until: datetime | None = db.execute(select(func.min(horizon.c.until)).where(horizon.c.until > after)).scalar_one()
    plan_at = until - _TOP_UP if until else None
    return min((moment for moment in (due, plan_at) if moment and moment > after), default=None)


def _row(found: Occurrence) -> dict[str, object]:
    return {
        "course": found.course,
        "ritual": found.ritual,
        "space": found.space,
        "local_date": found.local_date,
        "slot": found.slot,
        "due_at": found.due_at,
    }


def _slot(found: Occurrence | Row[Any]) -> _Slot:
    return found.ritual, found.space, found.local_date, found.slot
