"""Rituals that staff have put on hold, and whether one takes place at all."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, Protocol

from sqlalchemy import Connection, insert, select, update

from bot.domain.course import Course
from bot.domain.ids import CourseId
from bot.domain.rituals import Ritual
from storage.tables import ritual_pause as table

ALL = "*"
"""Stands for every ritual of the course."""
EXTRA = 10_000
"""The numbers of the times that staff asked for begin here, behind all that a ritual has by itself on a date."""

Held = Mapping[str, datetime | None]
"""What is on hold, by ritual, and until when; None: until it is resumed. Some may have run out."""


class Due(Protocol):
    """An occurrence, or the event of one."""

    @property
    def local_date(self) -> date: ...
    @property
    def slot(self) -> int: ...
    @property
    def due_at(self) -> datetime: ...


def why_resting(course: Course, ritual: Ritual, due: Due, held: Held) -> Literal["quiet", "paused"] | None:
    """Why it does not take place; None: it does. What a person asked for always does."""
    if due.slot // len(ritual.steps) >= EXTRA:
        return None
    if ritual.on_quiet_days == "skip" and course.is_quiet(due.local_date):
        return "quiet"
    until = [held[name] for name in (ritual.id, ALL) if name in held]
    return "paused" if any(end is None or due.due_at < end for end in until) else None


def of(db: Connection, course: CourseId) -> Held:
    held = select(table.c.ritual, table.c.until).where(table.c.course == course, table.c.ended_at.is_(None))
    return {row.ritual: row.until for row in db.execute(held.order_by(table.c.id))}


def begin(db: Connection, course: CourseId, ritual: str, now: datetime, until: datetime | None) -> None:
    """Put a ritual on hold; what was said before of it counts no longer."""
    end(db, course, ritual, now)
    db.execute(insert(table).values(course=course, ritual=ritual, since=now, until=until))


def end(db: Connection, course: CourseId, ritual: str, now: datetime) -> bool:
    """Let it go on; False where it was not on hold. Ending all ends each."""
    held = (table.c.course == course) & table.c.ended_at.is_(None)
    if ritual != ALL:
        held &= table.c.ritual == ritual
    return db.execute(update(table).where(held).values(ended_at=now)).rowcount > 0
