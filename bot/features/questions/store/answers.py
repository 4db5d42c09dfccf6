"""Answers, remarks, and how long staff were waited for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.questions.store.settled import note_answer
from bot.features.questions.store.tables import answer, question, remark, response
from storage.persons import same_person

Answer = Row[Any]
Remark = Row[Any]


def add(db: Connection, values: dict[str, Any]) -> Answer:
    return db.execute(insert(answer).values(values).returning(*answer.c)).one()


def change(db: Connection, number: int, **values: Any) -> Answer:
    """As it is afterwards."""
    row = db.execute(update(answer).where(answer.c.id == number).values(values).returning(*answer.c)).one()
    note_answer(db, row, values)
    return row


def by_number(db: Connection, course: CourseId, number: int) -> Answer | None:
    """Locked. Whose question it answers is locked by who asks for it."""
    mine = select(answer).join(question, question.c.id == answer.c.question)
    mine = mine.where(answer.c.id == number, question.c.course == course)
    return db.execute(mine.with_for_update(of=answer)).one_or_none()


def locked(db: Connection, number: int) -> Answer | None:
    """Whosever it is, in whichever course."""
    return db.execute(select(answer).where(answer.c.id == number).with_for_update()).one_or_none()


def remark_by_number(db: Connection, number: int) -> Remark | None:
    """The same for what was added or asked back."""
    return db.execute(select(remark).where(remark.c.id == number).with_for_update()).one_or_none()


def of_question(db: Connection, number: int) -> Sequence[Answer]:
    """In order, without those that were withdrawn."""
    mine = (answer.c.question == number) & answer.c.withdrawn_at.is_(None)
    return db.execute(select(answer).where(mine).order_by(answer.c.id)).all()


def from_message(db: Connection, course: CourseId, object: str) -> Answer | None:
    """The one that stands in a message of this course."""
    mine = select(answer).join(question, question.c.id == answer.c.question)
    mine = mine.where(answer.c.object == object, answer.c.withdrawn_at.is_(None), question.c.course == course)
    return db.execute(mine.order_by(answer.c.id.desc()).limit(1)).one_or_none()


def replace_files(db: Connection, number: int, files: list[Any], *, is_remark: bool) -> None:
    """Of an answer, or of a remark."""
    table = remark if is_remark else answer
    db.execute(update(table).where(table.c.id == number).values(files=files))


def add_remark(db: Connection, values: dict[str, Any]) -> Remark:
    return db.execute(insert(remark).values(values).returning(*remark.c)).one()


def remarks_of(db: Connection, number: int) -> Sequence[Remark]:
    """In order."""
    return db.execute(select(remark).where(remark.c.question == number).order_by(remark.c.id)).all()


def add_response(db: Connection, values: dict[str, Any]) -> None:
    db.execute(insert(response).values(values))


def response_of(db: Connection, answer_number: int) -> Row[Any] | None:
    """How long staff were waited for until this answer came, if they were."""
    mine = (response.c.answer == answer_number) & response.c.withdrawn_at.is_(None)
    return db.execute(select(response).where(mine)).one_or_none()


def withdraw_responses(db: Connection, answer_number: int, *, at: datetime) -> None:
    """An answer was withdrawn: nobody was answered by it."""
    db.execute(update(response).where(response.c.answer == answer_number).values(withdrawn_at=at))


def withdraw_response_at(db: Connection, number: int, then: datetime, *, at: datetime) -> None:
    """Who asked it was answered by something else than an answer, at that moment, and that is undone."""
    mine = (response.c.question == number) & response.c.answer.is_(None) & (response.c.at == then)
    db.execute(update(response).where(mine).values(withdrawn_at=at))


def staff_since_waited(db: Connection, number: int) -> bool:
    """Whether an answer by staff stands that has come since they were last waited for."""
    mine = select(response).where(response.c.question == number).order_by(response.c.id.desc()).limit(1)
    ended = db.execute(mine).one_or_none()
    by_staff = [one for one in of_question(db, number) if one.is_staff]
    if ended is None:
        return bool(by_staff)
    if ended.answer is not None:
        return any(one.id >= ended.answer for one in by_staff)
    return any(one.at >= ended.at for one in by_staff)


def has_answered(db: Connection, number: int, who: MemberId) -> bool:
    """Whether this member has an answer to it that was not withdrawn."""
    mine = (answer.c.question == number) & same_person(answer.c.member, who) & answer.c.withdrawn_at.is_(None)
    return db.execute(select(answer.c.id).where(mine).limit(1)).first() is not None


def course_of(db: Connection, number: int) -> CourseId | None:
    """Of the question with this number."""
    found = db.execute(select(question.c.course).where(question.c.id == number)).scalar_one_or_none()
    return CourseId(found) if found else None
