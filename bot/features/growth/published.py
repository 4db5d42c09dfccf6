"""The figures that a group has read, by the dates that they are of: no date is ever in two different tables.

Whoever publishes does so alone.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, Connection, String, Table, UniqueConstraint, insert, select, text

from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.figures import Stretch
from storage.columns import Json, LocalDate, Moment
from storage.tables import Id, metadata

edition = Table(
    "growth_edition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("first", LocalDate, nullable=False),
    Column("last", LocalDate, nullable=False),
    Column("at", Moment, nullable=False),
    Column("lines", Json, nullable=False),  # what was read: labels and sums, nobody's own
    UniqueConstraint("course", "first", "last"),
)

Line = tuple[Text, str, str]
"""What it is, the sum, and the range of the middle half."""


def once(
    db: Connection, course: CourseId, stretch: Stretch, lines: Sequence[Line], *, at: datetime
) -> Sequence[Line] | None:
    """What the group may read of these dates: these lines, or those that it has read of the very same dates.

    None where it has read of some of the dates already. Where there are no lines nothing is kept.
    """
    if lines:
        _wait_for_others(db)
    overlaps = (edition.c.first <= stretch.last) & (edition.c.last >= stretch.first)
    before = db.execute(select(edition).where(edition.c.course == course, overlaps).order_by(edition.c.id)).first()
    if before is not None:
        is_same = (before.first, before.last) == tuple(stretch)
        return msgspec.convert(before.lines, list[Line]) if is_same else None
    if lines:
        db.execute(insert(edition).values(course=course, **stretch._asdict(), at=at, lines=list(lines)))
    return lines


def _wait_for_others(db: Connection) -> None:
    """Of two that publish overlapping dates at once, neither would see the other's; SQLite has one writer at a time."""
    if db.dialect.name == "postgresql":
        db.execute(text("LOCK TABLE growth_edition IN SHARE ROW EXCLUSIVE MODE"))
