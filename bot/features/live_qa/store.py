"""The sessions, the questions asked for them, and who attended.

A session that has not opened yet is a list of questions only: of these a course has one, and the next session to open
takes it. So what was asked for a session that never took place waits for the one after it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    distinct,
    func,
    insert,
    select,
    text,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from bot.features.live_qa.options import OPEN, STEPS
from storage.columns import LocalDate, Moment
from storage.database import insert as insert_or
from storage.database import insert_new
from storage.persons import is_of, person_of, same_person
from storage.tables import Id, member, metadata, occurrence, profile

session = Table(
    "live_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("asked", Integer, nullable=False, server_default=text("0")),  # the last number that a question got
    # From here on NULL until it opens.
    Column("ritual", String(48)),
    Column("local_date", LocalDate),
    Column("number", Integer),  # of several on that date
    Column("opened_at", Moment),
    Column("closes_at", Moment),
    Column("code", String(8)),
    UniqueConstraint("course", "ritual", "local_date", "number"),
    Index(
        "ix_live_session_waiting",
        "course",
        unique=True,
        sqlite_where=text("opened_at is null"),
        postgresql_where=text("opened_at is null"),
    ),
    Index(None, "course", "closes_at"),
)

question = Table(
    "live_question",
    metadata,
    Column("session", Id, ForeignKey("live_session.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("object", String(200)),  # the message that it was made from, if any
    Column("merged_into", Integer),  # the number of the one that asks the same
    Column("answer", Text),  # what was said about it, for the minutes
    Index(None, "object"),
)

vote = Table(
    "live_vote",
    metadata,
    Column("session", Id, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["session", "number"], ["live_question.session", "live_question.number"], ondelete="CASCADE"),
    Index(None, "member"),
)

attendance = Table(
    "live_attendance",
    metadata,
    Column("session", Id, ForeignKey("live_session.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment),  # NULL: has tried wrong codes only
    Column("wrong_codes", Integer, nullable=False, server_default=text("0")),
)

Session = Row[Any]


# --- sessions ---------------------------------------------------------------------------------------------------------


def open_session(db: Connection, due: OccurrenceDue, *, closes_at: datetime, code: str) -> tuple[Session, bool]:
    """The session of this occurrence, and whether it was opened now; else it has opened in another space before."""
    if found := session_of(db, due):
        return found, False
    collecting = collecting_session(db, due.course).id
    # Another process may open it just now: then it is no longer waiting.
    opens = update(session).where(session.c.id == collecting, session.c.opened_at.is_(None))
    values = {**_key(due), "opened_at": due.due_at, "closes_at": closes_at, "code": code}
    opened = db.execute(opens.values(values).returning(*session.c)).one_or_none()
    found = opened or session_of(db, due)
    assert found is not None, "opened by this transaction, or by another"
    return found, opened is not None


def session_of(db: Connection, due: OccurrenceDue) -> Session | None:
    """The session that this occurrence is a step of; None where it was never opened."""
    mine = and_(*(session.c[name] == value for name, value in _key(due).items()))
    return db.execute(select(session).where(mine)).one_or_none()


def opens_at(db: Connection, due: OccurrenceDue) -> datetime | None:
    """When the session of this occurrence is planned to open; None where it is planned no longer."""
    names = ("course", "ritual", "space", "local_date")
    mine = and_(*(occurrence.c[name] == getattr(due, name) for name in names), occurrence.c.state == "planned")
    slot = STEPS * due.number + OPEN
    return db.execute(select(occurrence.c.due_at).where(mine, occurrence.c.slot == slot)).scalar_one_or_none()


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a session: however many spaces it is announced in, it is one."""
    return {"course": due.course, "ritual": due.ritual, "local_date": due.local_date, "number": due.number}


def waiting_session(db: Connection, course: CourseId) -> Session | None:
    """The one that has not opened yet; None where nobody has asked anything for it."""
    waiting = (session.c.course == course) & session.c.opened_at.is_(None)
    return db.execute(select(session).where(waiting)).one_or_none()


def collecting_session(db: Connection, course: CourseId) -> Session:
    """The same, made where there is none."""
    db.execute(insert_new(db, session).values(course=course))
    found = waiting_session(db, course)
    assert found is not None, "it was there, or is now"
    return found


def open_sessions(db: Connection, course: CourseId, now: datetime, *, grace: timedelta = timedelta(0)) -> list[Session]:
    """Those that are on at this moment, or ended no longer ago than this; the newest first."""
    is_on = (session.c.opened_at <= now) & (session.c.closes_at > now - grace)
    query = select(session).where(session.c.course == course, is_on)
    return list(db.execute(query.order_by(session.c.opened_at.desc(), session.c.id.desc())).all())


