"""The tables of the boards, and what points count for: which boards, which periods."""

from datetime import date, timedelta
from typing import Literal, NamedTuple

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from bot.domain.ids import CourseId
from bot.domain.rules import GRANTED, SPENT
from storage.tables import Id, metadata

Board = Literal["points", "help", "contribution"]
BOARDS: tuple[Board, ...] = ("points", "help", "contribution")

Period = Literal["week", "month", "course"]
PERIODS: tuple[Period, ...] = ("week", "month", "course")

GRANTS = "granted"
"""No board: beside them, the points that staff gave, which count for no threshold."""

ALWAYS = "course"
"""The period of the whole course. A week is named by its Monday, a month by its number."""

STEPS = (1, 128, 128**2, 128**3)
"""How widely points are taken together when members are counted."""

score = Table(
    "score",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("board", String(16), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("points", Integer, nullable=False),
    Column("early", Id, nullable=False),  # minus the number of the last entry: who was there first stands higher
    Column("is_listed", Boolean(create_constraint=False), nullable=False),
    Index(None, "course", "board", "period", "is_listed", "points", "early", "member"),
    Index(None, "member"),
    sqlite_with_rowid=False,
)

score_count = Table(
    "score_count",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("board", String(16), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("points", Integer, primary_key=True),  # the lowest of the step
    Column("members", Integer, nullable=False),
    sqlite_with_rowid=False,
)


class Where(NamedTuple):
    """One board of one course in one period."""

    course: CourseId
    board: Board
    period: str = ALWAYS


def week_of(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def boards_of(category: str) -> tuple[str, ...]:
    """What points of a category count for."""
    if category == SPENT:
        return (SPENT,)
    if category == GRANTED:
        return ("points", GRANTS)
    return ("points",) if category == "activity" else ("points", category)


def period_of(period: Period, day: date) -> str:
    """The week, or month, that a day lies in, as it is named; or the whole course."""
    return {"week": week_of, "month": month_of}[period](day) if period != "course" else ALWAYS


def periods_of(day: date) -> tuple[str, ...]:
    return tuple(period_of(period, day) for period in PERIODS)


LISTED = "(m.role = 'student' AND m.left_at IS NULL AND m.merged_into IS NULL AND m.is_on_boards)"
"""Staff, who left, and who does not want to be there stand on no board."""


def rows_of(dialect: str, **types: str) -> str:
    """The rows of the JSON parameter `rows` as a table: one statement, however many they are."""
    if dialect == "sqlite":
        cells = (f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(types))
        return f"(SELECT {', '.join(cells)} FROM json_each(:rows))"  # noqa: S608 - column names of ours
    cells = (f"CAST(value->>{place} AS {kind}) AS {name}" for place, (name, kind) in enumerate(types.items()))
    return f"(SELECT {', '.join(cells)} FROM json_array_elements(CAST(:rows AS json)) value)"  # noqa: S608
