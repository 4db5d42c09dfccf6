"""Occurrences as rows: planned a little ahead, claimed once, settled in the transaction that executes them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Literal

from msgspec import structs
from sqlalchemy import Connection, Row, bindparam, delete, func, select, update

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import EventKey
from bot.domain.rituals import Occurrence, Ritual
from bot.engine.live import Live
from rules.vocabulary import BeforeOptions
from storage.among import among
from storage.bulk import insert_stored
from storage.columns import Moment, stored_moment
from storage.database import insert
from storage.tables import event_claim, horizon, occurrence

Schedule = Callable[[Course, datetime, datetime], Iterable[Occurrence]]
"""The occurrences of a course with since < due <= until."""
Reason = Literal["late", "over", "superseded", "paused", "quiet", "no_place", "gone", "gap"]
"""Why an occurrence was skipped."""

AHEAD = timedelta(hours=36)
_TOP_UP = timedelta(hours=24)

_SLOT = ("ritual", "space", "local_date", "slot")
_Slot = tuple[str, str, date, int]


def plan(db: Connection, live: Live, schedule: Schedule, now: datetime) -> None:
    """Make rows for what is due in the next 36 hours, and for what an outage let pass."""
    known = {row.course: row.until for row in db.execute(_HORIZONS)}
    for course in live.courses.values():
        since = known.get(course.id, now - timedelta(microseconds=1))
        if since <= now + _TOP_UP:
            _plan_one(db, course, schedule, since, now + AHEAD)


_HORIZONS = select(horizon)


def _plan_one(db: Connection, course: Course, schedule: Schedule, since: datetime, until: datetime) -> None:
    add(db, with_later_steps(course, schedule(course, since, until)))
    upsert = insert(db, horizon).values(course=course.id, until=until)
    db.execute(upsert.on_conflict_do_update(index_elements=["course"], set_={"until": until}))


def with_later_steps(course: Course, found: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Occurrences, and what follows each of them however far ahead: what is moved is moved whole, what opens closes."""
    for one in found:
        yield one
        ritual = course.ritual(one.ritual)
        here = ritual.steps[one.step] if ritual else None
        for number, step in enumerate(ritual.steps[one.step + 1 :] if ritual else (), one.step + 1):
            if here and step:
                due_at = one.due_at + step.after - here.after
                yield structs.replace(one, slot=one.slot - one.step + number, step=number, due_at=due_at)


def replan(db: Connection, course: Course, schedule: Schedule, now: datetime, off: Collection[str] = ()) -> None:
    """After a change of the course: move what is still planned to its new time, drop what is gone, add what is new.

    A ritual moved to a time that has just passed keeps its row and is late, not lost; a ritual that is new today and
    would have been due already begins tomorrow; what the course does by itself before one is late all the same. What
    staff moved or asked for stays as they want it, what has begun is ended as it was planned, and what is `off` because
    of a mistake waits until that is mended.
    """
    planned = select(occurrence).where(occurrence.c.course == course.id, occurrence.c.state == "planned")
    rows = {_slot(row): row for row in db.execute(planned).all()}
    until = db.execute(select(horizon.c.until).where(horizon.c.course == course.id)).scalar_one_or_none()
    if until is None:
        return  # never planned: the next tick does it
    dues = [row.due_at for row in rows.values()]
    found = schedule(course, min([*dues, now]) - timedelta(days=2), max([*dues, until]))
    wanted = {_slot(one): one for one in with_later_steps(course, found)}
    kept = off, _begun(db, course, [row.local_date for row in rows.values()])
    gone = [row.id for slot, row in rows.items() if slot not in wanted and not _is_kept(course, row, *kept)]
    if gone:
        db.execute(delete(occurrence).where(among(occurrence.c.id, "rows"), _IS_PLANNED), {"rows": gone})
    moved = [
        {"row": row.id, "due": wanted[slot].due_at}
        for slot, row in rows.items()
        if slot in wanted and wanted[slot].due_at != row.due_at and not row.is_moved
    ]
    if moved:
        db.execute(_MOVE, moved)
    add(db, (found for slot, found in wanted.items() if slot not in rows and _is_ahead(course, found, now)))


def _is_ahead(course: Course, found: Occurrence, now: datetime) -> bool:
    """What the course does by itself before a ritual is worth doing until that is due."""
    ritual = course.ritual(found.ritual)
    step = ritual.steps[found.step] if ritual and isinstance(ritual.options, BeforeOptions) else None
    return found.due_at - (step.after if step else timedelta(0)) > now


_IS_PLANNED = occurrence.c.state == "planned"
_MOVE = (
    update(occurrence)
    .where(occurrence.c.id == bindparam("row"), _IS_PLANNED)
    .values(due_at=bindparam("due", type_=Moment()))
)
_Time = tuple[str, str, date, int]


