"""What a platform shows of a chat after nobody has looked for a while: what is gone is deleted, and reactions differ.

Whatever follows goes the way that it would have gone had somebody looked. Seen twice, it changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import bindparam, select

from bot.domain.events import Event, MessageDeleted, ReactionAdded, ReactionRemoved, StretchSeen
from bot.domain.ids import CourseId
from bot.domain.places import Actor, Address
from bot.engine.context import derived_key
from bot.engine.live import Live
from bot.engine.messages import FACT, message_object
from bot.engine.transaction import Transaction
from storage.among import among
from storage.persons import person_of, same_persons
from storage.tables import account, fact

LONGEST_REACTION = 64  # characters that are kept of what is put under a message

Handle = Callable[[Transaction, Event], None]
_Reaction = tuple[str, int, str]
"""The object of a message, the member that a person is, and what they put under it."""


def take_stretch(tx: Transaction, event: StretchSeen, handle: Handle) -> None:
    """Compare it with what is known, for each course that lives in that chat; `handle` gives events their effect."""
    for course, address in _places(tx.live, event.address).items():
        seen = _Stretch(tx, event, course, address)
        for follows in (*seen.deleted(), *seen.reacted()):
            handle(tx, follows)


def _places(live: Live, address: Address) -> dict[CourseId, Address]:
    inside = (space for space in live.spaces.values() if space.address.platform == address.platform)
    return {space.course: space.address for space in inside if space.address.room == address.room}


class _Stretch:
    """A stretch of a chat, as one course knows it."""

    def __init__(self, tx: Transaction, event: StretchSeen, course: CourseId, address: Address) -> None:
        self._tx = tx
        self._event = event
        self._course = course
        self._address = address
        self._prefix = message_object(address, "")

    def deleted(self) -> Iterator[Event]:
        """Messages that are known there and stand there no more."""
        standing = {message.message for message in self._event.messages}
        nobody = Actor(platform=self._address.platform, user="", name="")  # platforms do not say who deletes
        for message in sorted(self._known() - standing, key=order):
            yield MessageDeleted(
                key=derived_key(self._event, f"deleted:{message}"),
                at=self._event.at,
                actor=nobody,
                address=self._address,
                message=message,
            )

    def _known(self) -> set[str]:
        first, last = self._event.first, self._event.last
        offers = self._tx.engine.registry.offers.get("messages_between", ())
        found: set[str] = set()
        for lower, upper in _spans(first, last):
            span = self._prefix + lower, self._prefix + upper
            posted = self._tx.db.execute(_POSTED, {"of": self._course, "lower": span[0], "upper": span[1]}).scalars()
            found.update(posted, *(offer(self._tx.db, *span) for offer in offers))
        # A database may leave punctuation out when it compares, and then has found messages of another chat too.
        ids = {object.removeprefix(self._prefix) for object in found if object.startswith(self._prefix)}
        return {id for id in ids if order(first) <= order(id) <= order(last)}

    def reacted(self) -> Iterator[Event]:
        """Reactions that nobody knows yet, and those that are gone."""
        shown = {m.message: m.reactions for m in self._event.messages if m.reactions is not None}
        messages = {self._prefix + message: message for message in shown}
        known = self._reactions(list(messages))
        persons = self._persons({actor.user for reactions in shown.values() for actor, _ in reactions or ()})
        there: set[_Reaction] = set()
        for object, message in messages.items():
            for actor, reaction in shown[message] or ():
                if actor.user not in persons:
                    continue  # nobody of the course
                one = object, persons[actor.user], reaction[:LONGEST_REACTION]
                there.add(one)
                if one not in known:
                    yield self._reaction(ReactionAdded, message, actor, reaction)
        users = self._users({member for _, member, _ in known - there})
        for object, member, reaction in sorted(known - there):
            if member in users:
                actor = Actor(platform=self._address.platform, user=users[member], name="")
                yield self._reaction(ReactionRemoved, messages[object], actor, reaction)

    def _reaction(
        self, kind: type[ReactionAdded] | type[ReactionRemoved], message: str, actor: Actor, reaction: str
    ) -> Event:
        what = "reacted" if kind is ReactionAdded else "unreacted"
        return kind(
            key=derived_key(self._event, f"{what}:{message}:{actor.user}:{reaction}"),
            at=self._event.at,
            actor=actor,
            address=self._address,
            message=message,
            reaction=reaction,
        )

    def _reactions(self, objects: Sequence[str]) -> set[_Reaction]:
        offers = self._tx.engine.registry.offers.get("reactions", ())
        return {one for offer in offers for one in offer(self._tx.db, objects)}

    def _persons(self, users: set[str]) -> dict[str, int]:
        """The person behind each of these accounts, where there is a member."""
        rows = self._tx.db.execute(_PERSONS, {**self._accounts, "users": users})
        return {row.user: row.person for row in rows}

    def _users(self, members: set[int]) -> dict[int, str]:
        """An account of each of these persons."""
        rows = self._tx.db.execute(_USERS, {**self._accounts, "members": members}) if members else ()
        return {row.person: row.user for row in rows}

    @property
    def _accounts(self) -> dict[str, str]:
        return {"of": self._course, "on": self._address.platform}


def order(id: str) -> tuple[int, str]:
    """Ids that grow with time, such as numbers: a longer one is newer."""
    return len(id), id


def _spans(first: str, last: str) -> Iterator[tuple[str, str]]:
    """The ids from first to last in spans of one length each, which texts are ordered by as numbers are."""
    for length in range(len(first), len(last) + 1):
        lower = first if length == len(first) else "0" * length
        upper = last if length == len(last) else "9" * length
        if lower <= upper:
            yield lower, upper


_POSTED = select(fact.c.object).where(
    fact.c.course == bindparam("of"),
    fact.c.kind == FACT,
    fact.c.object.between(bindparam("lower"), bindparam("upper")),
)
_ACCOUNTS = select(account.c.user, person_of(account.c.member).label("person")).where(
    account.c.course == bindparam("of"), account.c.platform == bindparam("on")
)
_PERSONS = _ACCOUNTS.where(among(account.c.user, "users"))
_USERS = _ACCOUNTS.where(same_persons(account.c.member, "members")).order_by(account.c.user.desc())
