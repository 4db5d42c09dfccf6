"""Who has completed the course, and the certificates that were made out.

Whoever changes what a person has, or makes out a certificate, locks the completion first. What is unique is decided by
the database: a member completes the course once, and a number is that of one certificate.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    insert,
    select,
    update,
)

from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import File
from storage.columns import Json, LocalDate, Moment
from storage.database import insert_new
from storage.persons import counts_once, is_of, person_of, same_person
from storage.tables import Id, member, metadata

completion = Table(
    "completion",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("local_date", LocalDate, nullable=False),  # on whose end it was so
    Column("checkins", Integer, nullable=False),
    Column("homework", Integer, nullable=False),
    Column("name", Text),  # that the certificate shall bear
    Column("withdrawn_at", Moment),
    Column("reason", Text),  # of the withdrawal, as the member was told
    UniqueConstraint("member"),
    Index(None, "course"),
)

certificate = Table(
    "certificate",
    metadata,
    Column("id", Id, primary_key=True),
    Column("completion", Id, ForeignKey("completion.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("serial", String(16), nullable=False),
    Column("at", Moment, nullable=False),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("files", Json, nullable=False),  # the picture, once it is drawn
    Column("ended_at", Moment),  # it is good no longer
    Column("is_replaced", Boolean(create_constraint=False), nullable=False, server_default=false()),
    UniqueConstraint("serial"),
    Index(None, "completion"),
    Index(None, "member"),
)

kept_rules = Table(
    "completion_rules",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("rules", Text, nullable=False),  # what the course asks for, as the alarm was set by it
)

Completed = Row[Any]
Made = Row[Any]


class Reached(NamedTuple):
    """What somebody has who has completed the course."""

    member: MemberId
    checkins: int
    homework: int


# --- completions ------------------------------------------------------------------------------------------------------


def have_completed(db: Connection, course: CourseId) -> set[MemberId]:
    """The persons who have, also those from whom it was withdrawn."""
    return set(db.execute(select(person_of(completion.c.member)).where(completion.c.course == course)).scalars())


def add(db: Connection, course: CourseId, those: Sequence[Reached], *, on: date, at: datetime) -> set[MemberId]:
    """Note who has completed the course by now; those of whom it was not known."""
    known = {"course": course, "local_date": on, "at": at}
    rows = [{**known, **one._asdict()} for one in those]
    if not rows:
        return set()
    made = insert_new(db, completion).returning(completion.c.member)
    return set(db.execute(made, rows).scalars())


def of_person(db: Connection, course: CourseId, who: MemberId, *, lock: bool = False) -> Completed | None:
    """What a person has; of several accounts with one each, that of who they are now, else the first."""
    return next(iter(all_of_person(db, course, who, lock=lock)), None)


def all_of_person(db: Connection, course: CourseId, who: MemberId, *, lock: bool = False) -> Sequence[Completed]:
    """Those of all their accounts; locked by number, so that two who do so do not wait for each other."""
    mine = (completion.c.course == course) & same_person(completion.c.member, who)
    query = select(completion).where(mine).order_by(completion.c.id)
    found = db.execute(query.with_for_update() if lock else query).all()
    return sorted(found, key=lambda row: (row.member != who, row.id))


def reached_on(db: Connection, course: CourseId, day: date) -> list[Reached]:
    """What holds of what was noted at the end of this day, by who they are and who has not left."""
    mine = (completion.c.course == course) & (completion.c.local_date == day) & completion.c.withdrawn_at.is_(None)
    query = select(completion).join_from(completion, member, is_of(completion.c.member))
    query = query.where(mine, member.c.left_at.is_(None))
    rows = db.execute(query.where(counts_once(completion, "course")).order_by(completion.c.id))
    return [Reached(row.member, row.checkins, row.homework) for row in rows]


def change(db: Connection, id: int, **values: Any) -> Completed:
    """Change one that is locked."""
    return db.execute(update(completion).where(completion.c.id == id).values(values).returning(*completion.c)).one()


def counts(db: Connection, course: CourseId) -> tuple[int, int, int]:
    """How many persons have completed the course, from how many it was withdrawn, how many have a good certificate."""
    here, person = completion.c.course == course, person_of(completion.c.member)
    holding = set(db.execute(select(person).where(here, completion.c.withdrawn_at.is_(None))).scalars())
    ended = set(db.execute(select(person).where(here, completion.c.withdrawn_at.is_not(None))).scalars())
    good = select(person_of(certificate.c.member)).join(completion, completion.c.id == certificate.c.completion)
    made = set(db.execute(good.where(here, certificate.c.ended_at.is_(None))).scalars())
    return len(holding), len(ended - holding), len(made)


# --- certificates -----------------------------------------------------------------------------------------------------


def good_one(db: Connection, who: MemberId) -> Made | None:
    """The certificate that is good, of a person whose completion is locked; their own goes before the others."""
    mine = same_person(certificate.c.member, who) & certificate.c.ended_at.is_(None)
    query = select(certificate).where(mine).order_by(certificate.c.member != who, certificate.c.id.desc())
    return db.execute(query.limit(1)).one_or_none()


def make_out(db: Connection, of: Completed, *, serial: str, name: str, code: str, at: datetime) -> Made:
    row = {"completion": of.id, "member": of.member, "serial": serial, "name": name, "code": code, "at": at}
    return db.execute(insert(certificate).values({**row, "files": []}).returning(*certificate.c)).one()


def end(db: Connection, who: MemberId, at: datetime, *, is_replaced: bool) -> None:
    """What was made out to any account of a person is good no longer, and can be shown no longer."""
    mine = same_person(certificate.c.member, who) & certificate.c.ended_at.is_(None)
    db.execute(update(certificate).where(mine).values(ended_at=at, is_replaced=is_replaced))


def keep_picture(db: Connection, serial: str, file: File) -> bool:
    """False where the certificate is good no longer, or its person was forgotten: also just now, by somebody else."""
    mine = (certificate.c.serial == serial) & certificate.c.ended_at.is_(None)
    return db.execute(update(certificate).where(mine).values(files=[file])).rowcount > 0


def by_serial(db: Connection, serial: str) -> Made | None:
    """With the `course` that it is of."""
    query = select(certificate, completion.c.course).join(completion, completion.c.id == certificate.c.completion)
    return db.execute(query.where(certificate.c.serial == serial)).one_or_none()


def picture_in(made: Made) -> File | None:
    """None where it is not drawn yet."""
    return msgspec.convert(made.files[0], File) if made.files else None
