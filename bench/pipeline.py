"""Plain chat messages from event to durable commit, with the rules judged; beside a floor of bare SQLite."""

import gc
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.local.parse import parse
from adapters.local.values import Message, Person, Piece
from bench.table import Row
from bot.app import App, build
from bot.config import Settings
from bot.domain.course import Course
from bot.domain.events import Event
from scheduler.clock import VirtualClock
from storage.migrate import migrate

Item = TypeVar("Item")
Result = TypeVar("Result")

BATCH = 100
BATCHES = 60
ROUNDS = 5
PEOPLE = 300
WARM = 6

_WORDS = "今天的标题改了三版，最后留下了带数字的那一版 "


async def _nothing(_: datetime) -> None:
    return None


def measure(pack: Path, folder: Path) -> list[Row]:
    """Each row is the median of several rounds of several batches of 100."""
    app, course = _opened(pack, folder)
    started = datetime.combine(course.starts, datetime.min.time(), UTC) + timedelta(hours=5)
    updates = list(_updates(started, BATCH * (BATCHES + WARM)))
    parsed, parsing = _timed(_batches(updates), lambda batch: [parse(key, update) for key, update in batch])
    for batch in parsed[:WARM]:  # the members are made once
        app.pipeline.process(batch)
    gc.freeze()  # the events that wait here are the benchmark's own weight, not the pipeline's
    _, handling = _timed(parsed[WARM:], app.pipeline.process)
    floor = _floor(folder / "floor.db", parsed)
    app.database.close()
    return [
        _row("parse (local chat)", parsing),
        _row("claim, judge, write, commit", handling),
        _row("floor: two bare SQLite inserts, same batches", floor),
    ]


def _opened(pack: Path, folder: Path) -> tuple[App, Course]:
    settings = Settings.model_validate(
        {
            "database": f"sqlite:///{folder / 'bench.db'}",
            "data": folder,
            "language": "en",
            "courses": (pack,),
            "platforms": {},
        }
    )
    app = build(settings, clock=VirtualClock(datetime(2027, 3, 1, tzinfo=UTC), _nothing))
    migrate(app.database, folder, datetime(2027, 3, 1, tzinfo=UTC))
    with app.database.begin() as db:
        app.library.activate_all(db, datetime(2027, 2, 28, tzinfo=UTC))
        live = app.library.refresh(db)
    return app, next(iter(live.courses.values()))


def _updates(started: datetime, count: int) -> Iterator[tuple[str, dict[str, object]]]:
    for number in range(1, count + 1):
        person = Person(id=f"p{number * 7 % PEOPLE}", name=f"同学{number * 7 % PEOPLE}")
        message = Message(
            number=number,
            room="main",
            author=person.id,
            name=person.name,
            at=(started + timedelta(seconds=number)).isoformat(),
            body=(Piece(_WORDS * (1 + number % 3)),),
        )
        yield f"message:{number}", msgspec.to_builtins({"kind": "message", "person": person, "message": message})


def _batches(updates: Sequence[Item]) -> list[Sequence[Item]]:
    return [updates[i : i + BATCH] for i in range(0, len(updates), BATCH)]


def _timed(
    batches: Sequence[Sequence[Item]], work: Callable[[Sequence[Item]], Result]
) -> tuple[list[Result], list[float]]:
    """What the work gives, and microseconds of CPU for one message, round by round."""
    results, rounds = [], []
    size = max(1, len(batches) // ROUNDS)
    for first in range(0, len(batches), size):
        before = time.process_time()
        results += [work(batch) for batch in batches[first : first + size]]
        spent = time.process_time() - before
        rounds.append(spent / sum(len(batch) for batch in batches[first : first + size]) * 1e6)
    return results, rounds


def _floor(path: Path, batches: Sequence[Sequence[Event]]) -> list[float]:
    """What SQLite alone costs for a claim and a row of text, durable, in the same batches."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("create table claim (key text primary key, at integer) without rowid")
    db.execute("create table fact (id integer primary key, member integer, at integer, body text)")

    def write(batch: Sequence[Event]) -> None:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("insert into claim values (?, ?)", [(event.key, 1) for event in batch])
        db.executemany("insert into fact (member, at, body) values (?, ?, ?)", [(1, 1, "{}") for _ in batch])
        db.execute("COMMIT")

    _, rounds = _timed(batches, write)
    db.close()
    return rounds


def _row(what: str, rounds: list[float]) -> Row:
    return Row(what=what, unit="µs", median=statistics.median(rounds), lowest=min(rounds), highest=max(rounds))
