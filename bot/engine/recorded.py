"""The facts of a course as they were recorded, to be judged again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Row, select

from bot.domain.course import Course
from bot.domain.errors import RulesRejected
from bot.domain.ids import CourseId
from bot.domain.rules import Fact
from rules.loader import load_course
from rules.replay import DERIVED, Replay
from rules.vocabulary import Vocabulary
from storage.database import Database
from storage.tables import fact, snapshot

_AT_ONCE = 5_000


class Recorded(NamedTuple):
    """A fact, and the number of the snapshot that it was judged by."""

    snapshot: int
    fact: Fact


class WhatIf(NamedTuple):
    """What all recorded facts come to under one version of the rules."""

    points: Mapping[int, Mapping[str, int]]  # member -> rule -> net points
    levels: Mapping[int, str]  # without those who never left the first one
    first_level: str  # empty in a course without levels

    def points_of(self, member: int) -> int:
        return sum(self.points.get(member, {}).values())

    def level_of(self, member: int) -> str:
        return self.levels.get(member) or self.first_level


def facts_of(database: Database, course: CourseId) -> Iterator[Recorded]:
    """Every recorded fact but those that follow from others, oldest first.

    A short transaction for each few thousand, so that nobody waits for a long reading.
    """
    last = 0
    while True:
        query = select(fact).where(fact.c.course == course, fact.c.id > last, fact.c.kind.not_in(DERIVED))
        with database.begin() as db:
            rows = db.execute(query.order_by(fact.c.id).limit(_AT_ONCE)).all()
        yield from (Recorded(row.snapshot, _fact(row)) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def _fact(row: Row[tuple[object, ...]]) -> Fact:
    values = row._asdict()
    return Fact(**{name: values[name] for name in Fact.__struct_fields__})


def versions_of(database: Database, course: CourseId, vocabulary: Vocabulary) -> dict[int, Course]:
    """Every version of a course that was ever live, by the number of its snapshot.

    Raises RulesRejected where one was written by another version of the program and can't be read any more.
    """
    with database.begin() as db:
        rows = db.execute(select(snapshot).where(snapshot.c.course == course).order_by(snapshot.c.number)).all()
    return {row.number: load_course(course, row.files, vocabulary).course for row in rows}


def earlier_version(
    db: Connection, course: CourseId, number: int, at: datetime, vocabulary: Vocabulary
) -> Course | None:
    """Of those before this number the one that was live at this moment; None where it can't be read any more."""
    older = select(snapshot.c.files)
    older = older.where(snapshot.c.course == course, snapshot.c.number < number, snapshot.c.at <= at)
    files = db.execute(older.order_by(snapshot.c.number.desc()).limit(1)).scalar_one_or_none()
    try:
        return load_course(course, files, vocabulary).course if files else None
    except RulesRejected:
        return None


def judged_again(facts: Iterator[Recorded], versions: Mapping[int, Course]) -> Replay:
    """The ledger that the facts lead to, each judged by its own snapshot."""
    replay, number = Replay(), None
    for recorded in facts:
        if recorded.snapshot != number:
            number = recorded.snapshot
            replay.enter(versions[number])
        replay.take(versions[number], recorded.fact)
    return replay


def judged_by(facts: list[Fact], course: Course) -> WhatIf:
    """What all facts come to under one version of the rules."""
    replay = Replay()
    replay.enter(course)
    for found in facts:
        replay.take(course, found)
    points: dict[int, dict[str, int]] = {}
    for entry in replay.entries:
        rules = points.setdefault(replay.person(entry.member), {})
        rules[entry.rule] = rules.get(entry.rule, 0) + entry.points
    first = course.levels[0].id if course.levels else ""
    return WhatIf(points, dict(replay.fold.levels), first)
