"""Who stands where. A place among 200,000 costs as little as one among 20: members are counted in steps of points."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, ScalarSelect, TextClause, bindparam, func, select, text, tuple_

from bot.domain.ids import CourseId, MemberId
from bot.domain.rules import SPENT
from storage.among import among
from storage.boards.tables import ALWAYS, BOARDS, GRANTS, STEPS, Where, rows_of, score, score_count
from storage.columns import encode_json
from storage.tables import member, profile


class Place(NamedTuple):
    """Where a student stands, or would stand if others saw it."""

    rank: int  # equal points share the better one
    points: int
    is_listed: bool


class Standing(NamedTuple):
    """One line of a board."""

    rank: int
    member: MemberId
    points: int
    name: str
    pseudonym: str | None

    @property
    def shown(self) -> str:
        """What others read."""
        return self.pseudonym or self.name


_HERE = tuple(score.c[name] == bindparam(name) for name in Where._fields)
_MINE = (
    select(score.c.points, score.c.early, score.c.is_listed, profile.c.name, profile.c.pseudonym)
    .join(member, member.c.id == score.c.member)
    .join(profile, profile.c.member == score.c.member)
    .where(*_HERE, score.c.member == bindparam("who"), member.c.role == "student", score.c.points > 0)
)
_ALL_LINES = (
    select(score.c.member, score.c.points, profile.c.name, profile.c.pseudonym)
    .join(profile, profile.c.member == score.c.member)
    .where(*_HERE, score.c.is_listed)
)
_LINES = _ALL_LINES.where(score.c.points > 0)
_TOP_DOWN = (score.c.points.desc(), score.c.early.desc())
_TOP = _LINES.order_by(*_TOP_DOWN).limit(bindparam("most"))
_LAST_POINTS = (
    select(score.c.points)
    .where(*_HERE, score.c.is_listed, score.c.points > 0)
    .order_by(*_TOP_DOWN)
    .offset(bindparam("most"))
    .limit(1)
)
_LEADERS = _ALL_LINES.where(score.c.points >= bindparam("least")).order_by(*_TOP_DOWN)

_order = tuple_(score.c.points, score.c.early)  # of two members, no two are the same: an entry has one member
_mine = tuple_(bindparam("points"), bindparam("early"))
# SQLite walks the index from the stricter of two bounds only where it is the only one.
_ABOVE = _ALL_LINES.where(_order > _mine).order_by(score.c.points, score.c.early).limit(bindparam("most"))
_BELOW = _LINES.where(_order < _mine).order_by(*_TOP_DOWN).limit(bindparam("most"))

_COUNTED = tuple(score_count.c[name] == bindparam(name) for name in Where._fields)


def _members(step: int, *, above: str, below: str | None = None) -> ScalarSelect[Any]:
    """How many members there are in the steps of this width between two numbers of points."""
    points = score_count.c.points
    query = select(func.coalesce(func.sum(score_count.c.members), 0))
    query = query.where(*_COUNTED, score_count.c.step == step, points > bindparam(above))
    return (query.where(points < bindparam(below)) if below else query).scalar_subquery()


def _above() -> ColumnElement[int]:
    """First single points up to the end of a member's own step, then steps up to the end of the next wider one, …"""
    wider = dict(pairwise(STEPS))
    sums = (
        _members(step, above=f"from_{step}", below=f"to_{wider[step]}" if step in wider else None) for step in STEPS
    )
    return sum(sums, start=next(sums))


_RANK = select(_above())
_COUNT = select(_members(STEPS[-1], above="least"))


@cache
def _equals(dialect: str) -> TextClause:
    """How many members have exactly these points."""
    return text(f"""
        SELECT c.points, c.members FROM {rows_of(dialect, points="bigint")} r CROSS JOIN score_count c
        WHERE c.course = :course AND c.board = :board AND c.period = :period AND c.step = 1 AND c.points = r.points""")  # noqa: S608


def _rank(db: Connection, where: Where, points: int) -> int:
    bound: dict[str, Any] = dict(where._asdict())
    for step in STEPS:
        bound[f"from_{step}"] = points // step * step
        bound[f"to_{step}"] = points // step * step + step
    return 1 + int(db.execute(_RANK, bound).scalar_one())


def count(db: Connection, where: Where) -> int:
    """How many stand on the board."""
    return int(db.execute(_COUNT, {**where._asdict(), "least": -1}).scalar_one())


