"""What came of hand-ins: rows that are only added, of which the newest counts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.homework.store.hand_ins import is_mine
from bot.features.homework.store.tables import grade, hand_in
from storage.persons import person_of
from storage.tables import profile

Grade = Row[Any]

UNDONE = "undone"


def add(db: Connection, **values: Any) -> Grade:
    return db.execute(insert(grade).values(values).returning(*grade.c)).one()


def of_hand_in(db: Connection, number: int) -> Sequence[Grade]:
    """All of one hand-in that hold, the newest first, with `grader` and `name` of who graded; None: by itself."""
    grader = person_of(grade.c.member).label("grader")
    query = select(grade, profile.c.name, grader).join_from(
        grade, profile, profile.c.member == grader.element, isouter=True
    )
    return db.execute(query.where(grade.c.hand_in == number, holds()).order_by(grade.c.id.desc())).all()


def holds() -> ColumnElement[bool]:
    """Whether it is none that was taken back."""
    return grade.c.kind != UNDONE


def undo(db: Connection, id: int) -> None:
    """A return is one no more; its row stays, for whoever asks what has happened."""
    db.execute(update(grade).where(grade.c.id == id).values(kind=UNDONE))


def newest(db: Connection, number: int) -> Grade | None:
    """The one that counts."""
    return next(iter(of_hand_in(db, number)), None)


def in_force(db: Connection, number: int) -> Grade | None:
    """The grade that a hand-in has; None where it has none, or it was returned since."""
    found = newest(db, number)
    return found if found is not None and found.kind == "graded" else None


def returned_among(db: Connection, numbers: Collection[int]) -> set[int]:
    """Those of these hand-ins that were sent back at some time."""
    query = select(grade.c.hand_in).where(grade.c.hand_in.in_(numbers), grade.c.kind == "returned")
    return set(db.execute(query.distinct()).scalars())


def of_member(db: Connection, course: CourseId, who: MemberId) -> Sequence[Row[Any]]:
    """The newest grade of each of a member's hand-ins, the newest first, with `homework`."""
    mine = (grade.c.hand_in == hand_in.c.id) & holds()
    last = select(func.max(grade.c.id)).where(mine).correlate(hand_in).scalar_subquery()
    query = select(grade, hand_in.c.homework).join_from(hand_in, grade, grade.c.id == last)
    return db.execute(query.where(hand_in.c.course == course, is_mine(who)).order_by(grade.c.id.desc())).all()


def mark_read(db: Connection, id: int, at: datetime) -> None:
    """Note when its author first opened it."""
    db.execute(update(grade).where(grade.c.id == id, grade.c.read_at.is_(None)).values(read_at=at))
