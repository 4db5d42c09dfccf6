"""What was shared in sessions: a row for each member and session, and one for each of their posts."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from bot.domain.ids import MemberId
from bot.engine.works import READ
from bot.features.sharing.speakers import call, invitation
from bot.features.sharing.tables import share, share_post
from storage.among import among
from storage.personal import GONE
from storage.persons import counts_once, grouped, person_of, same_person
from storage.tables import Id, profile

_LONGEST_FIRST = func.length(share_post.c.text).desc(), share_post.c.id
IS_THERE = (share_post.c.text != GONE) | share_post.c.message.is_not(None)
"""A post whose member was forgotten says nothing any more."""


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


class PostOfShare(NamedTuple):
    """A message in one of the sessions that it belongs to, and how many files are with it."""

    id: int
    share: int
    session: int
    attachments: int


def posts_as(db: Connection, message: str) -> list[PostOfShare]:
    """One for each of the sessions that were open when it was posted; none where it is no share."""
    post = share_post.c
    query = select(post.id, share.c.id, share.c.session, post.attachments).join(share, share.c.id == post.share)
    return [PostOfShare(*row) for row in db.execute(query.where(post.message == message).order_by(post.id))]


class Withdrawn(NamedTuple):
    """Whose post is gone from a session, and the longest one of theirs that is left there."""

    member: MemberId
    left: Row[Any] | None


def withdraw(db: Connection, post: PostOfShare) -> Withdrawn | None:
    """Forget it, and the share with the last one; None where another process was first."""
    if not db.execute(delete(share_post).where(share_post.c.id == post.id)).rowcount:
        return None
    mine = db.execute(select(share).where(share.c.id == post.share)).one()
    posts = select(share_post).where(share_post.c.share == post.share).order_by(*_LONGEST_FIRST)
    left = db.execute(posts.limit(1)).one_or_none()
    if left is None:
        db.execute(delete(share).where(share.c.id == post.share))
    return Withdrawn(mine.member, left)


def edit(db: Connection, post: PostOfShare, said: str, at: datetime) -> None:
    """What it says now."""
    db.execute(update(share_post).where(share_post.c.id == post.id).values(text=said, edited_at=at))


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
