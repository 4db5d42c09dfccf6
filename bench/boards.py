"""A member's place on a board with many members, and what an award costs the boards; beside floors of bare SQLite."""

import random
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Connection

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

SIZES = (1_000, 20_000, 200_000)
QUESTIONS = 200  # in each round
ROUNDS = 5
BATCHES = 10  # of awards, in each round

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


def measure(pack: Path, folder: Path) -> list[Row]:
    """Members asked for are drawn by chance; each row is the median of several rounds."""
    rows = []
    for size in SIZES:
        for shape, points in _SHAPES.items():
            file = folder / "boards.db"
            database = _filled(file, size, points)
            rows += _questions(database, f"{size:,}, {shape}", size)
            if points is _realistic:
                rows += _floors(file, f"{size:,}", size)
                rows += _awards(database, f"{size:,}", size)
            database.close()
            for leftover in folder.glob("boards.db*"):
                leftover.unlink()
    return rows


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


def _questions(database: Database, what: str, size: int) -> list[Row]:
    where, chance = Where(CourseId("c"), "points"), _chance(2)
    whom = [MemberId(chance.randint(1, size)) for _ in range(QUESTIONS)]

    def ask(db: Connection) -> Iterator[float]:
        boards.place_of(db, where, whom[0]), boards.neighbours(db, where, whom[0])  # compiled once
        for _ in range(ROUNDS):
            before = time.process_time()
            for who in whom:
                boards.place_of(db, where, who)
                boards.neighbours(db, where, who)
            yield (time.process_time() - before) / QUESTIONS * 1e3

    with database.begin() as db:
        return [_row(f"rank, neighbours: {what}", list(ask(db)), unit="ms")]


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


def _floors(file: Path, what: str, size: int) -> list[Row]:
    db, chance = sqlite3.connect(file), _chance(2)
    rows = []
    for name, query, times in (("COUNT of the index", _COUNT, 40), ("SQL rank()", _RANK, 2)):
        rounds = []
        for _ in range(ROUNDS):
            before = time.process_time()
            for _ in range(times):
                db.execute(query, (chance.randint(1, size),)).fetchone()
            rounds.append((time.process_time() - before) / times * 1e3)
        rows.append(_row(f"floor, rank alone by {name}: {what}", rounds, unit="ms"))
    db.close()
    return rows


def _awards(database: Database, what: str, size: int) -> list[Row]:
    """What `boards.add` costs one award, in batches as the pipeline makes them; the commit is not counted."""
    chance, numbers = _chance(3), count(1_000_000)
    rows = []
    for batch in (1, 10, 100):
        rounds = []
        for _ in range(ROUNDS):
            entries = [{next(numbers): _entry(chance, size) for _ in range(batch)} for _ in range(BATCHES)]
            rounds.append(_added(database, entries) / BATCHES / batch * 1e6)
        rows.append(_row(f"an award, {batch} in a batch: {what}", rounds, unit="µs"))
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


def _row(what: str, rounds: list[float], *, unit: str) -> Row:
    return Row(what=what, unit=unit, median=statistics.median(rounds), lowest=min(rounds), highest=max(rounds))
