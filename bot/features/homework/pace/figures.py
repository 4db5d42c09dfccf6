"""How soon homework is answered: `/grading`, and what reports may count."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.ids import MemberId
from bot.domain.messages import Text, Words
from bot.domain.moments import moment_of
from bot.engine.context import Context
from bot.engine.figures import Figure, Stretch
from bot.engine.parameters import choice, someone
from bot.engine.roster import members_by_id
from bot.features.homework.declared import feature
from bot.features.homework.store import answers
from bot.features.homework.store.answers import Answer
from storage.persons import grouped

_DAY = timedelta(days=1)
_EVER = timedelta(days=366)  # before its first day nothing is handed in
_LEAST = timedelta(microseconds=1)
_P90 = 90
_MEDIAN = 50

Period = Literal["week", "course"]
_WORDS: tuple[tuple[Period, tuple[str, ...]], ...] = (
    ("week", ("week", "周", "本周", "这周")),
    ("course", ("course", "all", "全程", "课程", "全部")),
)
_PERIODS = {word: period for period, words in _WORDS for word in words}
_TITLES: dict[Period, str] = {"week": "pace.title_week", "course": "pace.title_course"}
_COLUMNS = ("pace.who", "pace.answers", "pace.median", "pace.p90", "pace.in_time")


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


class Pace(NamedTuple):
    """How soon some answers came."""

    answers: int
    median: timedelta
    p90: timedelta
    in_time: int  # percent, rounded half up


def pace(of: Sequence[Answer]) -> Pace | None:
    """None where there was no answer."""
    if not of:
        return None
    waited = [one.waited for one in of]
    in_time = sum(one.is_in_time for one in of)
    return Pace(
        answers=len(of),
        median=timedelta(seconds=quantile(waited, _MEDIAN)),
        p90=timedelta(seconds=quantile(waited, _P90)),
        in_time=(200 * in_time + len(of)) // (2 * len(of)),
    )


# --- for staff --------------------------------------------------------------------------------------------------------


@feature.command(
    "grading",
    words=("批改数据",),
    roles=("assistant", "admin"),
    is_private=True,
    parameters=(choice("period", "week", "course"), someone()),
)
def grading(ctx: Context, cmd: CommandInvoked) -> None:
    """An admin sees everybody, an assistant themselves; both see what all of them do together."""
    period, who = _asked(ctx, cmd.text)
    if ctx.member.role != "admin":
        if who not in (None, ctx.member.id):
            raise UserError("pace.own_only")
        who = ctx.member.id
    found = answers.answers(ctx.db, ctx.course.id, *_moments(ctx, period))
    if not found:
        raise UserError("pace.none")
    ctx.reply(_TITLES[period], within=ctx.course.book.grading.within)
    ctx.reply_table(_rows(ctx, found, who), numbers=frozenset({1, 2, 3, 4}))


def _asked(ctx: Context, text: str) -> tuple[Period, MemberId | None]:
    """The period, by default the week, and a member, where one is named."""
    first, *further = re.split(r"\s+", text.strip(), maxsplit=1)
    period = _PERIODS.get(first.casefold())
    name = (further[0] if further else "") if period else text.strip()
    return period or "week", ctx.find_member(name).id if name else None


def _moments(ctx: Context, period: Period) -> tuple[datetime, datetime]:
    """From Monday on, or everything."""
    first = ctx.today - ctx.today.weekday() * _DAY if period == "week" else ctx.course.starts - _EVER
    return moment_of(first, time(), ctx.course.zone), ctx.now + _LEAST


def _rows(ctx: Context, found: Sequence[Answer], only: MemberId | None) -> list[tuple[Words | str, ...]]:
    theirs = {who: list(those) for who, those in grouped((one.member, one) for one in found)}
    names = members_by_id(ctx.db, theirs)
    rows: list[tuple[Words | str, ...]] = [tuple(Text(id=id) for id in _COLUMNS)]
    by_name = sorted(theirs, key=lambda who: (-len(theirs[who]), names[who].name, who))
    rows += [_row(names[who].name, theirs[who]) for who in by_name if only in (None, who)]
    return [*rows, _row(Text(id="pace.all"), found)]


def _row(label: Words | str, of: Sequence[Answer]) -> tuple[Words | str, ...]:
    sums = pace(of)
    assert sums is not None, "there was an answer"
    return label, str(sums.answers), _short(sums.median), _short(sums.p90), f"{sums.in_time} %"


def _short(length: timedelta) -> str:
    """Hours and minutes, for a narrow column."""
    minutes = round(length.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02}"


# --- for reports ------------------------------------------------------------------------------------------------------


@feature.offer("figures")
def figures(db: Connection, course: Course, stretches: Sequence[Stretch]) -> list[Figure]:
    """What was handed in, what was answered, and how much of that in time."""
    moments = [_at(course, one) for one in stretches]
    return [
        Figure(Text(id="figure.handed_in"), answers.handed_in(db, course.id, moments)),
        Figure(Text(id="figure.answered"), answers.answered(db, course.id, moments)),
        Figure(Text(id="figure.answered_in_time"), answers.answered(db, course.id, moments, in_time=True)),
    ]


def _at(course: Course, stretch: Stretch) -> Stretch:
    """The first and the last moment of these dates, by the course's clock."""
    first = moment_of(stretch.first, time(), course.zone)
    return Stretch(first, moment_of(stretch.last + _DAY, time(), course.zone) - _LEAST)
