"""How far staff were told of what waits, as rows have it: moved on when its alarm rings, set anew by other rules.

A row that waits has `id`, `waiting_since`, `due_at`, and `rung`: how far staff were told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Row, Table, select

from bot.domain.ids import CourseId
from bot.domain.response import Rung
from bot.engine.pace import Pace
from storage import alarms
from storage.database import insert


class Ladder(NamedTuple):
    """The clock of one course for rows of one kind."""

    course: CourseId
    alarm: str
    pace: Pace
    change: Callable[..., Row[Any]]  # `(db, number, due_at=…, rung=…)`: the row as it is afterwards


class Step(NamedTuple):
    """Something that staff are told more of than they were before."""

    row: Row[Any]
    rungs: tuple[Rung, ...]  # whose turn it is; none: it is only due soon


def steps(db: Connection, ladder: Ladder, rows: Iterable[Row[Any]], now: datetime) -> list[Step]:
    """Of these rows, locked, what staff are to be told now. Their alarms are set for the next time."""
    moved = [(_moved(db, ladder, row, now), int(row.rung)) for row in rows]
    _put(db, ladder, [row for row, _ in moved])
    return [Step(row, ladder.pace.between(before, row.rung)) for row, before in moved if row.rung != before]


def set_anew(db: Connection, ladder: Ladder, rows: Iterable[Row[Any]], now: datetime) -> None:
    """By rules that are new for these rows, locked.

    Who was told that one waits for too long hears it again when it does so by what is due now.
    """
    pace, anew = ladder.pace, []
    for row in rows:
        rung = min(pace.reached(row.waiting_since, 0, now), int(row.rung))
        anew.append(ladder.change(db, row.id, due_at=pace.due(row.waiting_since), rung=rung))
    _put(db, ladder, anew)


def _moved(db: Connection, ladder: Ladder, row: Row[Any], now: datetime) -> Row[Any]:
    """As it stands now; written only where something is different."""
    due_at = ladder.pace.due(row.waiting_since)
    rung = ladder.pace.reached(row.waiting_since, int(row.rung), now)
    if due_at == row.due_at and rung == row.rung:
        return row
    return ladder.change(db, row.id, due_at=due_at, rung=rung)


def _put(db: Connection, ladder: Ladder, rows: Sequence[Row[Any]]) -> None:
    following = ((row, ladder.pace.told_at(row.waiting_since, row.rung + 1)) for row in rows)
    alarms.put(db, ladder.course, ladder.alarm, [(str(row.id), at) for row, at in following if at])


class Ruled(Protocol):
    """What alarms are set by."""

    @property
    def rules(self) -> str: ...


def with_new_rules(db: Connection, kept: Table, paces: Mapping[CourseId, Ruled]) -> list[CourseId]:
    """The courses whose rules are others than when this was last asked: one tiny query, however many there are.

    `kept` has the columns `course` and `rules`: those by which the alarms were set.
    """
    if not paces:
        return []
    known = {row.course: row.rules for row in db.execute(select(kept.c.course, kept.c.rules))}
    others = {course: pace.rules for course, pace in paces.items() if known.get(course) != pace.rules}
    for course, rules in others.items():
        row = insert(db, kept).values(course=course, rules=rules)
        db.execute(row.on_conflict_do_update(index_elements=["course"], set_={"rules": rules}))
    return [*others]
