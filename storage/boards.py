"""The boards' projection: who stands where, by board and period, kept up with the ledger in the same transaction.

A member's place is counted from how many members have each number of points, in two steps: by bands of 128 points, then
by single points within the band. So a place among 200,000 costs as little as one among 20. All of it can be rebuilt
from the ledger.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from bot.domain.ids import CourseId, MemberId
from bot.domain.rules import GRANTED, LedgerEntry
from storage.among import among
from storage.columns import encode_json, stored_moment
from storage.tables import Id, ledger, member, metadata, profile

Board = Literal["points", "help", "contribution", "activity"]
"""`activity` is no board: all points that were earned, for the thresholds of levels."""
BOARDS: tuple[Board, ...] = ("points", "help", "contribution")

ALWAYS = "course"
"""The period of the whole course. A week is named by its Monday, a month by its number."""

_BAND = 128
_AT_ONCE = 5_000  # rows of one statement

score = Table(
    "score",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("board", String(16), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("points", Integer, nullable=False),
    Column("early", Id, nullable=False),  # minus the moment of the last change: who was there first stands higher
    Column("is_listed", Boolean(create_constraint=False), nullable=False),
    Index(None, "course", "board", "period", "is_listed", "points", "early", "member"),
    Index(None, "member"),
)

score_count = Table(
    "score_count",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("board", String(16), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("step", Integer, primary_key=True),  # 1: single points; 128: bands
    Column("points", Integer, primary_key=True),  # the lowest of the step
    Column("members", Integer, nullable=False),
)


class Where(NamedTuple):
    """One board of one course in one period."""

    course: CourseId
    board: Board
    period: str = ALWAYS


class Standing(NamedTuple):
    """One line of a board."""

    rank: int  # equal points share the better one
    member: MemberId
    name: str  # the pseudonym, where there is one
    points: int


def week_of(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def _boards_of(category: str) -> tuple[Board, ...]:
    """What points of a category count for."""
    if category == GRANTED:
        return ("points",)
    return ("points", "activity") if category == "activity" else ("points", "activity", category)  # type: ignore[return-value]


def _periods_of(board: Board, day: date) -> tuple[str, ...]:
    return (ALWAYS,) if board == "activity" else (week_of(day), month_of(day), ALWAYS)


# --- keeping up -------------------------------------------------------------------------------------------------------


def add(db: Connection, entries: Iterable[LedgerEntry]) -> None:
    """Count new ledger entries."""
    changes = _Changes()
    for entry in entries:
        changes.add(entry.course, entry.member, entry.category, entry.local_date, entry.points, stored_moment(entry.at))
    changes.write(db)


class _Changes:
    """Points to be added to scores, by course, board, period and member; the newest moment beside them."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, str, str, int], list[int]] = {}

    def add(self, course: str, member: int, category: str, day: date, points: int, at: int) -> None:
        if points == 0:
            return
        for board in _boards_of(category):
            for period in _periods_of(board, day):
                change = self._by_key.setdefault((course, board, period, member), [0, at])
                change[0] += points
                change[1] = max(change[1], at)

    def write(self, db: Connection) -> None:
        """One statement for the scores, one for the counts. In the order of their keys, so that no two processes wait
        for each other.
        """
        rows = [
            {"course": c, "board": b, "period": p, "member": m, "points": points, "early": -at}
            for (c, b, p, m), (points, at) in sorted(self._by_key.items())
        ]
        for first in range(0, len(rows), _AT_ONCE):
            self._write(db, rows[first : first + _AT_ONCE])

    def _write(self, db: Connection, rows: Sequence[dict[str, Any]]) -> None:
        counts: Counter[tuple[str, str, str, int, int]] = Counter()
        changed = db.execute(_ADD[db.dialect.name], {"rows": encode_json(rows)})
        for row, change in zip(_sorted(changed), rows, strict=True):
            if row.is_listed:
                where = row.course, row.board, row.period
                _count(counts, where, row.points - change["points"], -1)
                _count(counts, where, row.points, 1)
        _write_counts(db, counts)


