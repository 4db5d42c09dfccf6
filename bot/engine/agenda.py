"""Occurrences as rows: planned a little ahead, claimed once, settled in the transaction that executes them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import EventKey
from bot.domain.rituals import ByCron, Occurrence, Ritual
from bot.engine.live import Live
from storage.among import among
from storage.bulk import insert_stored
from storage.columns import Moment, stored_moment
from storage.database import insert
from storage.tables import horizon, occurrence

Schedule = Callable[[Course, datetime, datetime], Iterable[Occurrence]]
"""The occurrences of a course with since < due <= until."""
Reason = Literal["late", "over", "superseded", "paused", "quiet", "no_place", "gone"]
"""Why an occurrence was skipped."""

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
    add(db, schedule(course, since, until))
    upsert = insert(db, horizon).values(course=course.id, until=until)
    db.execute(upsert.on_conflict_do_update(index_elements=["course"], set_={"until": until}))


def replan(db: Connection, course: Course, schedule: Schedule, now: datetime) -> None:
    """After a change of the course: move what is still planned to its new time, drop what is gone, add what is new.

    A ritual moved to a time that has just passed keeps its row and is late, not lost; a ritual that is new today and
    would have been due already begins tomorrow. What staff moved or asked for stays as they want it.
    """
    planned = select(occurrence).where(occurrence.c.course == course.id, occurrence.c.state == "planned")
    rows = {_slot(row): row for row in db.execute(planned).all()}
    until = db.execute(select(horizon.c.until).where(horizon.c.course == course.id)).scalar_one_or_none()
    if until is None:
        return  # never planned: the next tick does it
    since = min((row.due_at for row in rows.values()), default=now) - timedelta(days=2)
    wanted = {_slot(found): found for found in schedule(course, min(since, now), until)}
    gone = [row.id for slot, row in rows.items() if slot not in wanted and not _is_kept(course, row)]
    gone += [row.id for slot, row in rows.items() if slot in wanted and _has_passed(course, row, wanted[slot], now)]
    if gone:
        db.execute(delete(occurrence).where(among(occurrence.c.id, "rows")), {"rows": gone})
    moved = [
        {"row": row.id, "due": wanted[slot].due_at}
        for slot, row in rows.items()
        if slot in wanted and wanted[slot].due_at != row.due_at and not row.is_moved
    ]
    if moved:
        db.execute(_MOVE, moved)
    add(db, (found for slot, found in wanted.items() if slot not in rows and found.due_at > now))


_MOVE = update(occurrence).where(occurrence.c.id == bindparam("row")).values(due_at=bindparam("due", type_=Moment()))


def _is_kept(course: Course, row: Row[Any]) -> bool:
    ritual = course.ritual(row.ritual)
    return bool(row.is_moved and ritual and row.space in ritual.spaces)


def _has_passed(course: Course, row: Row[Any], wanted: Occurrence, now: datetime) -> bool:
    """By cron a number means another moment when the line changes: what would be late all at once is dropped."""
    ritual = course.ritual(row.ritual)
    is_counted = ritual is not None and isinstance(ritual.when, ByCron)
    return is_counted and not row.is_moved and wanted.due_at <= now < row.due_at


def add(db: Connection, found: Iterable[Occurrence], *, is_moved: bool = False) -> None:
    """Rows for those that have none yet."""
    rows = [
        (o.course, o.ritual, o.space, o.local_date.isoformat(), o.slot, stored_moment(o.due_at), is_moved)
        for o in found
    ]
    if rows:
        insert_stored(db, occurrence, _PLANNED, rows, pass_over_known=True)


_PLANNED = ("course", "ritual", "space", "local_date", "slot", "due_at", "is_moved")


def due(db: Connection, live: Live, now: datetime, *, until: datetime, limit: int = 1000) -> list[OccurrenceDue]:
    """What was due up to a moment and is not settled, in the order in which it was due; `now` it is done.

    What belongs to a course that is not live here, or has nowhere to go yet, stays planned: late is better than never.
    """
    mine = (occurrence.c.state == "planned") & (occurrence.c.due_at <= until)
    mine &= among(occurrence.c.course, "courses")
    query = select(occurrence).where(mine).order_by(occurrence.c.due_at, occurrence.c.id).limit(limit)
    rows = db.execute(query, {"courses": list(live.courses)}).all()
    return [
        _event(live, row, now)
        for row in rows
        if (row.course, row.space) in live.first_spaces or not _waits_for_a_place(live, row, now)
    ]


def _event(live: Live, row: Row[Any], now: datetime) -> OccurrenceDue:
    ritual = live.courses[row.course].ritual(row.ritual)
    number, step = divmod(row.slot, len(ritual.steps)) if ritual else (0, 0)
    return OccurrenceDue(
        key=EventKey(f"occurrence:{row.course}:{row.ritual}:{row.space}:{row.local_date}:{row.slot}"),
        at=now,
        course=row.course,
        ritual=row.ritual,
        space=row.space,
        local_date=row.local_date,
        slot=row.slot,
        number=number,
        step=step,
        due_at=row.due_at,
        row=row.id,
    )


def _waits_for_a_place(live: Live, row: Row[Any], now: datetime) -> bool:
    ritual = live.courses[row.course].ritual(row.ritual)
    return ritual is not None and not ritual.is_built_in and now - row.due_at <= ritual.late_within


def take(db: Connection, events: Sequence[OccurrenceDue]) -> set[int]:
    """Mark as done those that nobody has settled yet; the numbers of their rows.

    In the transaction that executes them: this is what lets one process through, whatever else is forgotten.
    """
    rows = [event.row for event in events]
    return set(db.execute(_TAKE, {"rows": rows, "now": events[0].at}).scalars())


_TAKE = (
    update(occurrence)
    .where(among(occurrence.c.id, "rows"), occurrence.c.state.in_(("planned", "failed")))
    .values(state="done", settled_at=bindparam("now", type_=Moment()))
    .returning(occurrence.c.id)
)


def skip(db: Connection, skipped: Mapping[int, Reason]) -> None:
    """Rows that were taken, and will not be executed."""
    if skipped:
        db.execute(_SKIP, [{"row": row, "why": reason} for row, reason in skipped.items()])


_SKIP = update(occurrence).where(occurrence.c.id == bindparam("row")).values(state="skipped", reason=bindparam("why"))


def fail(db: Connection, event: OccurrenceDue) -> None:
    """It was set aside; a replay may still do it."""
    db.execute(update(occurrence).where(occurrence.c.id == event.row).values(state="failed", settled_at=event.at))


def newest_due(db: Connection, ritual: Ritual, event: OccurrenceDue) -> bool:
    """Whether no later occurrence of the same step is due by now."""
    later = (
        (occurrence.c.course == event.course)
        & (occurrence.c.ritual == event.ritual)
        & (occurrence.c.space == event.space)
        & (occurrence.c.slot % len(ritual.steps) == event.step)
        & (occurrence.c.due_at > event.due_at)
        & (occurrence.c.due_at <= event.at)
    )
    return db.execute(select(occurrence.c.id).where(later).limit(1)).first() is None


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next occurrence after this moment is due, or more must be planned: a jump must not pass either."""
    later = (occurrence.c.state == "planned") & (occurrence.c.due_at > after)
    due: datetime | None = db.execute(select(func.min(occurrence.c.due_at)).where(later)).scalar_one()
    until: datetime | None = db.execute(select(func.min(horizon.c.until)).where(horizon.c.until > after)).scalar_one()
    plan_at = until - _TOP_UP if until else None
    return min((moment for moment in (due, plan_at) if moment and moment > after), default=None)


def first_planned(db: Connection) -> datetime | None:
    """When the first of what is not settled is due, or was."""
    planned = select(func.min(occurrence.c.due_at)).where(occurrence.c.state == "planned")
    found: datetime | None = db.execute(planned).scalar_one()
    return found


def _slot(found: Occurrence | Row[Any]) -> _Slot:
    return found.ritual, found.space, found.local_date, found.slot
