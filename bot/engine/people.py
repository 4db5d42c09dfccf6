"""Where an event belongs and whose it is: the space, the course and the member behind an address and an actor."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.events import (
    Done,
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.domain.ids import CourseId
from bot.domain.places import Actor, Address, Member, Space
from bot.engine.context import Context, derived_key
from bot.engine.roster import Person, members_of, present_member
from bot.engine.transaction import Belonging, Transaction
from storage.tables import account


def context_of(tx: Transaction, event: Event) -> Context:
    """The context for one event: with course and member where its place belongs to a course."""
    if not isinstance(event, Done):
        return Context(tx, event, Belonging())
    actor, space = event.actor, tx.live.space_at(event.address)
    course = space.course if space else _implied(tx, event.address, actor)
    if course is None:
        return Context(tx, event, Belonging())
    whose = _whose(tx, event, course, space)
    return Context(tx, event, Belonging(course=tx.live.courses[course], space=space, member=whose))


def _member(tx: Transaction, event: Done, course: CourseId, space: Space | None) -> Member:
    person = (course, event.actor.platform, event.actor.user)
    members, new = members_of(tx.db, tx.live, {person: event.actor}, event.at)
    if new and space:
        welcome(tx, event, space, members[person])
    return members[person]


def _whose(tx: Transaction, event: Done, course: CourseId, space: Space | None) -> Member | None:
    """None where it shows nobody to be there: a platform deletes by itself, and strangers can react from outside."""
    match event:
        case MessageEdited() | MessageDeleted():
            return None
        case ReactionAdded() | ReactionRemoved():
            return present_member(tx.db, course, event.actor)
        case _:
            return _member(tx, event, course, space)


def _implied(tx: Transaction, address: Address, actor: Actor) -> CourseId | None:
    """In private: the only course of this person, else the only course there is."""
    if not address.private:
        return None
    mine = select(account.c.course).where(account.c.platform == actor.platform, account.c.user == actor.user)
    courses = [course for course in tx.db.execute(mine).scalars() if course in tx.live.courses]
    courses = courses or list(tx.live.courses)
    return CourseId(courses[0]) if len(courses) == 1 else None


def speakers(tx: Transaction, messages: Sequence[tuple[MessagePosted, Space]]) -> dict[Person, Member]:
    """The members who posted these messages; who is new is welcomed."""
    people = {(space.course, e.actor.platform, e.actor.user): e.actor for e, space in messages}
    members, new = members_of(tx.db, tx.live, people, messages[0][0].at)
    if new:
        first: dict[Person, tuple[MessagePosted, Space]] = {}
        for event, space in messages:
            first.setdefault((space.course, event.actor.platform, event.actor.user), (event, space))
        for person in new:
            event, space = first[person]
            welcome(tx, event, space, members[person])
    return members


def joined(tx: Transaction, event: MemberJoined) -> None:
    """A platform says that somebody is there; only who is new, or back, is a fact."""
    space = tx.live.space_at(event.address)
    if space is None:
        return
    person = (space.course, event.actor.platform, event.actor.user)
    members, new = members_of(tx.db, tx.live, {person: event.actor}, event.at)
    if new:
        welcome(tx, event, space, members[person])


def left(tx: Transaction, event: MemberLeft) -> None:
    """A platform says that somebody is gone; only of a member who was there is that a fact."""
    space = tx.live.space_at(event.address)
    member = present_member(tx.db, space.course, event.actor) if space else None
    if space is None or member is None:
        return
    ctx = Context(tx, event, Belonging(course=tx.live.courses[space.course], space=space, member=member))
    for handler in tx.engine.registry.handlers(MemberLeft):
        handler(ctx, event)
    ctx.writes.flush(tx.db)


def welcome(tx: Transaction, event: Done, space: Space, member: Member) -> None:
    """Tell the features that somebody is new, or back."""
    key = derived_key(event, f"joined:{member.id}")
    joined = MemberJoined(key=key, at=event.at, actor=event.actor, address=space.address)
    belonging = Belonging(course=tx.live.courses[space.course], space=space, member=member)
    ctx = Context(tx, joined, belonging)
    for handler in tx.engine.registry.handlers(MemberJoined):
        handler(ctx, joined)
    ctx.finish()
    ctx.writes.flush(tx.db)