def _sorted(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """No database promises the order in which it returns what it wrote."""
    return sorted(rows, key=lambda row: (row.course, row.board, row.period, row.member))


def _count(counts: Counter[tuple[str, str, str, int, int]], where: tuple[str, str, str], points: int, by: int) -> None:
    """Who has no points stands on no board."""
    if points > 0:
        counts[*where, 1, points] += by
        counts[*where, _BAND, points // _BAND * _BAND] += by


def _write_counts(db: Connection, counts: Counter[tuple[str, str, str, int, int]]) -> None:
    rows = [
        {"course": c, "board": b, "period": p, "step": step, "points": points, "members": members}
        for (c, b, p, step, points), members in sorted(counts.items())
        if members
    ]
    if rows:
        db.execute(_ADD_COUNTS[db.dialect.name], {"rows": encode_json(rows)})


_TYPES = {"course": "text", "board": "text", "period": "text", "member": "bigint", "points": "bigint"}
_TYPES |= {"early": "bigint", "step": "bigint", "members": "bigint"}


def _rows(dialect: str, names: Sequence[str]) -> str:
    """The rows of a JSON parameter as a table `r`: one statement, however many they are."""
    if dialect == "sqlite":
        fields = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        return f"(SELECT {fields} FROM json_each(:rows)) r"  # noqa: S608 - column names of ours
    return f"json_to_recordset(CAST(:rows AS json)) AS r({', '.join(f'{name} {_TYPES[name]}' for name in names)})"


def _add(dialect: str) -> str:
    lowest = "min" if dialect == "sqlite" else "least"
    rows = _rows(dialect, ("course", "board", "period", "member", "points", "early"))
    return f"""
        INSERT INTO score (course, board, period, member, points, early, is_listed)
        SELECT r.course, r.board, r.period, r.member, r.points, r.early,
            (m.role = 'student' AND m.left_at IS NULL AND m.merged_into IS NULL AND m.is_on_boards)
        FROM {rows} JOIN member m ON m.id = r.member WHERE true
        ON CONFLICT (course, board, period, member) DO UPDATE
        SET points = score.points + excluded.points, early = {lowest}(score.early, excluded.early)
        RETURNING course, board, period, member, points, is_listed"""  # noqa: S608 - no word of it comes from outside


def _add_counts(dialect: str) -> str:
    rows = _rows(dialect, ("course", "board", "period", "step", "points", "members"))
    return f"""
        INSERT INTO score_count (course, board, period, step, points, members)
        SELECT r.course, r.board, r.period, r.step, r.points, r.members FROM {rows} WHERE true
        ON CONFLICT (course, board, period, step, points) DO UPDATE
        SET members = score_count.members + excluded.members"""  # noqa: S608 - no word of it comes from outside


_DIALECTS = ("sqlite", "postgresql")
_ADD = {dialect: text(_add(dialect)) for dialect in _DIALECTS}
_ADD_COUNTS = {dialect: text(_add_counts(dialect)) for dialect in _DIALECTS}


def _may_be_listed() -> ColumnElement[bool]:
    """Staff, who left, and who does not want to be there stand on no board."""
    present = and_(member.c.left_at.is_(None), member.c.merged_into.is_(None))
    return and_(member.c.role == "student", present, member.c.is_on_boards)


def relist(db: Connection, members: Collection[int]) -> None:
    """Put members on the boards, or take them off, as their role, presence and wishes now are."""
    if not members:
        return
    wanted = case((_may_be_listed(), True), else_=False)
    query = select(score, wanted.label("wanted")).join(member, member.c.id == score.c.member)
    query = query.where(among(score.c.member, "members"), score.c.is_listed != wanted)
    counts: Counter[tuple[str, str, str, int, int]] = Counter()
    changed = defaultdict(set)
    for row in db.execute(query, {"members": members}):
        changed[bool(row.wanted)].add(row.member)
        _count(counts, (row.course, row.board, row.period), row.points, 1 if row.wanted else -1)
    for is_listed, those in changed.items():
        query_ = update(score).where(among(score.c.member, "members")).values(is_listed=is_listed)
        db.execute(query_, {"members": those})
    _write_counts(db, counts)


def rebuild(db: Connection) -> int:
    """Forget the projection and make it anew from the ledger; how many scores there are."""
    db.execute(delete(score))
    db.execute(delete(score_count))
    by_day = select(ledger.c.course, ledger.c.member, ledger.c.category, ledger.c.local_date)
    by_day = by_day.add_columns(func.sum(ledger.c.points).label("points"), func.max(ledger.c.at).label("at"))
    by_day = by_day.where(ledger.c.points != 0)
    by_day = by_day.group_by(ledger.c.course, ledger.c.member, ledger.c.category, ledger.c.local_date)
    changes = _Changes()
    for row in db.execute(by_day):
        changes.add(row.course, row.member, row.category, row.local_date, row.points, stored_moment(row.at))
    changes.write(db)
    return int(db.execute(select(func.count()).select_from(score)).scalar_one())


# --- reading ----------------------------------------------------------------------------------------------------------

_HERE = (
    (score.c.course == bindparam("course"))
    & (score.c.board == bindparam("board"))
    & (score.c.period == bindparam("period"))
)
_MINE = select(score.c.points, score.c.early, score.c.is_listed).where(_HERE, score.c.member == bindparam("who"))
_SHOWN = func.coalesce(profile.c.pseudonym, profile.c.name).label("name")
_LINES = (
    select(score.c.member, score.c.points, score.c.early, _SHOWN)
    .join(profile, profile.c.member == score.c.member)
    .where(_HERE, score.c.is_listed, score.c.points > 0)
)
_TOP = _LINES.order_by(score.c.points.desc(), score.c.early.desc(), score.c.member.desc()).limit(bindparam("most"))


def _from_here(*, above: bool) -> Any:
    """The lines next to a place, nearest first. Spelled out, for the planner to walk the index from there."""
    columns: tuple[ColumnElement[Any], ...] = (score.c.points, score.c.early, score.c.member)
    mine: tuple[ColumnElement[Any], ...] = (bindparam("points"), bindparam("early"), bindparam("who"))
    beyond = [(c > value) if above else (c < value) for c, value in zip(columns, mine, strict=True)]
    edge = columns[0] >= mine[0] if above else columns[0] <= mine[0]
    tie = and_(columns[0] == mine[0], or_(beyond[1], and_(columns[1] == mine[1], beyond[2])))
    order = columns if above else tuple(column.desc() for column in columns)
    return _LINES.where(edge, or_(beyond[0], tie)).order_by(*order).limit(bindparam("most"))


_ABOVE, _BELOW = _from_here(above=True), _from_here(above=False)


def _sum_of(step: int, *, above: str, below: str | None = None) -> Any:
    c = score_count.c
    here = (c.course == bindparam("course")) & (c.board == bindparam("board")) & (c.period == bindparam("period"))
    query = select(func.coalesce(func.sum(c.members), 0)).where(here, c.step == step, c.points > bindparam(above))
    return (query.where(c.points < bindparam(below)) if below else query).scalar_subquery()


_ABOVE_COUNT = select(_sum_of(1, above="points", below="next") + _sum_of(_BAND, above="last"))
_LISTED = select(_sum_of(_BAND, above="least"))


def _rank(db: Connection, where: Where, points: int) -> int:
    band = points // _BAND * _BAND
    bound = {**where._asdict(), "points": points, "next": band + _BAND, "last": band}
    return 1 + int(db.execute(_ABOVE_COUNT, bound).scalar_one())


def count(db: Connection, where: Where) -> int:
    """How many stand on the board."""
    return int(db.execute(_LISTED, {**where._asdict(), "least": -1}).scalar_one())


def place_of(db: Connection, where: Where, who: MemberId) -> tuple[int, int, bool] | None:
    """Rank, points, and whether others see it; None for who has no points there."""
    mine = db.execute(_MINE, {**where._asdict(), "who": who}).one_or_none()
    if mine is None or mine.points <= 0:
        return None
    return _rank(db, where, mine.points), mine.points, mine.is_listed


def top(db: Connection, where: Where, most: int) -> list[Standing]:
    """The first lines; of equal points, who was there first stands higher."""
    standings: list[Standing] = []
    for place, row in enumerate(db.execute(_TOP, {**where._asdict(), "most": most}), 1):
        same = standings and standings[-1].points == row.points
        standings.append(Standing(standings[-1].rank if same else place, row.member, row.name, row.points))
    return standings


def neighbours(db: Connection, where: Where, who: MemberId, around: int = 2) -> list[Standing]:
    """A member's line with those above and below; empty for who is not on the board."""
    mine = db.execute(_MINE, {**where._asdict(), "who": who}).one_or_none()
    if mine is None or mine.points <= 0 or not mine.is_listed:
        return []
    bound = {**where._asdict(), "points": mine.points, "early": mine.early, "who": who, "most": around}
    above, below = db.execute(_ABOVE, bound).all(), db.execute(_BELOW, bound).all()
    name = db.execute(select(_SHOWN).where(profile.c.member == who)).scalar_one()
    lines = [*((row.member, row.name, row.points) for row in reversed(above)), (who, name, mine.points)]
    lines += [(row.member, row.name, row.points) for row in below]
    return _with_ranks(db, where, lines)


def _with_ranks(db: Connection, where: Where, lines: Sequence[tuple[MemberId, str, int]]) -> list[Standing]:
    """One question for the first line; the lines are neighbours, so the others follow from it."""
    standings: list[Standing] = []
    for who, name, points in lines:
        same = standings and standings[-1].points == points
        rank = standings[-1].rank if same else _rank(db, where, points)
        standings.append(Standing(rank, who, name, points))
    return standings


def _sum(*wanted: Board) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((score.c.board.in_(wanted), score.c.points), else_=0)), 0)


_COUNTING: tuple[Board, ...] = ("activity", "help", "contribution")
_STANDINGS = (
    select(member.c.id, member.c.level, _sum("activity"), _sum("help", "contribution"))
    .join(
        score,
        (score.c.member == member.c.id)
        & (score.c.course == member.c.course)
        & (score.c.period == ALWAYS)
        & score.c.board.in_(_COUNTING),
        isouter=True,
    )
    .where(member.c.course == bindparam("course"), among(member.c.id, "members"))
    .group_by(member.c.id, member.c.level)
)


def standings_of(db: Connection, course: CourseId, members: Collection[int]) -> Iterator[tuple[int, str, int, int]]:
    """Member, level, activity, contribution: what the thresholds of levels look at."""
    for who, level, activity, contribution in db.execute(_STANDINGS, {"course": course, "members": members}):
        yield who, level, int(activity), int(contribution)
