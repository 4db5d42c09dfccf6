"""Appeals against results: one a person in each contest, and what staff said to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
    update,
)

from bot.domain.ids import CourseId, MemberId
from bot.features.contests.store import contest
from storage.columns import Moment
from storage.persons import same_person
from storage.tables import Id, metadata

appeal = Table(
    "contest_appeal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contest", Id, ForeignKey("contest.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("decided_at", Moment),
    Column("is_corrected", Boolean(create_constraint=False)),  # else the result was kept
    Column("answer", Text),  # what staff said to it
    UniqueConstraint("contest", "member"),
    Index(None, "member"),
    sqlite_autoincrement=True,  # a button of what was forgotten decides nothing else
)


def own(db: Connection, number: int, who: MemberId) -> Row[Any] | None:
    """A person's appeal against the result of a contest."""
    mine = (appeal.c.contest == number) & same_person(appeal.c.member, who)
    return db.execute(select(appeal).where(mine).order_by(appeal.c.id)).first()


def has_appealed(db: Connection, number: int, who: MemberId) -> bool:
    return own(db, number, who) is not None


def add(db: Connection, number: int, who: MemberId, text: str, at: datetime) -> int:
    """The number of the new appeal. The contest is locked."""
    row = {"contest": number, "member": who, "text": text, "at": at}
    return int(db.execute(insert(appeal).values(row).returning(appeal.c.id)).scalar_one())


def open_one(db: Connection, course: CourseId, number: int) -> Row[Any] | None:
    """The appeal with this number, locked; None where the course has none."""
    query = select(appeal, contest.c.ritual, contest.c.options).join(contest, contest.c.id == appeal.c.contest)
    mine = (contest.c.course == course) & (appeal.c.id == number)
    return db.execute(query.where(mine).with_for_update(of=appeal)).one_or_none()


def undecided(db: Connection, contests: Sequence[int]) -> Sequence[Row[Any]]:
    query = select(appeal).where(appeal.c.contest.in_(contests), appeal.c.decided_at.is_(None))
    return db.execute(query.order_by(appeal.c.id)).all()


def decide(db: Connection, number: int, *, is_corrected: bool, answer: str, at: datetime) -> None:
    told = {"decided_at": at, "is_corrected": is_corrected, "answer": answer or None}
    db.execute(update(appeal).where(appeal.c.id == number).values(told))
