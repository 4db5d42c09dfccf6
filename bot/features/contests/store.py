"""Contests, entries and votes; the works themselves stand in a table of their own.

Who may enter or vote is decided while the contest's row is locked for sharing, and every step of the ritual changes
that row first: on PostgreSQL, too, a vote is either counted or refused.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    update,
)

from bot.domain.events import Attachment, OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from storage.columns import Json, LocalDate, Moment
from storage.database import insert, insert_new
from storage.persons import counts_once, is_of, same_person
from storage.tables import Id, member, metadata, occurrence

OPEN, VOTE, CLOSE = 0, 1, 2
STEPS = 3
"""The steps of the ritual, and how many there are."""

contest = Table(
    "contest",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False),  # of several on one date
    Column("entries_until", Moment, nullable=False),  # as it was announced; the steps of the ritual decide
    Column("votes_until", Moment, nullable=False),
    Column("gallery_at", Moment),  # when the works were shown: from then on no more are taken
    Column("closed_at", Moment),
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
    Index(None, "course", "closed_at"),
)

entry = Table(
    "contest_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contest", Id, ForeignKey("contest.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", String(200)),  # the object of the message with the work
    Column("number", Integer),  # in the gallery
    UniqueConstraint("contest", "member"),
    UniqueConstraint("contest", "number"),
    Index(None, "message"),
)

work = Table(
    "contest_work",
    metadata,
    Column("entry", Id, ForeignKey("contest_entry.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),  # each with the reference by which its platform gives it out again
)

# --- contests ---------------------------------------------------------------------------------------------------------


def open_contest(db: Connection, due: OccurrenceDue, *, entries_until: datetime, votes_until: datetime) -> None:
    row = {**_key(due), "entries_until": entries_until, "votes_until": votes_until}
    db.execute(insert_new(db, contest), [row])


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a contest."""
    names = ("course", "ritual", "space", "local_date", "number")
    return {name: getattr(due, name) for name in names}


