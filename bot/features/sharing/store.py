"""Sessions and what was shared in them; the posts with their texts stand in a table of their own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
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
    and_,
    bindparam,
    delete,
    distinct,
    func,
    insert,
    select,
    text,
    update,
)

from bot.domain.events import OccurrenceDue, PlainMessage
from bot.domain.ids import MemberId
from storage.among import among
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.persons import counts_once, person_of, same_person
from storage.tables import Id, metadata, profile

session = Table(
    "sharing_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False, server_default=text("0")),  # of several on one date
    Column("opened_at", Moment, nullable=False),  # when it was due: what is posted from then on counts
    Column("closes_at", Moment, nullable=False),  # what is posted before this counts, however late it reaches us
    Column("closed_at", Moment),  # when the summary was posted
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
    Index(None, "course", "space", "closes_at"),
)

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("session", Id, ForeignKey("sharing_session.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("session", "member"),
)

share_post = Table(
    "share_post",
    metadata,
    Column("id", Id, primary_key=True),
    Column("share", Id, ForeignKey("share.id"), nullable=False),
    Column("message", String(200)),  # the object of the message; NULL for old ones
    Column("at", Moment, nullable=False),
    Column("attachments", Integer, nullable=False, server_default=text("0")),
    Column("text", Text, nullable=False),
    Index(None, "message"),
    Index(None, "share"),
)

_LONGEST_FIRST = func.length(share_post.c.text).desc(), share_post.c.id


def open_session(db: Connection, due: OccurrenceDue, closes_at: datetime) -> None:
    db.execute(insert_new(db, session), [{**_key(due), "opened_at": due.due_at, "closes_at": closes_at}])


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a session."""
    return {
        "course": due.course,
        "ritual": due.ritual,
        "space": due.space,
        "local_date": due.local_date,
        "number": due.number,
    }


def sessions_in(db: Connection, course: str, spaces: Collection[str], since: datetime) -> Sequence[Row[Any]]:
    """The sessions of these spaces that were open at this moment or after it."""
    return db.execute(_SINCE, {"of": course, "spaces": spaces, "since": since}).all()


_SINCE = (
    select(session)
    .where(session.c.course == bindparam("of"), among(session.c.space, "spaces"))
    .where(session.c.closes_at > bindparam("since", type_=Moment()))
    .order_by(session.c.id)
    # On PostgreSQL another process may be about to close it: who is second sees what the first has done.
    .with_for_update(read=True)
)


def close_session(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """Close it; None where it was never opened."""
    mine = and_(*(session.c[name] == value for name, value in _key(due).items()), session.c.closed_at.is_(None))
    return db.execute(update(session).where(mine).values(closed_at=due.at).returning(*session.c)).one_or_none()


def sharers(db: Connection, id: int) -> set[int]:
    return set(db.execute(select(person_of(share.c.member)).where(share.c.session == id)).scalars())


def keep(db: Connection, id: int, message: PlainMessage, *, object: str) -> None:
    """Keep a post as the share of its member in a session, or as one more of it."""
    event, who = message.event, message.member.id
    number = db.execute(_MINE, {"of": id, "who": who}).scalar_one_or_none()
    if number is None:
        number = db.execute(_NEW_SHARE, {"session": id, "member": who, "at": event.at}).scalar_one()
    row = {"share": number, "message": object, "at": event.at, "text": event.text}
    db.execute(_NEW_POST, {**row, "attachments": len(event.attachments)})


_MINE = (
    select(share.c.id)
    .where(share.c.session == bindparam("of"), same_person(share.c.member, bindparam("who", type_=Id)))
    .where(counts_once(share, "session"))
)
_NEW_SHARE = insert(share).returning(share.c.id)
_NEW_POST = insert(share_post)


class Withdrawn(NamedTuple):
    """Whose post is gone from which session, and the longest one of theirs that is left there."""

    session: Row[Any]
    member: MemberId
    left: Row[Any] | None


def withdraw(db: Connection, message: str) -> Withdrawn | None:
    """Forget a post, and the share with the last one; None where it was no share."""
    number = db.execute(_WITHDRAW, {"of": message}).scalar_one_or_none()
    if number is None:
        return None
    mine = db.execute(select(share).where(share.c.id == number)).one()
    posts = select(share_post).where(share_post.c.share == number).order_by(*_LONGEST_FIRST)
    left = db.execute(posts.limit(1)).one_or_none()
    if left is None:
        db.execute(delete(share).where(share.c.id == number))
    of = db.execute(select(session).where(session.c.id == mine.session)).one()
    return Withdrawn(of, mine.member, left)


_WITHDRAW = delete(share_post).where(share_post.c.message == bindparam("of")).returning(share_post.c.share)


def summary(db: Connection, id: int, *, limit: int) -> tuple[int, list[Any]]:
    """How many shared, and name and longest text of the first."""
    count = db.execute(
        select(func.count(distinct(person_of(share.c.member)))).where(share.c.session == id)
    ).scalar_one()
    place = func.row_number().over(partition_by=share_post.c.share, order_by=_LONGEST_FIRST)
    posts = select(share_post.c.share, share_post.c.text, place.label("place"))
    posts = posts.join(share, share.c.id == share_post.c.share).where(share.c.session == id)
    longest = posts.subquery()
    query = select(profile.c.name, longest.c.text)
    query = query.join_from(profile, share, profile.c.member == person_of(share.c.member))
    query = query.join(longest, longest.c.share == share.c.id)
    query = query.where(longest.c.place == 1, counts_once(share, "session"))
    return count, list(db.execute(query.order_by(share.c.at, share.c.id).limit(limit)).all())
