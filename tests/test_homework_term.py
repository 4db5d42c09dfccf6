"""A simulated term: grades and response times are what an independent recount of the recorded facts says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from bot.demo import PACKS
from bot.domain.course import Course
from bot.engine.response_times import speed
from bot.features.homework.gradebook.book import as_json, known_homework
from bot.features.homework.store.answers import answers
from bot.simulation.run import Wanted, live
from storage.database import Database
from storage.tables import account, fact
from tests.test_simulation import loaded

MINUTE = timedelta(minutes=1)
BEGINS, ENDS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class Told(NamedTuple):
    """A recorded fact, of whom in the script it tells."""

    who: str
    kind: str
    object: str
    at: datetime
    cause: str
    values: dict[str, Any]


class Answer(NamedTuple):
    """What somebody was waited for, recounted."""

    who: str
    minutes: int
    is_in_time: bool


async def lived(folder: Path, pack: str, *, students: int, weeks: int) -> tuple[Database, Course]:
    wanted = Wanted(pack=PACKS / pack, weeks=weeks, students=students, assistants=3, seed=7, language="en")
    await live(wanted, folder, lambda day: None, chaos=False)
    return Database(f"sqlite:///{(folder / 'term.db').as_posix()}"), loaded(folder / pack)


def told(db: Connection) -> list[Told]:
    query = select(account.c.user, fact.c.kind, fact.c.object, fact.c.at, fact.c.cause, fact.c["values"])
    query = query.join(account, account.c.member == fact.c.member).where(fact.c.object.not_like("message %"))
    return [Told(*row) for row in db.execute(query.order_by(fact.c.id))]


# --- the recount ------------------------------------------------------------------------------------------------------


def scores(facts: list[Told]) -> dict[tuple[str, str], int]:
    """The last score of each student and homework that was not taken back."""
    found: dict[tuple[str, str], int] = {}
    for one in facts:
        key = one.who, one.object.removeprefix("homework ")
        if one.kind == "homework.graded":
            found[key] = one.values["score"]
        elif one.values.get("fact") == "homework.graded":
            found.pop(key, None)
    return found


def answered(facts: list[Told], course: Course) -> Iterator[Answer]:
    """Each answer with the time since the last version before it: a student's fact of the same cause tells whose."""
    about: dict[str, tuple[str, str]] = {}
    for one in facts:
        if one.kind == "homework.graded" or one.values.get("fact") == "homework.submitted":
            about[one.cause] = one.who, one.object
    for one in facts:
        if one.kind == "grading.done":
            waited = minutes_between(last_before(facts, about[one.cause], one.at), one.at, course)
            within = course.book.grading.within
            yield Answer(one.who, int(waited // MINUTE), waited <= within)


def last_before(facts: list[Told], whose: tuple[str, str], at: datetime) -> datetime:
    mine = [f.at for f in facts if (f.who, f.object) == whose and f.kind == "homework.submitted" and f.at <= at]
    return mine[-1]


def minutes_between(since: datetime, until: datetime, course: Course) -> timedelta:
    """Walks from one full minute to the next, and leaves out those of the night and of days of rest."""
    zone, rest, passed = ZoneInfo(course.zone), course.book.grading.rest, timedelta(0)
    while since < until:
        following = min(since.replace(second=0, microsecond=0) + MINUTE, until)
        local = since.astimezone(zone)
        at_night = rest.nights and is_between(local.time(), *rest.nights)
        if not (at_night or local.weekday() in rest.weekdays or local.date() in rest.dates):
            passed += following - since
        since = following
    return passed


def is_between(at: time, falls: time, rises: time) -> bool:
    return falls <= at or at < rises if falls > rises else falls <= at < rises


def rank(values: list[int], share: float) -> int:
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]


# --- what the product says --------------------------------------------------------------------------------------------


def exported(db: Connection, course: Course) -> dict[tuple[str, str], int]:
    """The scores as `./homeroom export grades --json` writes them."""
    book = as_json(db, course, known_homework(db, course), ENDS)
    return {
        (student["accounts"][0].removeprefix("local:"), one["homework"]): max(one["grades"], key=lambda g: g["at"])[
            "score"
        ]
        for student in book["students"]
        for one in student["hand_ins"]
        if one["state"] == "graded"
    }


def check(db: Connection, course: Course) -> int:
    """How many answers were held against the recount."""
    facts = told(db)
    assert exported(db, course) == scores(facts)
    names = {row.member: row.user for row in db.execute(select(account))}
    shown = answers(db, course.id, BEGINS, ENDS)
    recounted = list(answered(facts, course))
    for who in {one.who for one in recounted}:
        mine = [one for one in recounted if one.who == who]
        theirs = speed([one for one in shown if names[one.member] == who])
        assert theirs is not None
        assert theirs.answers == len(mine)
        assert theirs.median // MINUTE == rank([one.minutes for one in mine], 0.5)
        assert theirs.p90 // MINUTE == rank([one.minutes for one in mine], 0.9)
        assert theirs.in_time == int(sum(one.is_in_time for one in mine) / len(mine) * 100 + 0.5)
    late = {one.values["late"] for one in facts if one.kind == "homework.submitted"}
    assert late == {True, False}
    return len(recounted)


@pytest.mark.parametrize("pack", ["xhs-writing", "python-start"])
async def test_a_term_is_graded_as_its_facts_say(tmp_path: Path, pack: str) -> None:
    database, course = await lived(tmp_path, pack, students=40, weeks=2)
    with database.begin() as db:
        assert check(db, course) > 50
    database.close()


@pytest.mark.long
async def test_a_term_of_three_hundred_students_is_graded_as_its_facts_say(tmp_path: Path) -> None:
    database, course = await lived(tmp_path, "xhs-writing", students=300, weeks=8)
    with database.begin() as db:
        assert check(db, course) > 2000
    database.close()