def _begun(db: Connection, course: Course, dates: Sequence[date]) -> set[_Time]:
    """The times of which a step was done: ritual, space, local date, number."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.state == "done")
    since = min(dates, default=date.max)
    done = select(*(occurrence.c[name] for name in _SLOT)).where(mine, occurrence.c.local_date >= since)
    return {_time(course, row) for row in db.execute(done)}


def _time(course: Course, row: Row[Any]) -> _Time:
    ritual = course.ritual(row.ritual)
    return row.ritual, row.space, row.local_date, row.slot // len(ritual.steps) if ritual else 0


def _is_kept(course: Course, row: Row[Any], off: Collection[str], begun: Collection[_Time]) -> bool:
    ritual = course.ritual(row.ritual)
    if ritual is None:
        return row.ritual in off or _time(course, row) in begun
    if ritual.steps[row.slot % len(ritual.steps)] is None:
        return False
    return (bool(row.is_moved) and row.space in ritual.spaces) or _time(course, row) in begun


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

    What belongs to a course that is not live here, has nowhere to go yet, or is off because of a mistake, stays
    planned: late is better than never.
    """
    rows = db.execute(_DUE, {"until": until, "courses": list(live.courses)})
    ready = (row for row in rows if not _waits(live, row, now))
    return [_event(live, row, now, until) for row in islice(ready, limit)]


_DUE = (
    select(occurrence)
    .where(_IS_PLANNED, occurrence.c.due_at <= bindparam("until", type_=Moment()))
    .where(among(occurrence.c.course, "courses"))
    .order_by(occurrence.c.due_at, occurrence.c.id)
)


def _event(live: Live, row: Row[Any], now: datetime, until: datetime) -> OccurrenceDue:
    ritual = live.courses[row.course].ritual(row.ritual)
    number, step = divmod(row.slot, len(ritual.steps)) if ritual else (0, 0)
    return OccurrenceDue(
        key=_key(row),
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
        until=until,
    )


def _key(row: Row[Any]) -> EventKey:
    return EventKey(f"occurrence:{row.course}:{row.ritual}:{row.space}:{row.local_date}:{row.slot}")


def _waits(live: Live, row: Row[Any], now: datetime) -> bool:
    """For somebody to mend its ritual, or for a chat to be bound."""
    ritual = live.courses[row.course].ritual(row.ritual)
    if ritual is None:
        return row.ritual in live.off(row.course)
    if (row.course, row.space) in live.first_spaces:
        return False
    return not ritual.is_built_in and now - row.due_at <= ritual.late_within


def take(db: Connection, events: Sequence[OccurrenceDue]) -> set[int]:
    """Mark as done those that nobody has settled yet; the numbers of their rows.

    In the transaction that executes them: this is what lets one process through, whatever else is forgotten.
    """
    if not events:
        return set()
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


def later_due(db: Connection, ritual: Ritual, event: OccurrenceDue) -> Sequence[Row[Any]]:
    """The later occurrences of the same step that are due by now, too."""
    later = (
        (occurrence.c.course == event.course)
        & (occurrence.c.ritual == event.ritual)
        & (occurrence.c.space == event.space)
        & (occurrence.c.slot % len(ritual.steps) == event.step)
        & (occurrence.c.due_at > event.due_at)
        & (occurrence.c.due_at <= event.at)
    )
    return db.execute(select(occurrence).where(later)).all()


def give_back(db: Connection, since: datetime, until: datetime) -> int:
    """Plan again what was skipped because a clock that ran ahead showed a time that is still to come; how many."""
    ahead = occurrence.c.due_at.between(since, until) & occurrence.c.reason.in_(("late", "over", "superseded"))
    skipped = (occurrence.c.state == "skipped") & ahead
    keys = [_key(row) for row in db.execute(select(occurrence).where(skipped))]
    db.execute(delete(event_claim).where(among(event_claim.c.key, "keys")), {"keys": keys})
    again = {"state": "planned", "reason": None, "settled_at": None}
    return db.execute(update(occurrence).where(skipped).values(again)).rowcount


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next occurrence after this moment is due, or more must be planned: a jump must not pass either."""
    due: datetime | None = db.execute(_NEXT, {"after": after}).scalar_one()
    until: datetime | None = db.execute(_NEXT_HORIZON, {"after": after}).scalar_one()
    plan_at = until - _TOP_UP if until else None
    return min((moment for moment in (due, plan_at) if moment and moment > after), default=None)


_AFTER = bindparam("after", type_=Moment())
_NEXT = select(func.min(occurrence.c.due_at)).where(_IS_PLANNED, occurrence.c.due_at > _AFTER)
_NEXT_HORIZON = select(func.min(horizon.c.until)).where(horizon.c.until > _AFTER)


def _slot(found: Occurrence | Row[Any]) -> _Slot:
    return found.ritual, found.space, found.local_date, found.slot
