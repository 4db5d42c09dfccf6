"""Sessions and what was shared in them; the posts with their texts stand in a table of their own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    CompoundSelect,
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
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.domain.ids import MemberId
from bot.engine.works import READ
from bot.features.sharing.speakers import call, invitation
from storage.among import among
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.personal import GONE
from storage.persons import counts_once, grouped, person_of, same_person
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
    Column("edited_at", Moment),
    Index(None, "message"),
    Index(None, "share"),
)

_LONGEST_FIRST = func.length(share_post.c.text).desc(), share_post.c.id
IS_THERE = (share_post.c.text != GONE) | share_post.c.message.is_not(None)
"""A post whose member was forgotten says nothing any more."""


def open_session(db: Connection, due: OccurrenceDue, closes_at: datetime) -> Row[Any]:
    db.execute(insert_new(db, session), [{**_key(due), "opened_at": due.due_at, "closes_at": closes_at}])
    return db.execute(select(session).where(*(session.c[name] == value for name, value in _key(due).items()))).one()


def session_by_id(db: Connection, id: int) -> Row[Any]:
    return db.execute(select(session).where(session.c.id == id)).one()


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


def taking_part(db: Connection, id: int) -> tuple[set[int], set[int]]:
    """The persons who have shared in a session, and those who had said that they would: in one statement."""
    rows = db.execute(_taking_part(), {"of": id}).all()
    return {who for who, is_speaker in rows if not is_speaker}, {who for who, is_speaker in rows if is_speaker}


@cache
def _taking_part() -> CompoundSelect[Any]:
    """Made once: it is asked for with every batch of messages."""
    shared = select(person_of(share.c.member), literal(0)).where(share.c.session == bindparam("of"))
    agreed = select(person_of(invitation.c.member), literal(1)).join(call, call.c.id == invitation.c.call)
    agreed = agreed.where(call.c.session == bindparam("of"), invitation.c.state == "accepted")
    return union_all(shared, agreed)


class NewPost(NamedTuple):
    """What a member has posted in a session."""

    message: str  # the object of the message
    at: datetime
    text: str
    attachments: int


def keep(db: Connection, id: int, who: MemberId, post: NewPost) -> None:
    """Keep a post as the share of its member in a session, or as one more of it."""
    number = db.execute(_MINE, {"of": id, "who": who}).scalar_one_or_none()
    if number is None:
        number = db.execute(_NEW_SHARE, {"session": id, "member": who, "at": post.at}).scalar_one()
    db.execute(_NEW_POST, {"share": number, **post._asdict()})


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


class PostOfShare(NamedTuple):
    """To which session a message belongs, and how many files are with it."""

    session: int
    attachments: int


def post_as(db: Connection, message: str) -> PostOfShare | None:
    """None where it is no share."""
    query = select(share.c.session, share_post.c.attachments).join(share, share.c.id == share_post.c.share)
    row = db.execute(query.where(share_post.c.message == message)).one_or_none()
    return PostOfShare(*row) if row else None


def edit(db: Connection, message: str, said: str, at: datetime) -> None:
    """What a post of a share says now."""
    db.execute(_EDIT, {"of": message, "said": said, "now": at})


_EDIT = (
    update(share_post)
    .where(share_post.c.message == bindparam("of"))
    .values(text=bindparam("said"), edited_at=bindparam("now", type_=Moment()))
)


class Shared(NamedTuple):
    """What one person has shared in a session: the longest of their posts."""

    share: int
    person: MemberId
    name: str
    text: str  # the beginning
    files: int


def shared_in(db: Connection, id: int) -> list[Shared]:
    """The shares of a session in the order in which they came."""
    place = func.row_number().over(partition_by=share_post.c.share, order_by=_LONGEST_FIRST)
    said = func.substr(share_post.c.text, 1, READ)
    posts = select(share_post.c.share, said.label("text"), share_post.c.attachments, place.label("place"))
    posts = posts.join(share, share.c.id == share_post.c.share).where(share.c.session == id, IS_THERE)
    longest = posts.subquery()
    query = select(share.c.id, profile.c.member, profile.c.name, longest.c.text, longest.c.attachments)
    query = query.join_from(profile, share, profile.c.member == person_of(share.c.member))
    query = query.join(longest, longest.c.share == share.c.id)
    query = query.where(longest.c.place == 1, counts_once(share, "session"))
    return [Shared(*row) for row in db.execute(query.order_by(share.c.at, share.c.id))]


def messages_of(db: Connection, shares: Collection[int]) -> dict[int, list[str]]:
    """The messages that each of these shares stands in."""
    query = select(share_post.c.share, share_post.c.message).where(share_post.c.message.is_not(None))
    rows = db.execute(query.where(among(share_post.c.share, "shares")), {"shares": list(shares)})
    return dict(grouped((row.share, row.message) for row in rows))


# --- what is forgotten ------------------------------------------------------------------------------------------------


def sessions_of(db: Connection, members: Collection[int]) -> set[int]:
    """Where these members have shared something."""
    mine = among(share.c.member, "members")
    return set(db.execute(select(share.c.session).where(mine), {"members": list(members)}).scalars())
