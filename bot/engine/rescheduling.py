"""What staff change by hand: a ritual is done now, or later than planned."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, select, update

from bot.domain.course import Course
from bot.domain.rituals import Occurrence, Ritual
from bot.engine import agenda
from bot.engine.pauses import EXTRA
from storage.among import among
from storage.columns import Moment
from storage.tables import occurrence


class Time(NamedTuple):
    """One time of a ritual, in all its spaces: the rows of its steps."""

    local_date: date
    number: int
    rows: tuple[Row[Any], ...]

    @property
    def due_at(self) -> datetime:
        """When its first step that is still to come is due."""
        found: datetime = min(row.due_at for row in self.rows)
        return found


def planned(db: Connection, course: Course, ritual: Ritual) -> list[Time]:
    """The times of a ritual that are still to come, the next first; one that was opened already is none of them."""
    mine = select(occurrence).where(occurrence.c.course == course.id, occurrence.c.ritual == ritual.id)
    begun, times = set[tuple[date, int]](), dict[tuple[date, int], list[Row[Any]]]()
    for row in db.execute(mine.where(occurrence.c.local_date >= _oldest(db, course, ritual))):
        number, step = divmod(row.slot, len(ritual.steps))
        if row.state == "planned":
            times.setdefault((row.local_date, number), []).append(row)
        elif step in opening_steps(ritual):
            begun.add((row.local_date, number))
    found = [Time(*key, tuple(rows)) for key, rows in times.items() if key not in begun]
    return sorted(found, key=lambda time: time.due_at)


def _oldest(db: Connection, course: Course, ritual: Ritual) -> date:
    """The first date of which anything is still planned."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.ritual == ritual.id) & (occurrence.c.state == "planned")
    found: date | None = db.execute(select(func.min(occurrence.c.local_date)).where(mine)).scalar_one()
    return found or date.max


def opening_steps(ritual: Ritual) -> list[int]:
    """The steps from its own time on: what was announced before it has not begun."""
    return [number for number, step in enumerate(ritual.steps) if step and step.after >= timedelta(0)]


def move(db: Connection, time: Time, by: timedelta, *, is_moved: bool = True) -> bool:
    """Move all steps of a time; a change of the files leaves it where it is. False: another process was faster."""
    rows = [{"row": row.id, "due": row.due_at + by, "moved": is_moved} for row in time.rows]
    return db.execute(_MOVE, rows).rowcount == len(rows)


_MOVE = (
    update(occurrence)
    .where(occurrence.c.id == bindparam("row"), occurrence.c.state == "planned")
    .values(due_at=bindparam("due", type_=Moment()), is_moved=bindparam("moved"))
)


def was_skipped(db: Connection, course: Course, ritual: Ritual, day: date) -> bool:
    """Whether a time of this date was skipped, so that it can be done after all."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.ritual == ritual.id)
    skipped = mine & (occurrence.c.local_date == day) & occurrence.c.state.in_(("skipped", "failed"))
    return db.execute(select(occurrence.c.id).where(skipped).limit(1)).first() is not None


def stand_in(db: Connection, time: Time) -> None:
    """What was planned is done otherwise."""
    mine = among(occurrence.c.id, "rows") & (occurrence.c.state == "planned")
    skipped = update(occurrence).where(mine).values(state="skipped", reason="superseded")
    db.execute(skipped, {"rows": [row.id for row in time.rows]})


def add_extra(db: Connection, course: Course, ritual: Ritual, day: date, now: datetime) -> None:
    """Plan one more time of a ritual for a date: its first step is due now."""
    last = select(func.max(occurrence.c.slot)).where(
        occurrence.c.course == course.id, occurrence.c.ritual == ritual.id, occurrence.c.local_date == day
    )
    newest = (db.execute(last).scalar_one() or 0) // len(ritual.steps)
    number = max(newest + 1, EXTRA)
    opens, _ = ritual.span
    extra = (
        Occurrence(
            course=course.id,
            ritual=ritual.id,
            space=space,
            local_date=day,
            slot=number * len(ritual.steps) + number_of_step,
            step=number_of_step,
            due_at=now + step.after - opens,
        )
        for space in ritual.spaces
        for number_of_step, step in enumerate(ritual.steps)
        if step
    )
    agenda.add(db, extra, is_moved=True)


def was_done(db: Connection, course: Course, ritual: Ritual, today: date) -> datetime | None:
    """When a ritual was last done today; None: not yet."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.ritual == ritual.id) & (occurrence.c.state == "done")
    mine &= (occurrence.c.slot % len(ritual.steps)).in_(opening_steps(ritual))
    query = select(func.max(occurrence.c.settled_at)).where(mine, occurrence.c.local_date == today)
    found: datetime | None = db.execute(query).scalar_one()
    return found


def begun_times(db: Connection, course: Course, since: date) -> set[tuple[str, str, date, int]]:
    """The times that were opened, of the dates from this one on: ritual, space, local date, number."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.state == "done") & (occurrence.c.local_date >= since)
    found = set()
    for row in db.execute(select(occurrence).where(mine)):
        if ritual := course.ritual(row.ritual):
            number, step = divmod(row.slot, len(ritual.steps))
            if step in opening_steps(ritual):
                found.add((row.ritual, row.space, row.local_date, number))
    return found


def is_any_done(db: Connection, rows: Sequence[int]) -> bool:
    """Whether anything came of these rows; else they were skipped."""
    query = select(occurrence.c.id).where(among(occurrence.c.id, "rows"), occurrence.c.state == "done")
    return db.execute(query.limit(1), {"rows": rows}).first() is not None


def planned_steps(db: Connection, course: Course, now: datetime) -> list[Occurrence]:
    """All that is planned from now on."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.state == "planned") & (occurrence.c.due_at > now)
    return [
        Occurrence(
            course=course.id,
            ritual=row.ritual,
            space=row.space,
            local_date=row.local_date,
            slot=row.slot,
            step=row.slot % len(ritual.steps),
            due_at=row.due_at,
        )
        for row in db.execute(select(occurrence).where(mine))
        if (ritual := course.ritual(row.ritual))
    ]


def settled_slots(db: Connection, course: Course, since: date) -> set[tuple[str, str, date, int]]:
    """What is over already, of the dates from this one on: done before its time, perhaps."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.state != "planned") & (occurrence.c.local_date >= since)
    key = (occurrence.c.ritual, occurrence.c.space, occurrence.c.local_date, occurrence.c.slot)
    return {tuple(row) for row in db.execute(select(*key).where(mine))}


def skipped_since(
    db: Connection, course: Course, since: datetime, *, ritual: Ritual | None, limit: int
) -> Sequence[Row[Any]]:
    """What was skipped, the newest first."""
    mine = (occurrence.c.course == course.id) & (occurrence.c.state == "skipped") & (occurrence.c.due_at >= since)
    if ritual:
        mine &= occurrence.c.ritual == ritual.id
    return db.execute(select(occurrence).where(mine).order_by(occurrence.c.due_at.desc()).limit(limit)).all()
