"""Keeping the boards up with the ledger, in the same transaction."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, text

from bot.domain.rules import LedgerEntry
from storage.boards.tables import BOARDS, LISTED, STEPS, boards_of, periods_of, rows_of
from storage.bulk import execute_stored
from storage.columns import encode_json

Place = tuple[str, str, str]
"""Course, board, period."""
Key = tuple[str, str, str, int]
"""Course, board, period, member."""
Change = tuple[int, int]
"""The points to be added to a score, and the number of its last entry."""

_AT_ONCE = 5_000  # rows of one statement


def add(db: Connection, entries: Mapping[int, LedgerEntry]) -> None:
    """Count new entries of the ledger, given by their numbers."""
    changes = _changes(entries)
    keys = sorted(changes)  # so that no two processes wait for each other
    for first in range(0, len(keys), _AT_ONCE):
        _write(db, changes, keys[first : first + _AT_ONCE])


def _changes(entries: Mapping[int, LedgerEntry]) -> dict[Key, Change]:
    changes: dict[Key, Change] = {}
    for number, entry in sorted(entries.items()):
        if entry.points:
            for board, period in _counts_for(entry.category, entry.local_date):
                key = (entry.course, board, period, entry.member)
                points, _ = changes.get(key, (0, 0))
                changes[key] = points + entry.points, number
    return changes


@lru_cache(maxsize=512)
def _counts_for(category: str, day: date) -> tuple[tuple[str, str], ...]:
    return tuple((board, period) for board in boards_of(category) for period in periods_of(day))


def _write(db: Connection, changes: Mapping[Key, Change], keys: Sequence[Key]) -> None:
    scores = _read(db, keys)
    if new := [key for key in keys if key not in scores]:
        _run(db, "begin", new)
        scores |= _read(db, new)
    counts = Counts()
    rows = []
    further: dict[Key, Change] = {}  # of who was merged into another: it counts for both
    for key in keys:
        (before, early, is_listed, survivor), (change, number) = scores[key], changes[key]
        rows.append((before + change, min(early, -number), *key))
        if is_listed:
            counts.move(key[:3], before, before + change)
        if survivor is not None:
            points, last = further.get((*key[:3], survivor), (0, 0))
            further[*key[:3], survivor] = points + change, max(last, number)
    execute_stored(db, _UPDATE, rows)
    counts.write(db)
    if further:
        _write(db, further, sorted(further))


def _read(db: Connection, keys: Sequence[Key]) -> dict[Key, tuple[int, int, bool, int | None]]:
    """Points, early and is_listed of the scores that are there, and into whom their member was merged."""
    rows = _run(db, "read", keys).all()
    return {
        (course, board, period, who): (points, early, is_listed, survivor)
        for course, board, period, who, points, early, is_listed, survivor in rows
    }


class Counts:
    """How many members more, or less, have these points."""

    def __init__(self) -> None:
        self._by_step: Counter[tuple[str, str, str, int, int]] = Counter()

    def move(self, place: Place, before: int, after: int) -> None:
        """One member of the board has other points; who has none stands on no board."""
        if place[1] not in BOARDS or (before <= 0 and after <= 0):
            return
        for step in STEPS:
            old, new = before // step * step, after // step * step
            if before > 0 and after > 0 and old == new:
                return  # nor will any wider step differ
            if before > 0:
                self._by_step[*place, step, old] -= 1
            if after > 0:
                self._by_step[*place, step, new] += 1

    def write(self, db: Connection) -> None:
        if rows := [(*key, members) for key, members in sorted(self._by_step.items()) if members]:
            execute_stored(db, _COUNT, rows)


_UPDATE = "UPDATE score SET points = ?, early = ? WHERE course = ? AND board = ? AND period = ? AND member = ?"
_RELIST = "UPDATE score SET is_listed = ? WHERE course = ? AND board = ? AND period = ? AND member = ?"
_COUNT = """
    INSERT INTO score_count (course, board, period, step, points, members) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (course, board, period, step, points) DO UPDATE SET members = score_count.members + excluded.members"""


def relist(db: Connection, members: Collection[int]) -> None:
    """Put members on the boards, or take them off, as their role, presence and wishes now are."""
    counts, rows = Counts(), []
    for *key, points, is_listed in _run(db, "misplaced", [(who,) for who in sorted(members)]).all():
        rows.append((not is_listed, *key))
        counts.move(tuple(key[:3]), *((points, 0) if is_listed else (0, points)))
    if rows:
        execute_stored(db, _RELIST, rows)
    counts.write(db)


def _run(db: Connection, what: str, rows: Sequence[tuple[str | int, ...]]) -> CursorResult[*tuple[Any, ...]]:
    return db.execute(_statements(db.dialect.name)[what], {"rows": encode_json(rows)})


@cache
def _statements(dialect: str) -> dict[str, TextClause]:
    """What is read stays locked on PostgreSQL until the transaction ends; SQLite has one writer at a time.

    CROSS JOIN: SQLite then looks the rows up that are asked for, however it estimates the tables.
    """
    keys = rows_of(dialect, course="text", board="text", period="text", member="bigint")
    read = f"""
        SELECT s.course, s.board, s.period, s.member, s.points, s.early, s.is_listed, m.merged_into
        FROM {keys} r CROSS JOIN score s CROSS JOIN member m
        WHERE s.course = r.course AND s.board = r.board AND s.period = r.period AND s.member = r.member
            AND m.id = s.member"""  # noqa: S608
    begun = f"""
        INSERT INTO score (course, board, period, member, points, early, is_listed)
        SELECT r.course, r.board, r.period, r.member, 0, 0, {LISTED}
        FROM {keys} r CROSS JOIN member m WHERE m.id = r.member"""  # noqa: S608
    misplaced = f"""
        SELECT s.course, s.board, s.period, s.member, s.points, s.is_listed
        FROM {rows_of(dialect, member="bigint")} r CROSS JOIN member m CROSS JOIN score s
        WHERE m.id = r.member AND s.member = m.id AND s.is_listed <> {LISTED}"""  # noqa: S608
    if dialect == "postgresql":
        in_order = " ORDER BY s.course, s.board, s.period, s.member FOR UPDATE OF s"
        read, misplaced = read + in_order, misplaced + in_order
        begun += " ORDER BY r.course, r.board, r.period, r.member FOR SHARE OF m"
    begun += " ON CONFLICT DO NOTHING"
    return {"read": text(read), "begin": text(begun), "misplaced": text(misplaced)}
