"""Contests and the tables of what is entered; the works themselves stand in a table of their own.

Who may enter or vote is decided while the contest's row is locked for sharing, and every step of the ritual changes
that row first; what staff do to a contest, and an appeal, lock it whole. So on PostgreSQL, too, a vote is either
counted or refused. A contest is locked before its entries, votes, places and appeals, and never two at once but by
`running`.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

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
    case,
    func,
    literal,
    select,
    text,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId
from storage.columns import Json, LocalDate, Moment
from storage.database import insert_new
from storage.tables import Id, metadata, occurrence

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
    Column("opened_at", Moment),  # NULL in those of long ago
    Column("counted_at", Moment),  # when there were places, or might have been
    Column("options", Json),  # as they were announced; NULL: those of the file
    Column("salt", String(32)),  # drawn when the works were shown: by it alone they have their order
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
    Column("duel", Integer, nullable=False, server_default=text("0")),  # from 1; 0 in a gallery of all
    Column("grade", Integer),  # percent, that it had as homework when it was entered
    Column("removed_at", Moment),  # staff have taken it out, or it was not among the works that were counted
    Column("removed_for", Text),  # what staff have said why
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


def open_contest(
    db: Connection,
    due: OccurrenceDue,
    *,
    entries_until: datetime,
    votes_until: datetime,
    options: Mapping[str, Any] | None = None,
) -> Row[Any]:
    row = {**_key(due), "entries_until": entries_until, "votes_until": votes_until, "opened_at": due.due_at}
    row["options"] = options
    db.execute(insert_new(db, contest), [row])
    return named_by(db, due)


def named_by(db: Connection, due: OccurrenceDue) -> Row[Any]:
    """The contest that this is a step of; it has been opened."""
    return db.execute(select(contest).where(_is_named(due))).one()


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a contest."""
    names = ("course", "ritual", "space", "local_date", "number")
    return {name: getattr(due, name) for name in names}


def take_no_more(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """End the time for entries; None where it was never opened, or is over.

    Only now is it drawn in which order the works will stand: nobody who enters one can have aimed at a place.
    """
    is_taking = contest.c.gallery_at.is_(None) & contest.c.closed_at.is_(None)
    return _change(db, due, is_taking, gallery_at=due.due_at, salt=secrets.token_hex(16))


def close(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """End the contest; None where there is nothing to end."""
    return _change(db, due, contest.c.closed_at.is_(None), closed_at=due.due_at)


def _change(db: Connection, due: OccurrenceDue, state: ColumnElement[bool], **values: Any) -> Row[Any] | None:
    changed = update(contest).where(_is_named(due), state).values(**values)
    return db.execute(changed.returning(*contest.c)).one_or_none()


def _is_named(due: OccurrenceDue) -> ColumnElement[bool]:
    return and_(*(contest.c[name] == value for name, value in _key(due).items()))


def is_counted(db: Connection, number: int, at: datetime) -> None:
    db.execute(update(contest).where(contest.c.id == number).values(counted_at=at))


def locked(db: Connection, course: CourseId, number: int) -> Row[Any] | None:
    """The contest with this number, so that nobody else changes what is in it; None where the course has none."""
    mine = (contest.c.course == course) & (contest.c.id == number)
    return db.execute(select(contest).where(mine).with_for_update()).one_or_none()


def counted(db: Connection, course: CourseId, since: datetime) -> Sequence[Row[Any]]:
    """The contests that were decided since then, the newest first."""
    mine = (contest.c.course == course) & (contest.c.counted_at > since)
    return db.execute(select(contest).where(mine).order_by(contest.c.counted_at.desc(), contest.c.id.desc())).all()


def before(db: Connection, found: Row[Any], most: int) -> list[int]:
    """The contests of the course before this one that are closed, the newest first."""
    mine = (contest.c.course == found.course) & (contest.c.id < found.id) & contest.c.closed_at.is_not(None)
    return list(db.execute(select(contest.c.id).where(mine).order_by(contest.c.id.desc()).limit(most)).scalars())


def last_opened(db: Connection, found: Row[Any]) -> datetime | None:
    """When the one of the same ritual and space opened that came before this one."""
    mine = (contest.c.id < found.id) & and_(*(contest.c[name] == getattr(found, name) for name in _SERIES))
    newest: datetime | None = db.execute(select(func.max(contest.c.opened_at)).where(mine)).scalar_one()
    return newest


_SERIES = ("course", "ritual", "space")


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


def entered_in(now: datetime) -> Select[Any]:
    """The entries, with their members, of contests that still take works, locked as `running` does it."""
    of = _WITH_ENDS.add_columns(entry.c.member).join(entry, entry.c.contest == contest.c.id)
    return of.where(contest.c.gallery_at.is_(None), _is_on(now)).with_for_update(read=True, of=contest)
