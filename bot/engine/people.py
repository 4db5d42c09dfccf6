"""Where an event belongs and whose it is: the space, the course and the member behind an address and an actor."""

from collections.abc import Sequence

from bot.domain.events import (
    CommandInvoked,
    ContactChanged,
    Done,
    Event,
    JobDone,
    JoinRequested,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PollVoted,
    PowersChanged,
    ReactionAdded,
    ReactionRemoved,
)
from bot.domain.ids import CourseId
from bot.domain.places import Address, Member, Space
from bot.engine.context import Context, derived_key
from bot.engine.private import implied_course
from bot.engine.roster import Person, members_of, present_member
from bot.engine.transaction import Belonging, Transaction
from storage import contacts, outbox


def context_of(tx: Transaction, event: Event) -> Context:
    """The context for one event: with course and member where its place belongs to a course."""
    if isinstance(event, JobDone):
        return Context(tx, event, Belonging(course=tx.live.courses.get(event.course)))
    if not isinstance(event, Done):
        return Context(tx, event, Belonging())
    if event.address.private and not isinstance(event, ContactChanged):
        _hear_from(tx, event)
    space = _space(tx, event)
    course = space.course if space else _implied(tx, event)
    if course is None:
        return Context(tx, event, Belonging())
    whose = _whose(tx, event, course, space)
    return Context(tx, event, Belonging(course=tx.live.courses[course], space=space, member=whose))


def _space(tx: Transaction, event: Done) -> Space | None:
    """Platforms tell of reactions and the like without naming the topic."""
    has_topic = not isinstance(event, ReactionAdded | ReactionRemoved | MessageDeleted | PollVoted)
    return tx.live.space_at(event.address) if has_topic else tx.live.space_around(event.address)


def _hear_from(tx: Transaction, event: Done) -> None:
    """Who writes in private can be written to, and gets what was kept for them."""
    address, user = event.address, event.actor.user
    if contacts.change(tx.db, address.platform, user, is_open=True, at=event.at):
        outbox.release(tx.db, Address(platform=address.platform, chat=user, private=True))


def write_again(tx: Transaction, event: Done) -> bool:
    """Try once more what a person's private chat did not take; whether there was anything."""
    platform, user = event.address.platform, event.actor.user
    contacts.forget(tx.db, platform, user)
    return outbox.release(tx.db, Address(platform=platform, chat=user, private=True))


def contact_changed(tx: Transaction, event: ContactChanged) -> None:
    """A platform says that a private chat was opened, or closed."""
    if event.is_open:
        _hear_from(tx, event)
    else:
        contacts.change(tx.db, event.address.platform, event.actor.user, is_open=False, at=event.at)


def _member(tx: Transaction, event: Done, course: CourseId, space: Space | None) -> Member:
    person = (course, event.actor.platform, event.actor.user)
    members, new = members_of(tx.db, tx.live, {person: event.actor}, event.at)
    if new and space:
        welcome(tx, event, space, members[person])
    return members[person]


def _whose(tx: Transaction, event: Done, course: CourseId, space: Space | None) -> Member | None:
    """None where it shows nobody to be there: platforms delete by themselves, strangers react and vote from outside."""
    match event:
        case MessageEdited() | MessageDeleted() | JoinRequested() | ContactChanged():
            return None
        case ReactionAdded() | ReactionRemoved() | PollVoted() | PowersChanged():
            return present_member(tx.db, course, event.actor)
        case _:
            return _member(tx, event, course, space)


def _implied(tx: Transaction, event: Done) -> CourseId | None:
    return implied_course(tx.db, tx.live, event) if event.address.private else None


Said = MessagePosted | CommandInvoked


def speakers(tx: Transaction, messages: Sequence[tuple[Said, Space]]) -> dict[Person, Member]:
    """The members who said this; who is new is welcomed."""
    people = {(space.course, e.actor.platform, e.actor.user): e.actor for e, space in messages}
    members, new = members_of(tx.db, tx.live, people, messages[0][0].at)
    if new:
        first: dict[Person, tuple[Said, Space]] = {}
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
    ctx.finish()
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
