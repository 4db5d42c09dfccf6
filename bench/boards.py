"""A member's place on a board with many members, and what an award costs the boards; beside floors of bare SQLite."""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.rounds import rounds
from bench.table import Row
from bot.domain.ids import CourseId, EventKey, MemberId, ObjectId, RuleId
from bot.domain.rules import LedgerEntry
from storage import boards
from storage.boards import Where
from storage.bulk import insert_stored
from storage.columns import stored_moment
from storage.database import Database
from storage.migrate import migrate
from storage.tables import ledger, member, profile


class Size(NamedTuple):
    members: Sequence[int]
    shaped: int  # members of the boards whose points are otherwise
    questions: int  # in each round
    batches: int  # of awards, in each round
    rounds: int


FULL = Size((1_000, 10_000, 100_000, 1_000_000), 100_000, 200, 10, 5)
TINY = Size((30, 60), 30, 3, 1, 1)
TOP = 10

_NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
_DAY = date(2027, 3, 1)


def _realistic(place: int, chance: random.Random) -> int:
    """Most have some, few have many."""
    return min(3_000, max(1, round(chance.lognormvariate(4.5, 1.1))))


def _equal(place: int, chance: random.Random) -> int:
    return 25


def _different(place: int, chance: random.Random) -> int:
    return place


_SHAPES = {"log-normal points": _realistic, "all equal": _equal, "all different": _different}


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """CPU of one question inside a transaction; members asked for are drawn by chance."""
    rows = []
    firsts: list[Row] = []
    for many, (shape, points) in _boards(size):
        file = folder / "boards.db"
        database = _filled(file, many, points)
        asked = _asked(database, f"{many:,}, {shape}", many, size)
        if points is _realistic:
            floors = _floors(file, f"{many:,}", many, size)
            asked = [asked[0].beside(floors[0], "COUNT of the index"), *asked[1:]]
            first, others = asked[0], asked[1:]
            firsts = firsts or others
            smallest = f"{size.members[0]:,} members"
            rows += [first, *(row.beside(its, smallest) for row, its in zip(others, firsts, strict=True)), *floors]
            rows += _awards(database, f"{many:,}", many, size)
        else:
            rows += asked
        database.close()
        for leftover in folder.glob("boards.db*"):
            leftover.unlink()
    return rows


def _boards(size: Size) -> list[tuple[int, tuple[str, Callable[[int, random.Random], int]]]]:
    """Each size with points as they are, one with points of other shapes, too."""
    realistic, *others = _SHAPES.items()
    return [*((many, realistic) for many in size.members), *((size.shaped, shape) for shape in others)]


def _filled(file: Path, size: int, points: Callable[[int, random.Random], int]) -> Database:
    """One entry of the ledger for each member; the boards are rebuilt from them."""
    database = Database(f"sqlite:///{file}")
    migrate(database, file.parent, _NOW)
    chance, at = _chance(1), stored_moment(_NOW)
    everybody = range(1, size + 1)
    entry = ("course", "member", "points", "rule", "object", "round", "cause", "at", "local_date")
    with database.begin() as db:
        insert_stored(
            db, member, ("id", "course", "role", "joined_at"), [(who, "c", "student", at) for who in everybody]
        )
        insert_stored(db, profile, ("member", "name"), [(who, f"同学{who}") for who in everybody])
        earned = [("c", who, points(who, chance), "r", "o", 0, "k", at, _DAY.isoformat()) for who in everybody]
        chance.shuffle(earned)
        insert_stored(db, ledger, entry, earned)
        boards.rebuild(db)
    return database


def _asked(database: Database, what: str, members: int, size: Size) -> list[Row]:
    where, chance = Where(CourseId("c"), "points"), _chance(2)
    whom = [MemberId(chance.randint(1, members)) for _ in range(size.questions)]
    with database.begin() as db:
        questions: dict[str, Callable[[MemberId], object]] = {
            "rank": lambda who: boards.place_of(db, where, who),
            "neighbours": lambda who: boards.neighbours(db, where, who),
            f"top {TOP}": lambda _: boards.top(db, where, TOP),
        }
        return [
            _row(f"{name}: {what}", rounds(lambda ask=ask: [ask(who) for who in whom], size.rounds), len(whom))  # type: ignore[misc]
            for name, ask in questions.items()
        ]


_COUNT = """
    select count(*) + 1 from score where course = 'c' and board = 'points' and period = 'course' and is_listed
    and points > (select points from score where course = 'c' and board = 'points' and period = 'course' and member = ?)
"""
_RANK = """
    select place from (
        select member, rank() over (order by points desc) as place from score
        where course = 'c' and board = 'points' and period = 'course' and is_listed and points > 0
    ) where member = ?
"""


def _floors(file: Path, what: str, members: int, size: Size) -> list[Row]:
    db, chance = sqlite3.connect(file), _chance(2)

    def ask(query: str, times: int) -> None:
        for _ in range(times):
            db.execute(query, (chance.randint(1, members),)).fetchone()

    rows = []
    for name, query, times in (("COUNT of the index", _COUNT, size.questions // 10 or 1), ("SQL rank()", _RANK, 1)):
        spent = rounds(lambda query=query, times=times: ask(query, times), size.rounds)  # type: ignore[misc]
        rows.append(_row(f"floor, rank alone by {name}: {what}", spent, times))
    db.close()
    return rows


def _awards(database: Database, what: str, members: int, size: Size) -> list[Row]:
    """What `boards.add` costs one award, in batches as the pipeline makes them; the commit is not counted."""
    chance, numbers = _chance(3), count(10_000_000)
    rows = []
    for batch in (1, 10, 100):
        spent = []
        for _ in range(size.rounds):
            entries = [{next(numbers): _entry(chance, members) for _ in range(batch)} for _ in range(size.batches)]
            spent.append(_added(database, entries) / size.batches / batch * 1e6)
        rows.append(Row.of(f"an award, {batch} in a batch: {what}", spent, "µs"))
    return rows


def _added(database: Database, batches: Sequence[dict[int, LedgerEntry]]) -> float:
    spent = 0.0
    for entries in batches:
        with database.begin() as db:
            before = time.process_time()
            boards.add(db, entries)
            spent += time.process_time() - before
    return spent


def _entry(chance: random.Random, size: int) -> LedgerEntry:
    return LedgerEntry(
        course=CourseId("c"),
        member=MemberId(chance.randint(1, size)),
        points=chance.choice((1, 2, 5)),
        rule=RuleId("r"),
        object=ObjectId("o"),
        cause=EventKey("k"),
        at=_NOW,
        local_date=_DAY + timedelta(days=chance.randint(0, 6)),
    )


def _chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same in every run


def _row(what: str, seconds: Sequence[float], times: int) -> Row:
    return Row.of(what, [one / times * 1e3 for one in seconds], "ms")