# --- questions --------------------------------------------------------------------------------------------------------


def add_question(db: Connection, id: int, who: MemberId, asked: str, *, object: str | None = None, at: datetime) -> int:
    """Keep a question; its number. Numbers are given once, so that one that is taken back leaves a gap."""
    counted = update(session).where(session.c.id == id).values(asked=session.c.asked + 1)
    number: int = db.execute(counted.returning(session.c.asked)).scalar_one()
    db.execute(insert(question).values(session=id, number=number, member=who, at=at, text=asked, object=object))
    return number


def drop_question(db: Connection, id: int, number: int, who: MemberId) -> bool:
    """Forget a question of this member; False where they have none of this number."""
    mine = (question.c.session == id) & (question.c.number == number) & same_person(question.c.member, who)
    return db.execute(delete(question).where(mine)).rowcount > 0


def made_from(db: Connection, course: CourseId, object: str) -> Sequence[Any]:
    """The questions that were made from a message: session, number, and whose each is."""
    made = (question.c.object == object) & (session.c.course == course)
    return db.execute(_ASKED.where(made)).all()


def asked_by(db: Connection, members: Collection[int]) -> Sequence[Any]:
    """The questions of these members in all their courses, the same."""
    return db.execute(_ASKED.where(question.c.member.in_(members))).all()


_ASKED = (
    select(question.c.session, question.c.number, question.c.member, session.c.course)
    .join(session, session.c.id == question.c.session)
    .order_by(question.c.session, question.c.number)
)


def questions_by(db: Connection, id: int, who: MemberId) -> list[Any]:
    """What a member has asked, oldest first."""
    mine = (question.c.session == id) & same_person(question.c.member, who)
    return list(db.execute(select(question.c.number, question.c.text).where(mine).order_by(question.c.number)).all())


def questions_of(db: Connection, id: int, *, limit: int) -> tuple[int, list[Any]]:
    """How many there are, and number, name and text of the first. Those of members who have left are for nobody."""
    asked = select(question.c.number, profile.c.name, question.c.text).where(question.c.session == id)
    asked = asked.join_from(question, member, is_of(question.c.member)).join(profile, profile.c.member == member.c.id)
    asked = asked.where(member.c.left_at.is_(None))
    count = db.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
    return count, list(db.execute(asked.order_by(question.c.number).limit(limit)).all())


# --- attendance -------------------------------------------------------------------------------------------------------


def has_attended(db: Connection, id: int, who: MemberId) -> bool:
    return db.execute(select(attendance.c.at).where(_mine(id, who), attendance.c.at.is_not(None))).first() is not None


def wrong_codes(db: Connection, id: int, who: MemberId) -> int:
    """How many wrong codes a member has tried."""
    tried = select(func.coalesce(func.sum(attendance.c.wrong_codes), 0)).where(_mine(id, who))
    return int(db.execute(tried).scalar_one())


def count_wrong_code(db: Connection, id: int, who: MemberId) -> None:
    row = insert_or(db, attendance).values(session=id, member=who, wrong_codes=1)
    again = {"wrong_codes": attendance.c.wrong_codes + 1}
    db.execute(row.on_conflict_do_update(index_elements=["session", "member"], set_=again))


def attend(db: Connection, id: int, who: MemberId, *, at: datetime) -> bool:
    """Note that a member is there; False where that was known."""
    row = insert_or(db, attendance).values(session=id, member=who, at=at)
    first = row.on_conflict_do_update(
        index_elements=["session", "member"], set_={"at": at}, where=attendance.c.at.is_(None)
    )
    return db.execute(first).rowcount > 0


def attendees(db: Connection, id: int) -> list[str]:
    """The names of who attended, in the order in which they said so."""
    there = select(profile.c.name).join_from(profile, attendance, profile.c.member == person_of(attendance.c.member))
    there = there.where(attendance.c.session == id, attendance.c.at.is_not(None))
    there = there.group_by(profile.c.member, profile.c.name)
    return list(db.execute(there.order_by(func.min(attendance.c.at), profile.c.member)).scalars())


def count_attendees(db: Connection, id: int) -> int:
    there = (attendance.c.session == id) & attendance.c.at.is_not(None)
    return db.execute(select(func.count(distinct(person_of(attendance.c.member)))).where(there)).scalar_one()


def _mine(id: int, who: MemberId) -> Any:
    return (attendance.c.session == id) & same_person(attendance.c.member, who)
