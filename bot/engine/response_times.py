"""How soon people were answered: sums over responses, and the table that staff read of them."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.moments import moment_of
from bot.engine.context import Context
from bot.engine.figures import Stretch
from bot.engine.roster import members_by_id
from storage.persons import grouped

P90 = 90
MEDIAN = 50
NUMBERS = frozenset({1, 2, 3})
"""The columns of a row that are numbers."""

_DAY = timedelta(days=1)
_EVER = timedelta(days=366)  # before its first day nobody waits
_LEAST = timedelta(microseconds=1)

Period = Literal["week", "course"]
_WORDS: tuple[tuple[Period, tuple[str, ...]], ...] = (
    ("week", ("week", "周", "本周", "这周")),
    ("course", ("course", "all", "全程", "课程", "全部")),
)
_PERIODS = {word: period for period, words in _WORDS for word in words}

Cells = tuple[Words | str, ...]
Moments = tuple[datetime, datetime]
"""From the first to the last; both are in it."""


class Response(NamedTuple):
    """One time that somebody was waited for."""

    member: MemberId
    waited: int  # seconds of counted time
    is_in_time: bool


# --- sums -------------------------------------------------------------------------------------------------------------


def quantile(values: Sequence[int], percent: int) -> int:
    """The value that so many percent of all do not exceed, by nearest rank: always one of them, never one between.

    The rank is `percent` of how many there are, rounded up, and at least 1; so of [1, 2, 3, 4] the median is 2. Raises
    ValueError where there are none.
    """
    if not values:
        raise ValueError("nothing has no quantile")
    rank = max(-(-percent * len(values) // 100), 1)
    return sorted(values)[rank - 1]


def share(part: int, whole: int) -> int:
    """In percent, rounded half up; 0 where there is nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0


class Speed(NamedTuple):
    """How soon some responses came."""

    answers: int
    median: timedelta
    p90: timedelta
    in_time: int  # percent


def speed(of: Sequence[Response]) -> Speed | None:
    """None where there was no response."""
    if not of:
        return None
    waited = [one.waited for one in of]
    return Speed(
        answers=len(of),
        median=timedelta(seconds=quantile(waited, MEDIAN)),
        p90=timedelta(seconds=quantile(waited, P90)),
        in_time=share(sum(one.is_in_time for one in of), len(of)),
    )


# --- which time -------------------------------------------------------------------------------------------------------


def period_in(text: str) -> tuple[Period, str]:
    """The period that the first word names, by default the week; and what else there is."""
    first, *further = re.split(r"\s+", text.strip(), maxsplit=1)
    period = _PERIODS.get(first.casefold())
    return (period, "".join(further)) if period else ("week", text.strip())


def moments_of(course: Course, period: Period, now: datetime) -> Moments:
    """From Monday on, or from ever; up to now."""
    today = course.date_at(now)
    first = today - today.weekday() * _DAY if period == "week" else course.starts - _EVER
    return moment_of(first, time(), course.zone), now


def moments_in(course: Course, stretch: Stretch) -> Moments:
    """The first and the last moment of some dates, by the course's clock."""
    first = moment_of(stretch.first, time(), course.zone)
    return first, moment_of(stretch.last + _DAY, time(), course.zone) - _LEAST


# --- for staff to read ------------------------------------------------------------------------------------------------


def whose_figures(ctx: Context, name: str) -> MemberId | None:
    """Of whom staff may read, where they ask for somebody or nobody: an admin of all (None), others of themselves.

    Raises UserError.
    """
    who = ctx.find_member(name).id if name else None
    if ctx.member.role == "admin":
        return who
    if who not in (None, ctx.member.id):
        raise UserError("pace.own_only")
    return ctx.member.id


def people_rows(db: Connection, found: Sequence[Response], *, only: MemberId | None) -> list[Cells]:
    """A row for each person, or for one of them, the busiest first; and one for all that was found."""
    theirs = {who: list(those) for who, those in grouped((one.member, one) for one in found)}
    names = members_by_id(db, theirs)
    by_name = sorted(theirs, key=lambda who: (-len(theirs[who]), names[who].name, who))
    rows = [row(names[who].name, theirs[who]) for who in by_name if only in (None, who)]
    return [*rows, row(Text(id="pace.all"), found)]


def most_line(found: Sequence[Response]) -> Words:
    """How soon nearly all of them came, at least one: a line, for a phone has no room for one column more."""
    sums = speed(found)
    assert sums is not None, "somebody was waited for"
    return Text(id="pace.most", values={"p90": hours(sums.p90)})


def row(label: Words | str, of: Sequence[Response]) -> Cells:
    """For some responses, at least one."""
    sums = speed(of)
    assert sums is not None, "somebody was waited for"
    return label, str(sums.answers), hours(sums.median), f"{sums.in_time}%"


def hours(length: timedelta) -> str:
    """Hours and minutes, for a narrow column."""
    minutes = round(length.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
