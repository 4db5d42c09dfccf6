"""Questions as rows. Whatever changes one locks its row first, so that two who act at once come one after the other."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, insert, literal, select, update

from bot.domain.ids import CourseId, MemberId
from bot.features.questions.store.settled import note_question
from bot.features.questions.store.tables import question
from storage.among import among
from storage.persons import person_of, same_person
from storage.tables import Id, member

Question = Row[Any]

OPEN = ("waiting", "asked_back", "answered")
"""The states of what is not settled yet."""
UNFILED = ("drafted", "helped")
"""The states of what nobody but the asker knows of."""


def add(db: Connection, values: dict[str, Any]) -> Question:
    return db.execute(insert(question).values(values).returning(*question.c)).one()


def change(db: Connection, number: int, **values: Any) -> Question:
    """As it is afterwards."""
    row = db.execute(update(question).where(question.c.id == number).values(values).returning(*question.c)).one()
    note_question(db, row, values)
    return row


def by_number(db: Connection, course: CourseId, number: int, *, lock: bool = False) -> Question | None:
    """Whosever it is."""
    query = select(question).where(question.c.id == number, question.c.course == course)
    return db.execute(query.with_for_update() if lock else query).one_or_none()


def those(db: Connection, course: CourseId, numbers: Collection[int], *, lock: bool = False) -> Sequence[Question]:
    """Those of these numbers, in order."""
    query = select(question).where(question.c.course == course, among(question.c.id, "numbers")).order_by(question.c.id)
    return db.execute(query.with_for_update() if lock else query, {"numbers": list(numbers)}).all()


def from_message(db: Connection, object: str) -> Question | None:
    """The one that was made from a message, locked; the newest, should there be several."""
    mine = select(question).where(question.c.object == object).order_by(question.c.id.desc()).limit(1)
    return db.execute(mine.with_for_update()).one_or_none()


def of_member(db: Connection, course: CourseId, who: MemberId, *, limit: int) -> Sequence[Question]:
    """What somebody has asked, by whichever account; the newest first, without what was never filed."""
    mine = (question.c.course == course) & same_person(question.c.member, who) & (question.c.state != "drafted")
    return db.execute(select(question).where(mine).order_by(question.c.id.desc()).limit(limit)).all()


def waiting(db: Connection, course: CourseId) -> Sequence[Question]:
    """All that staff are waited for, the longest first."""
    mine = (question.c.course == course) & (question.c.state == "waiting")
    return db.execute(select(question).where(mine).order_by(question.c.waiting_since, question.c.id)).all()


def claimed_by(db: Connection, course: CourseId, who: MemberId) -> Sequence[Question]:
    """What somebody has claimed, by whichever account, locked."""
    mine = (question.c.course == course) & same_person(question.c.claimed_by, who)
    return db.execute(select(question).where(mine).order_by(question.c.id).with_for_update()).all()


def is_staff(db: Connection, who: MemberId) -> bool:
    """Whether this member is here, and one of the staff."""
    found = db.execute(select(member.c.role, member.c.left_at).where(member.c.id == person_of(literal(who, Id)))).one()
    return found.role != "student" and found.left_at is None


def unsettled(db: Connection, course: CourseId, day: date) -> Sequence[Question]:
    """Anonymous ones of a date that no fact tells of yet, locked."""
    mine = (question.c.course == course) & (question.c.unsettled == day)
    return db.execute(select(question).where(mine).order_by(question.c.id).with_for_update()).all()


def merged_into(db: Connection, number: int) -> Sequence[Question]:
    """Those that ask the same, and whose askers hear what is answered here."""
    same = (question.c.merged_into == number) & (question.c.state == "merged")
    return db.execute(select(question).where(same).order_by(question.c.id)).all()
