"""Questions as rows. Their numbers are given once in each session, so that one that is taken back leaves a gap."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.live_qa.store.tables import question, session
from storage.personal import GONE
from storage.persons import is_of, same_person
from storage.tables import member, profile

Question = Row[Any]
"""A row, with `person` who asked it, their `name`, and whether they are `here`."""


class First(NamedTuple):
    """Where a question was asked first: it is the same one wherever it is carried to."""

    session: int
    number: int


def first_of(row: Question) -> First:
    return First(row.first_session or row.session, row.first_number or row.number)


_QUESTIONS = (
    select(question, member.c.id.label("person"), profile.c.name, member.c.left_at.is_(None).label("here"))
    .join_from(question, member, is_of(question.c.member))
    .join(profile, profile.c.member == member.c.id)
    .order_by(question.c.session, question.c.number)
)


def add(db: Connection, id: int, who: MemberId, asked: str, *, at: datetime, object: str | None = None) -> int:
    """Keep a question; its number."""
    return _insert(db, id, {"member": who, "at": at, "text": asked, "object": object})


def copy(db: Connection, row: Question, id: int) -> int:
    """Put it on the list of another session, too; its number there."""
    first = first_of(row)
    values = {name: getattr(row, name) for name in ("member", "at", "text", "object")}
    return _insert(db, id, values | {"first_session": first.session, "first_number": first.number})


def _insert(db: Connection, id: int, values: dict[str, Any]) -> int:
    counted = update(session).where(session.c.id == id).values(asked=session.c.asked + 1)
    number: int = db.execute(counted.returning(session.c.asked)).scalar_one()
    db.execute(insert(question).values(values | {"session": id, "number": number}))
    return number


def change(db: Connection, id: int, number: int, **values: Any) -> None:
    db.execute(update(question).where(question.c.session == id, question.c.number == number).values(values))


def drop(db: Connection, id: int, number: int) -> None:
    """With the votes for it."""
    db.execute(delete(question).where(question.c.session == id, question.c.number == number))


def one(db: Connection, id: int, number: int) -> Question | None:
    mine = (question.c.session == id) & (question.c.number == number)
    return db.execute(_QUESTIONS.where(mine)).one_or_none()


def of_session(db: Connection, id: int) -> Sequence[Question]:
    """All of them, in the order of their numbers; also those of members who have left, and those that are merged."""
    return db.execute(_QUESTIONS.where(question.c.session == id)).all()


def of_member(db: Connection, id: int, who: MemberId) -> Sequence[Question]:
    """What a member has asked, by whichever account, oldest first."""
    mine = (question.c.session == id) & same_person(question.c.member, who)
    return db.execute(_QUESTIONS.where(mine)).all()


def same(db: Connection, first: First) -> Sequence[Question]:
    """One question in every session that it was carried through, in order."""
    return db.execute(_QUESTIONS.where(_is_same(first))).all()


def _is_same(first: First) -> ColumnElement[bool]:
    original = and_(question.c.session == first.session, question.c.number == first.number)
    carried = and_(question.c.first_session == first.session, question.c.first_number == first.number)
    return original | carried


def made_from(db: Connection, course: CourseId, object: str) -> Sequence[Question]:
    """The questions that were made from a message."""
    ours = select(session.c.id).where(session.c.course == course)
    return db.execute(_QUESTIONS.where(question.c.object == object, question.c.session.in_(ours))).all()


def asked_by(db: Connection, members: Collection[int]) -> Sequence[Any]:
    """The questions of these members in all their courses: session, number, and the course."""
    rows = select(question, session.c.course).join(session, session.c.id == question.c.session)
    rows = rows.where(question.c.member.in_(members)).order_by(question.c.session, question.c.number)
    return db.execute(rows).all()


def count(db: Connection, id: int) -> int:
    """How many were asked, by those who are still here; those that ask the same, too."""
    asked = select(func.count()).select_from(question).join(member, is_of(question.c.member))
    return db.execute(asked.where(question.c.session == id, member.c.left_at.is_(None))).scalar_one()


def noted(db: Connection, course: CourseId) -> Sequence[Question]:
    """Those of all sessions with an answer in words, and those that ask the same."""
    ours = select(session.c.id).where(session.c.course == course, session.c.opened_at.is_not(None))
    answered = (question.c.answer.is_not(None) & (question.c.answer != "")) | question.c.merged_into.is_not(None)
    return db.execute(_QUESTIONS.where(question.c.session.in_(ours), answered, question.c.text != GONE)).all()
