"""The grades of a course as a table, one row for each student, and as JSON with all there is to know."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.domain.course import Course
from bot.domain.ids import Language
from bot.engine.spreadsheet import csv_of
from bot.features.homework.store.gradebook import Result, Student, handed_in, students
from bot.texts.catalogue import Catalogues

_PERSON = ("grades.name", "grades.handle", "grades.account", "grades.level", "grades.here")
_HOMEWORK = (
    "grades.state",
    "grades.score",
    "grades.points",
    "grades.out_of",
    "grades.version",
    "grades.at",
    "grades.late",
    "grades.by",
    "grades.graded_at",
    "grades.waited",
)
_STATES = {
    "waiting": "grades.state_waiting",
    "graded": "grades.state_graded",
    "returned": "grades.state_returned",
    "withdrawn": "grades.state_withdrawn",
}


def as_csv(db: Connection, course: Course, texts: Catalogues, language: Language, homework: Sequence[str]) -> str:
    """Of these homework, in this order; the head in the reader's language, times in the course's zone."""

    def say(id: str, /, **values: Any) -> str:
        return texts.say(language, id, **values)

    titles = [
        texts.show(language, course.book.homework[id].title) if id in course.book.homework else id for id in homework
    ]
    columns = [say(name) for name in _PERSON]
    columns += [say("grades.of", homework=title, what=say(name)) for title in titles for name in _HOMEWORK]
    return csv_of([columns, *(_row(one, course, say, homework) for one in students(db, course.id))])


def known_homework(db: Connection, course: Course) -> list[str]:
    """The ids of the course's homework as it is now, and of what was handed in for others that are gone."""
    return [*course.book.homework, *sorted(handed_in(db, course.id) - course.book.homework.keys())]


def _row(one: Student, course: Course, say: Callable[..., str], homework: Sequence[str]) -> list[object]:
    level = one.level or (course.levels[0].id if course.levels else "")
    here = say("word.no" if one.left_at else "word.yes")
    cells: list[object] = [one.name, one.handle, " ".join(one.accounts), level, here]
    for id in homework:
        cells += _cells(one.results.get(id), course, say)
    return cells


def _cells(result: Result | None, course: Course, say: Callable[..., str]) -> list[object]:
    if result is None:
        return [say("grades.none"), *[None] * (len(_HOMEWORK) - 1)]
    found, given = result.counts, result.last
    late = say("word.yes" if found and found.is_late else "word.no")
    return [
        say(_STATES[result.row.state]),
        *([given.score, given.points, given.out_of] if given else [None] * 3),
        *([found.version, _local(found.at, course), late] if found else [None] * 3),
        *(_graded(given, course, say) if given else [None] * 3),
    ]


def _graded(given: Row[Any], course: Course, say: Callable[..., str]) -> list[object]:
    by = given.name if given.member else say("grades.by_itself")
    waited = None if given.waited is None else round(given.waited / 3600, 2)
    return [by, _local(given.at, course), waited]


def _local(moment: datetime, course: Course) -> str:
    """As a spreadsheet reads it as a date."""
    return f"{course.wall_time(moment):%Y-%m-%d %H:%M:%S}"


# --- for programs -----------------------------------------------------------------------------------------------------


def as_json(db: Connection, course: Course, homework: Sequence[str], at: datetime) -> dict[str, Any]:
    """All versions and all grades with their moments; neither works nor comments."""
    return {
        "course": course.id,
        "made_at": at.isoformat(),
        "zone": course.zone,
        "homework": [_homework(course, id) for id in homework],
        "students": [_student(one, homework) for one in students(db, course.id)],
    }


def _homework(course: Course, id: str) -> dict[str, Any]:
    found = course.book.homework.get(id)
    if found is None:
        return {"id": id}
    due_at = found.due.moment(course.zone).isoformat()
    return {
        "id": id,
        "title": dict(found.title.by_language),
        "tier": found.tier,
        "due_at": due_at,
        "out_of": found.out_of,
    }


def _student(one: Student, homework: Sequence[str]) -> dict[str, Any]:
    return {
        "member": one.member,
        "name": one.name,
        "handle": one.handle,
        "accounts": [*one.accounts],
        "level": one.level,
        "tags": [*one.tags],
        "left_at": one.left_at.isoformat() if one.left_at else None,
        "hand_ins": [_hand_in(one.results[id]) for id in homework if id in one.results],
        "extensions": [dict(_extensions(row)) for row in one.extensions if row.homework in homework],
    }


def _extensions(row: Row[Any]) -> Iterator[tuple[str, Any]]:
    yield "homework", row.homework
    yield "until", row.until.isoformat()
    yield "source", row.source
    yield "by", row.by
    yield "at", row.at.isoformat()
    yield "ended_at", row.ended_at.isoformat() if row.ended_at else None


def _hand_in(result: Result) -> dict[str, Any]:
    row = result.row
    return {
        "homework": row.homework,
        "number": row.id,
        "team": result.team,
        "state": row.state,
        "counts": row.counts,
        "late": row.is_late,
        "versions": [
            {"version": one.version, "member": one.member, "at": one.at.isoformat(), "late": one.is_late}
            for one in result.versions
        ],
        "grades": [_grade(one) for one in result.grades],
    }


def _grade(one: Row[Any]) -> dict[str, Any]:
    names = ("version", "kind", "member", "points", "out_of", "lost", "score", "scores", "problems", "is_in_time")
    figures = {name: getattr(one, name) for name in names}
    return figures | {"at": one.at.isoformat(), "by": one.name, "waited_seconds": one.waited}
