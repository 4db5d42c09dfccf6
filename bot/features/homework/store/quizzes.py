"""Attempts at quizzes, and the answers given in them.

An attempt that is changed is locked first, and an answer is final once: whatever is pressed twice, or on two devices.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, update

from bot.domain.homework import Homework, Question
from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Member
from bot.features.homework.quizzes.judging import Given, fingerprint
from bot.features.homework.store.tables import answer, attempt, grade
from storage.among import among
from storage.database import insert, insert_new
from storage.persons import person_of, same_person

Attempt = Row[Any]
Answer = Row[Any]


class Judged(NamedTuple):
    """What is true of a final answer."""

    is_right: bool
    seconds: int  # from the question to the answer


# --- attempts ---------------------------------------------------------------------------------------------------------


def attempts_of(db: Connection, course: CourseId, homework: str, who: MemberId) -> Sequence[Attempt]:
    """All attempts of a person at one quiz, the first one first."""
    query = select(attempt).where(_of(course, who), attempt.c.homework == homework)
    return db.execute(query.order_by(attempt.c.number, attempt.c.id)).all()


def _of(course: CourseId, who: MemberId) -> ColumnElement[bool]:
    return (attempt.c.course == course) & same_person(attempt.c.member, who)


def attempt_of(db: Connection, course: CourseId, who: MemberId, number: int) -> Attempt | None:
    """The attempt with this number in the database, locked, if it is this person's own."""
    return _locked(db, select(attempt).where(_of(course, who), attempt.c.id == number))


def open_attempt(db: Connection, course: CourseId, homework: str, who: MemberId) -> Attempt | None:
    """The attempt that is not finished, locked."""
    mine = _of(course, who) & (attempt.c.homework == homework) & attempt.c.finished_at.is_(None)
    return _locked(db, select(attempt).where(mine).order_by(attempt.c.id.desc()).limit(1))


def last_asked(db: Connection, course: CourseId, who: MemberId) -> Attempt | None:
    """The attempt of which a question was shown last, locked: what is said now is about that one."""
    mine = select(attempt).where(_of(course, who), attempt.c.finished_at.is_(None))
    return _locked(db, mine.order_by(attempt.c.asked_at.desc(), attempt.c.id.desc()).limit(1))


def unfinished(db: Connection, numbers: Collection[int]) -> Sequence[Attempt]:
    """Those of these attempts that are not finished, locked."""
    query = select(attempt).where(among(attempt.c.id, "numbers"), attempt.c.finished_at.is_(None))
    return db.execute(query.order_by(attempt.c.id).with_for_update(), {"numbers": list(numbers)}).all()


def _locked(db: Connection, query: Select[Any]) -> Attempt | None:
    return db.execute(query.with_for_update()).one_or_none()


def begin(db: Connection, who: Member, homework: Homework, *, number: int, at: datetime) -> Attempt | None:
    """One more attempt; None where another device has begun it just now."""
    row = {
        "course": who.course,
        "homework": homework.id,
        "member": who.id,
        "number": number,
        "started_at": at,
        "asked_at": at,
        "out_of": homework.out_of,
    }
    return db.execute(insert_new(db, attempt).values(row).returning(*attempt.c)).one_or_none()


def ask(db: Connection, number: int, *, at: datetime) -> None:
    """The current question of an attempt is shown now."""
    db.execute(update(attempt).where(attempt.c.id == number).values(asked_at=at))


def finish(db: Connection, number: int, *, points: int, out_of: int, at: datetime) -> bool:
    """Whether it was not finished before."""
    still_open = (attempt.c.id == number) & attempt.c.finished_at.is_(None)
    values = {"points": points, "out_of": out_of, "finished_at": at}
    return db.execute(update(attempt).where(still_open).values(values)).rowcount > 0


# --- answers ----------------------------------------------------------------------------------------------------------


def answers_of(db: Connection, number: int) -> dict[str, Answer]:
    """By the fingerprint of the question, the final ones and what is being chosen."""
    rows = db.execute(select(answer).where(answer.c.attempt == number))
    return {row.asked: row for row in rows}


def choose(db: Connection, number: int, question: Question, given: Given, *, at: datetime) -> bool:
    """Keep what is chosen so far; False where the answer is final."""
    return _keep(db, number, question, given, is_final=False, is_right=False, seconds=0, at=at)


def settle(db: Connection, number: int, question: Question, given: Given, judged: Judged, *, at: datetime) -> bool:
    """Make it the final answer; False where there is one."""
    return _keep(db, number, question, given, is_final=True, at=at, **judged._asdict())


def _keep(db: Connection, number: int, question: Question, given: Given, **values: Any) -> bool:
    values |= {"given": list(given), "question": question.id}
    row = insert(db, answer).values(attempt=number, asked=fingerprint(question), **values)
    changed = row.on_conflict_do_update(
        index_elements=["attempt", "asked"], set_=values, where=answer.c.is_final.is_(False)
    )
    return db.execute(changed).rowcount > 0


# --- results ----------------------------------------------------------------------------------------------------------


def latest_score(db: Connection, hand_in: int) -> int | None:
    """The percentage that counts for a hand-in now."""
    mine = select(grade.c.score).where(grade.c.hand_in == hand_in, grade.c.kind == "graded")
    found: int | None = db.execute(mine.order_by(grade.c.id.desc()).limit(1)).scalar_one_or_none()
    return found


def add_grade(db: Connection, hand_in: int, version: int, figures: Mapping[str, int], *, at: datetime) -> None:
    """What a quiz gives by itself; nobody has waited for it."""
    row = {
        "hand_in": hand_in,
        "version": version,
        "kind": "graded",
        "at": at,
        **figures,
        "scores": {},
        "problems": [],
        "comment": "",
        "files": [],
        "waited": 0,
        "is_in_time": True,
        "read_at": at,
    }
    db.execute(insert_new(db, grade).values(row))


# --- for staff --------------------------------------------------------------------------------------------------------


def first_sittings(db: Connection, course: CourseId, homework: str) -> dict[int, list[Answer]]:
    """The final answers of the first attempt of each person who has finished it, by attempt."""
    mine = (attempt.c.course == course) & (attempt.c.homework == homework)
    first = select(func.min(attempt.c.id)).where(mine).group_by(person_of(attempt.c.member))
    query = select(answer).join(attempt, attempt.c.id == answer.c.attempt)
    query = query.where(attempt.c.id.in_(first), attempt.c.finished_at.is_not(None), answer.c.is_final)
    found: dict[int, list[Answer]] = {}
    for row in db.execute(query.order_by(answer.c.attempt)):
        found.setdefault(row.attempt, []).append(row)
    return found