def take_no_more(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """End the time for entries; None where it was never opened, or is over."""
    is_taking = contest.c.gallery_at.is_(None) & contest.c.closed_at.is_(None)
    return _change(db, due, is_taking, gallery_at=due.due_at)


def close(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """End the contest; None where there is nothing to end."""
    return _change(db, due, contest.c.closed_at.is_(None), closed_at=due.due_at)


def _change(db: Connection, due: OccurrenceDue, state: ColumnElement[bool], **values: datetime) -> Row[Any] | None:
    mine = and_(*(contest.c[name] == value for name, value in _key(due).items()), state)
    return db.execute(update(contest).where(mine).values(**values).returning(*contest.c)).one_or_none()


_SHARED = ("course", "ritual", "space", "local_date")
_FIRST = STEPS * contest.c.number
_vote, _close = occurrence.alias(), occurrence.alias()
_is_vote = and_(*(_vote.c[name] == contest.c[name] for name in _SHARED), _vote.c.slot == _FIRST + VOTE)
_is_close = and_(*(_close.c[name] == contest.c[name] for name in _SHARED), _close.c.slot == _FIRST + CLOSE)
# As the steps of the ritual are planned now, which its file or staff may have moved; else as it was announced.
_taken_until = func.coalesce(_vote.c.due_at, contest.c.entries_until)
_voted_until = func.coalesce(_close.c.due_at, contest.c.votes_until)
_WITH_ENDS = (
    select(contest, _taken_until.label("taken_until"), _voted_until.label("voted_until"))
    .join(_vote, _is_vote, isouter=True)
    .join(_close, _is_close, isouter=True)
)


def votes_end(db: Connection, found: Row[Any]) -> datetime:
    """When the votes of a contest are counted."""
    end: datetime = db.execute(_WITH_ENDS.where(contest.c.id == found.id)).one().voted_until
    return end


def _is_on(now: datetime) -> ColumnElement[bool]:
    """Not closed, nor would it be: where its ritual has other times now, nothing closes it any more."""
    end = case((contest.c.gallery_at.is_(None), _taken_until), else_=_voted_until)
    return contest.c.closed_at.is_(None) & (end > literal(now, Moment()))


def running(db: Connection, course: CourseId, now: datetime) -> Sequence[Row[Any]]:
    """The contests of a course that are not over, with their ends; the one that ends first first."""
    query = _WITH_ENDS.where(contest.c.course == course, _is_on(now)).order_by(_voted_until, contest.c.id)
    return db.execute(query.with_for_update(read=True, of=contest)).all()


# --- entries ----------------------------------------------------------------------------------------------------------


class Work(NamedTuple):
    """What a member enters."""

    text: str
    files: Sequence[Attachment]
    message: str | None  # the object of the message that it stands in


def keep(db: Connection, number: int, who: MemberId, given: Work, *, at: datetime) -> bool:
    """Take a work, or the next one of the same member instead; whether it is their first."""
    row = {"contest": number, "member": who, "at": at, "message": given.message}
    new = insert_new(db, entry).values(row).returning(entry.c.id)
    mine = _entry_of(db, number, who)
    is_first = mine is None and (mine := db.execute(new).scalar_one_or_none()) is not None
    if not is_first:
        mine = mine or _entry_of(db, number, who)  # another process may have been first
        db.execute(update(entry).where(entry.c.id == mine).values(at=at, message=given.message))
    said = {"text": given.text, "files": list(given.files)}
    kept = insert(db, work).values(entry=mine, **said)
    db.execute(kept.on_conflict_do_update(index_elements=["entry"], set_=said))
    return is_first


def _entry_of(db: Connection, number: int, who: MemberId) -> int | None:
    mine = (entry.c.contest == number) & same_person(entry.c.member, who) & counts_once(entry, "contest")
    found: int | None = db.execute(select(entry.c.id).where(mine)).scalar_one_or_none()
    return found


def withdraw(db: Connection, number: int, who: MemberId) -> bool:
    """Forget a member's work; False where there is none."""
    mine = _entry_of(db, number, who)
    if mine is None:
        return False
    db.execute(delete(work).where(work.c.entry == mine))
    return db.execute(delete(entry).where(entry.c.id == mine)).rowcount == 1


def entered_by(db: Connection, message: str, now: datetime) -> Sequence[Row[Any]]:
    """The entries whose work stands in this message, in contests that still take some: contest and member."""
    of = _WITH_ENDS.add_columns(entry.c.member).join(entry, entry.c.contest == contest.c.id)
    found = (entry.c.message == message) & contest.c.gallery_at.is_(None)
    return db.execute(of.where(found, _is_on(now)).order_by(entry.c.id).with_for_update(read=True, of=contest)).all()


HERE = member.c.left_at.is_(None) & member.c.merged_into.is_(None)
"""Of members that are joined: who has not left."""

_WORKS: Select[Any] = (
    select(entry.c.id, entry.c.number, member.c.id.label("member"), work.c.text, work.c.files)
    .join_from(entry, work, work.c.entry == entry.c.id)
    .join_from(entry, member, is_of(entry.c.member))
    .where(entry.c.contest == bindparam("of"))
    .order_by(entry.c.number, entry.c.at, entry.c.id)
)


def works(db: Connection, number: int) -> Sequence[Row[Any]]:
    """The works of those who are still there."""
    return db.execute(_WORKS.where(HERE), {"of": number}).all()


def work_of(db: Connection, number: int, who: MemberId) -> Row[Any] | None:
    mine = same_person(entry.c.member, who) & counts_once(entry, "contest")
    return db.execute(_WORKS.where(mine), {"of": number}).one_or_none()


def work_no(db: Connection, contest_number: int, number: int) -> Row[Any] | None:
    """The work with this number in the gallery."""
    return db.execute(_WORKS.where(entry.c.number == number), {"of": contest_number}).one_or_none()


def give_numbers(db: Connection, order: Sequence[int]) -> None:
    """Number entries from 1, in this order."""
    rows = [{"entry_": id, "number": number} for number, id in enumerate(order, 1)]
    db.execute(update(entry).where(entry.c.id == bindparam("entry_")), rows)
