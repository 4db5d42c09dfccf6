"""What many got wrong, as it is counted, and the digests made of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, insert, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.homework.store.grades import holds
from bot.features.homework.store.tables import answer, attempt, digest, grade, hand_in
from storage.persons import counts_once, person_of

Digest = Row[Any]


def newest_grades(db: Connection, course: CourseId, homework: str) -> Sequence[Any]:
    """What the newest grade of each person or team says of its parts; not of what was withdrawn."""
    mine = (grade.c.hand_in == hand_in.c.id) & holds()
    last = select(func.max(grade.c.id)).where(mine).correlate(hand_in).scalar_subquery()
    query = select(person_of(hand_in.c.member), hand_in.c.team, grade.c.scores, grade.c.problems)
    mine = (hand_in.c.course == course) & (hand_in.c.homework == homework) & (hand_in.c.state != "withdrawn")
    rows = db.execute(query.join(hand_in, grade.c.id == last).where(mine).order_by(grade.c.id))
    return [*{("team", row.team) if row.team else ("member", row[0]): row for row in rows}.values()]


def wrong_answers(db: Connection, course: CourseId, homework: str) -> dict[str, tuple[int, int]]:
    """By question, how many got it wrong at their first attempt, and how many have answered it then."""
    first = (attempt.c.course == course) & (attempt.c.homework == homework) & (attempt.c.number == 1)
    first &= attempt.c.finished_at.is_not(None) & counts_once(attempt, "course", "homework", "number")
    wrong = func.count(case((~answer.c.is_right, 1)))
    query = select(answer.c.question, wrong, func.count()).join(attempt, attempt.c.id == answer.c.attempt)
    query = query.where(first, answer.c.is_final).group_by(answer.c.question)
    return {row[0]: (row[1], row[2]) for row in db.execute(query)}


def graded_homework(db: Connection, course: CourseId) -> set[str]:
    """The homework of which something was graded."""
    query = select(hand_in.c.homework).join(grade, grade.c.hand_in == hand_in.c.id).where(hand_in.c.course == course)
    return set(db.execute(query.distinct()).scalars())


def keep(
    db: Connection, course: CourseId, homework: str, missed: object, by: MemberId, at: datetime
) -> tuple[int, bool]:
    """The number of the digest, and whether it is new: of each homework there is one that was not posted."""
    mine = (digest.c.course == course) & (digest.c.homework == homework) & digest.c.posted_at.is_(None)
    again = update(digest).where(mine, digest.c.filled_at.is_(None)).values(missed=missed, at=at).returning(digest.c.id)
    if (known := db.execute(again).scalar()) is not None:
        return int(known), False
    row = {"course": course, "homework": homework, "missed": missed, "by": by, "at": at, "files": []}
    return int(db.execute(insert(digest).values(row).returning(digest.c.id)).scalar_one()), True


def called(db: Connection, course: CourseId, number: int) -> Digest | None:
    """The digest with this number, locked."""
    query = select(digest).where(digest.c.id == number, digest.c.course == course).with_for_update()
    return db.execute(query).one_or_none()


def unposted(db: Connection, course: CourseId) -> Sequence[Digest]:
    """Those that wait for a video, the oldest first."""
    query = select(digest).where(digest.c.course == course, digest.c.posted_at.is_(None)).order_by(digest.c.id)
    return db.execute(query).all()


def since(db: Connection, course: CourseId, moment: datetime, until: datetime) -> Sequence[Digest]:
    """Those made in this time, the oldest first."""
    mine = (digest.c.course == course) & (digest.c.at > moment) & (digest.c.at <= until)
    return db.execute(select(digest).where(mine).order_by(digest.c.id)).all()


def change(db: Connection, number: int, **values: Any) -> Digest:
    """Change one that is locked; as it is then."""
    return db.execute(update(digest).where(digest.c.id == number).values(values).returning(*digest.c)).one()
