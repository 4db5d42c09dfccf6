"""The figures that a group has read, by the dates that they are of: no date is ever in two different tables.

The same dates can't be inserted twice, whoever publishes.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Column, Connection, String, Table, UniqueConstraint, select

from bot.domain.ids import CourseId
from bot.domain.messages import Text
from bot.engine.figures import Stretch
from storage.columns import Json, LocalDate, Moment
from storage.database import insert_new
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
    overlaps = (edition.c.first <= stretch.last) & (edition.c.last >= stretch.first)
    before = select(edition).where(edition.c.course == course, overlaps).order_by(edition.c.id)
    rows = db.execute(before).all()
    if not rows and lines:
        row = {"course": course, **stretch._asdict(), "at": at, "lines": list(lines)}
        db.execute(insert_new(db, edition), [row])
        rows = db.execute(before).all()  # also what somebody else has just published
    if not rows:
        return lines
    same = [row for row in rows if (row.first, row.last) == tuple(stretch)]
    return msgspec.convert(same[0].lines, list[Line]) if same and same[0] is rows[0] else None
