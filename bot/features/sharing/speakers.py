"""Who was asked to share in a session that is to come, and what they said.

A call is the asking for one time of a ritual in one space. Its row is locked before its invitations are looked at or
changed, so that two who decline at once do not both let the same third be asked.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    case,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from storage.among import among
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.persons import is_of, person_of, same_person, same_persons
from storage.tables import Id, member, metadata, profile

State = Literal["asked", "accepted", "declined", "lapsed"]
OPEN_STATES = ("asked", "accepted")

call = Table(
    "speaker_call",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False),  # of several on one date
    Column("opens_at", Moment, nullable=False),  # as it was last known
    Column("session", Id, ForeignKey("sharing_session.id")),  # once it has opened
    Column("ended_at", Moment),  # nobody is asked any more: it has opened, or does not take place
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
    Index(None, "course", "ended_at"),
    Index(None, "session"),
)

invitation = Table(
    "speaker_invitation",
    metadata,
    Column("call", Id, ForeignKey("speaker_call.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("state", String(12), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),  # an answer is asked for by then
    Column("answered_at", Moment),
    Index(None, "member"),
)

never = Table(
    "speaker_never",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),  # does not want to be asked
    Column("at", Moment, nullable=False),
)

_NAMES = ("course", "ritual", "space", "local_date")


def begin(db: Connection, due: OccurrenceDue, ritual: str, opens_at: datetime) -> int:
    """The number of the call for this time of a ritual, made where there is none."""
    mine = {"course": due.course, "ritual": ritual, "space": due.space, "local_date": due.local_date}
    key = {**mine, "number": due.number}
    db.execute(insert_new(db, call), [{**key, "opens_at": opens_at}])
    found = select(call.c.id).where(*(call.c[name] == value for name, value in key.items()))
    return int(db.execute(found).scalar_one())


def locked(db: Connection, course: str, id: int) -> Row[Any] | None:
    """A call, which nobody else changes before this transaction ends."""
    mine = (call.c.id == id) & (call.c.course == course)
    return db.execute(select(call).where(mine).with_for_update()).one_or_none()


def lock(db: Connection, those: Collection[int]) -> None:
    """The same for several, whatever courses they belong to."""
    query = select(call.c.id).where(among(call.c.id, "calls")).order_by(call.c.id).with_for_update()
    db.execute(query, {"calls": list(those)}).all()


def running(db: Connection, course: str) -> Sequence[Row[Any]]:
    """The calls that may still ask somebody, in the order in which their sessions open."""
    mine = (call.c.course == course) & call.c.ended_at.is_(None)
    return db.execute(select(call).where(mine).order_by(call.c.opens_at, call.c.id)).all()


def newest(db: Connection, course: str, limit: int) -> Sequence[Row[Any]]:
    query = select(call).where(call.c.course == course).order_by(call.c.opens_at.desc(), call.c.id)
    return db.execute(query.limit(limit)).all()


def change(db: Connection, id: int, **values: Any) -> None:
    db.execute(update(call).where(call.c.id == id).values(values))


def call_for(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """The call for a session that opens now: for this time of its date, else for another one that staff moved here."""
    mine = and_(*(call.c[name] == getattr(due, name) for name in _NAMES), call.c.session.is_(None))
    order = case((call.c.number == due.number, 0), else_=1), call.c.id
    return db.execute(select(call).where(mine).order_by(*order).limit(1).with_for_update()).one_or_none()


class Invited(NamedTuple):
    """One of a call. Who has left is not here."""

    person: MemberId
    name: str
    state: State
    until: datetime
    is_here: bool


def invited(db: Connection, id: int) -> list[Invited]:
    """All of a call, in the order in which they were asked."""
    row = invitation.c
    query = select(member.c.id, profile.c.name, row.state, row.until, member.c.left_at.is_(None))
    query = query.join_from(invitation, member, is_of(row.member)).join(profile, profile.c.member == member.c.id)
    return [Invited(*found) for found in db.execute(query.where(row.call == id).order_by(row.at, row.member))]


def add(db: Connection, id: int, who: MemberId, *, at: datetime, until: datetime) -> None:
    db.execute(insert(invitation).values(call=id, member=who, state="asked", at=at, until=until))


def answer(db: Connection, id: int, who: MemberId, state: State, at: datetime) -> None:
    mine = (invitation.c.call == id) & same_person(invitation.c.member, who)
    db.execute(update(invitation).where(mine).values(state=state, answered_at=at))


def lapse(db: Connection, id: int, now: datetime) -> None:
    """Who was to answer by now, and has not, is no longer waited for."""
    late = (invitation.c.call == id) & (invitation.c.state == "asked") & (invitation.c.until <= now)
    db.execute(update(invitation).where(late).values(state="lapsed"))


def calls_of(db: Connection, course: str, members: Collection[int], *, is_open: bool = True) -> list[int]:
    """The calls that still run and have asked one of these persons; the next session first."""
    theirs = (call.c.course == course) & call.c.ended_at.is_(None) & same_persons(invitation.c.member, "members")
    query = select(call.c.id, call.c.opens_at).join(invitation, invitation.c.call == call.c.id).where(theirs)
    if is_open:
        query = query.where(invitation.c.state.in_(OPEN_STATES))
    rows = db.execute(query.distinct().order_by(call.c.opens_at, call.c.id), {"members": list(members)})
    return [row.id for row in rows]


def asked_since(db: Connection, course: CourseId, since: datetime) -> set[int]:
    """The persons who were invited to anything in this time."""
    query = select(person_of(invitation.c.member)).join(call, call.c.id == invitation.c.call)
    return set(db.execute(query.where(call.c.course == course, invitation.c.at > since)).scalars())


def accepted(db: Connection, session: int) -> list[MemberId]:
    """The persons who said that they would share in this session, in the order in which they were asked."""
    query = select(person_of(invitation.c.member)).join(call, call.c.id == invitation.c.call)
    mine = (call.c.session == session) & (invitation.c.state == "accepted")
    found = db.execute(query.where(mine).order_by(invitation.c.at, invitation.c.member)).scalars()
    return list(dict.fromkeys(found))


# --- who does not want to be asked ------------------------------------------------------------------------------------


def ask_never(db: Connection, who: MemberId, at: datetime) -> None:
    db.execute(insert_new(db, never), [{"member": who, "at": at}])


def ask_again(db: Connection, who: MemberId) -> bool:
    """False where nothing was said against it."""
    return db.execute(delete(never).where(same_person(never.c.member, who))).rowcount > 0


def is_never_asked(db: Connection, who: MemberId) -> bool:
    mine = select(func.count()).select_from(never).where(same_person(never.c.member, who))
    return db.execute(mine).scalar_one() > 0


def never_asked(db: Connection, persons: Collection[int]) -> set[int]:
    query = select(person_of(never.c.member)).where(same_persons(never.c.member, "members"))
    return set(db.execute(query, {"members": list(persons)}).scalars())


# --- what is forgotten ------------------------------------------------------------------------------------------------


def forget(db: Connection, members: Collection[int]) -> None:
    db.execute(delete(invitation).where(among(invitation.c.member, "members")), {"members": list(members)})


def sessions_of(db: Connection, members: Collection[int]) -> set[int]:
    """Where these members are named as speakers."""
    query = select(call.c.session).join(invitation, invitation.c.call == call.c.id)
    query = query.where(call.c.session.is_not(None), among(invitation.c.member, "members"))
    return set(db.execute(query, {"members": list(members)}).scalars())
