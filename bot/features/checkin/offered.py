"""What reports may count of check-ins: how many there were, and the longest run of days."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, String, func, select, type_coerce

from bot.domain.course import Course
from bot.domain.messages import Text
from bot.engine.figures import Figure, Stretch, counts_in, overlap
from bot.features.checkin.handlers import feature
from bot.features.checkin.store import table
from bot.features.checkin.streak import Rests
from storage.persons import counts_once, is_of
from storage.tables import member

_DAY = timedelta(days=1)


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    dates = _dates(db, course, max(one.last for one in stretches))
    longest = [max((_longest(theirs, one, course.is_quiet) for theirs in dates), default=0) for one in stretches]
    return [Figure(Text(id="figure.checkins"), _counts(db, course, stretches)), Figure(Text(id="figure.run"), longest)]


def _counts(db: Connection, course: Course, stretches: Sequence[Stretch]) -> Sequence[int]:
    day = table.c.local_date
    query = select(*counts_in(day, stretches)).join_from(table, member, is_of(table.c.member))
    mine = (table.c.course == course.id) & (member.c.role == "student") & overlap(day, stretches)
    mine &= counts_once(table, "local_date")
    return tuple(db.execute(query.where(mine)).one())


def _dates(db: Connection, course: Course, last: date) -> list[list[date]]:
    """The dates of each student up to a day, in order. One row for each student."""
    written = func.aggregate_strings(type_coerce(table.c.local_date, String), ",")
    query = select(written).join_from(table, member, is_of(table.c.member))
    mine = (table.c.course == course.id) & (member.c.role == "student") & (table.c.local_date <= last)
    rows = db.execute(query.where(mine).group_by(member.c.id)).scalars()
    return [[date.fromisoformat(day) for day in sorted(set(row.split(",")))] for row in rows]


def _longest(dates: Iterable[date], within: Stretch, rests: Rests) -> int:
    """The longest run of days that reaches into these, as far as it came up to the last of them."""
    longest = length = 0
    before: date | None = None
    for day in dates:
        if day > within.last:
            break
        length = length + 1 if before and _follows(before, day, rests) else 1
        longest = max(longest, length) if day >= within.first else longest
        before = day
    return longest


def _follows(before: date, day: date, rests: Rests) -> bool:
    """Whether the course rested on all days between."""
    before += _DAY
    while before < day and rests(before):
        before += _DAY
    return before == day