def place_of(db: Connection, where: Where, who: MemberId) -> Place | None:
    """A student's place, whether or not others see it; None for staff, and for who has no points there."""
    mine = db.execute(_MINE, {**where._asdict(), "who": who}).one_or_none()
    return mine and Place(_rank(db, where, mine.points), mine.points, bool(mine.is_listed))


def top(db: Connection, where: Where, most: int) -> list[Standing]:
    """The first lines; of equal points, who was there first stands higher."""
    return list(_ranked(db.execute(_TOP, {**where._asdict(), "most": most}).all()))


def leaders(db: Connection, where: Where, places: int) -> list[Standing]:
    """Everybody who has one of the first places, however many share the last of them."""
    last = db.execute(_LAST_POINTS, {**where._asdict(), "most": places - 1}).scalar_one_or_none()
    return list(_ranked(db.execute(_LEADERS, {**where._asdict(), "least": last or 1}).all()))


def _ranked(rows: Sequence[Any]) -> Iterator[Standing]:
    rank, before = 0, None
    for place, row in enumerate(rows, 1):
        if row.points != before:
            rank, before = place, row.points
        yield Standing(rank, row.member, row.points, row.name, row.pseudonym)


def neighbours(db: Connection, where: Where, who: MemberId, around: int = 2) -> list[Standing]:
    """A member's line with those above and below; empty for who is not on the board."""
    mine = db.execute(_MINE, {**where._asdict(), "who": who}).one_or_none()
    if mine is None or not mine.is_listed:
        return []
    bound = {**where._asdict(), "points": mine.points, "early": mine.early, "most": around}
    above, below = db.execute(_ABOVE, bound).all(), db.execute(_BELOW, bound).all()
    lines = [(row.member, row.points, row.name, row.pseudonym) for row in (*reversed(above), *below)]
    lines.insert(len(above), (who, mine.points, mine.name, mine.pseudonym))
    return list(_placed(db, where, lines))


def _placed(db: Connection, where: Where, lines: Sequence[tuple[MemberId, int, str, str | None]]) -> Iterator[Standing]:
    """Lines that follow each other: the first one's rank is asked for, the others' are counted on from there."""
    asked = encode_json([(points,) for points in {line[1] for line in lines}])
    equals: dict[int, int] = dict(db.execute(_equals(db.dialect.name), {**where._asdict(), "rows": asked}).all())
    rank, before = _rank(db, where, lines[0][1]), lines[0][1]
    for line in lines:
        if line[1] != before:
            rank, before = rank + equals[before], line[1]
        yield Standing(rank, *line)


_POINTS = (
    select(member.c.id, func.sum(score.c.points))
    .join(score, (member.c.id == score.c.member) & (member.c.course == score.c.course))
    .where(among(member.c.id, "members"), score.c.board.in_(("points", SPENT)), score.c.period == ALWAYS)
    .group_by(member.c.id)
)


def points_of_each(db: Connection, members: Collection[MemberId]) -> dict[MemberId, int]:
    """What each has: all that they were given, on a board or not, without what they have spent."""
    found = {MemberId(who): int(points) for who, points in db.execute(_POINTS, {"members": members})}
    return {member: found.get(member, 0) for member in members}


def points_of(db: Connection, who: MemberId) -> int:
    """The same for one member."""
    return points_of_each(db, [who])[who]


def standings_of(db: Connection, course: CourseId, members: Collection[int]) -> Iterator[tuple[int, str, int, int]]:
    """Member, level, activity, contribution: what the thresholds of levels look at. What staff gave counts for none."""
    rows = encode_json([(who,) for who in members])
    for row in db.execute(_standings(db.dialect.name), {"course": course, "rows": rows}):
        yield row.id, row.level, row.points - row.granted, row.help + row.contribution


@cache
def _standings(dialect: str) -> TextClause:
    # Each score by its whole key, and CROSS JOIN: SQLite then looks rows up, however it estimates the tables.
    sums = ", ".join(
        f"""coalesce((
            SELECT s.points FROM score s
            WHERE s.course = m.course AND s.board = '{board}' AND s.period = '{ALWAYS}' AND s.member = m.id
        ), 0) AS {board}"""  # noqa: S608 - words of ours
        for board in (*BOARDS, GRANTS)
    )
    rows = rows_of(dialect, member="bigint")
    return text(
        f"SELECT m.id, m.level, {sums} FROM {rows} r CROSS JOIN member m WHERE m.id = r.member AND m.course = :course"  # noqa: S608
    )
