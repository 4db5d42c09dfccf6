"""People and the bot coming, going and being given rights; groups that become supergroups; topics."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.hearing import stands, tell
from tests.fakes.telegram.methods.chats import asks_to_join, open_topic, remove_topic
from tests.fakes.telegram.people import Place
from tests.fakes.telegram.rights import ADMIN_RIGHTS
from tests.fakes.telegram.state import Chat, User
from tests.fakes.telegram.touches import Touches

SUPERGROUP = -1_001_000_000_000


class Comings(Touches):
    """Mixed into FakeTelegram."""

    def person(self, first_name: str, *, language: str | None = "en", username: str | None = None) -> User:
        """Somebody new, in no chat yet."""
        number = 1000 + self.world.number()
        name = username or f"{first_name.lower()}_{number}" if first_name.isascii() else username
        user = User(id=number, first_name=first_name, username=name, language_code=language)
        self.world.users[number] = user
        return user

    def group(
        self,
        title: str,
        *people: User,
        owner: User | None = None,
        kind: str = "supergroup",
        is_forum: bool = False,
        bot: str = "member",
    ) -> Chat:
        """A group with these people in it, before anything happens: no updates.

        `bot` is its status there ("administrator" with all rights, "member", "left"); left, and it never was there.
        """
        number = self.world.number()
        number = SUPERGROUP - number if kind == "supergroup" else -2000 - number
        chat = Chat(id=number, kind=kind, title=title, is_forum=is_forum)  # type: ignore[arg-type]
        self.world.chats[number] = chat
        for person in people:
            chat.member(person).status = "member"
        if owner is not None:
            chat.member(owner).status = "creator"
        if bot != "left":
            standing = chat.member(self.world.bot)
            standing.status = bot  # type: ignore[assignment]
            standing.rights = ADMIN_RIGHTS if bot == "administrator" else frozenset()
        return chat

    def joins(self, user: User, place: Place, *, by: User | None = None) -> None:
        """Joins, or is added by somebody."""
        chat = self.chat_at(place)
        stands(self.world, chat, chat.member(user), by or user, status="member", rights=frozenset())
        self._notes(chat, by or user, new_chat_members=[shapes.user(user)])

    def leaves(self, user: User, place: Place, *, by: User | None = None) -> None:
        """Leaves, or is thrown out by somebody."""
        chat = self.chat_at(place)
        status = "left" if by in {None, user} else "kicked"
        stands(self.world, chat, chat.member(user), by or user, status=status, rights=frozenset())
        self._notes(chat, by or user, left_chat_member=shapes.user(user))

    def is_promoted(self, user: User, place: Place, *, by: User, rights: Iterable[str] = ADMIN_RIGHTS) -> None:
        """Becomes an administrator with these rights; the bot too may be promoted (`telegram.bot`)."""
        chat = self.chat_at(place)
        stands(self.world, chat, chat.member(user), by, status="administrator", rights=frozenset(rights))

    def is_demoted(self, user: User, place: Place, *, by: User) -> None:
        chat = self.chat_at(place)
        stands(self.world, chat, chat.member(user), by, status="member", rights=frozenset())

    def requests_to_join(self, user: User, place: Place) -> None:
        asks_to_join(self.world, self.chat_at(place), user)

    def adds_bot(self, user: User, place: Place, *, rights: Iterable[str] | None = None) -> None:
        """`rights`: added as an administrator with these."""
        chat, bot = self.chat_at(place), self.world.bot
        status = "member" if rights is None else "administrator"
        stands(self.world, chat, chat.member(bot), user, status=status, rights=frozenset(rights or ()))
        self._notes(chat, user, new_chat_members=[shapes.user(bot)])

    def removes_bot(self, user: User, place: Place) -> None:
        chat = self.chat_at(place)
        stands(self.world, chat, self.world.standing(chat), user, status="kicked", rights=frozenset())

    def restricts_bot(self, user: User, place: Place, *, may: Iterable[str] = ()) -> None:
        """The bot stays, but may only do what `may` names ("can_send_photos" …)."""
        chat = self.chat_at(place)
        stands(self.world, chat, self.world.standing(chat), user, status="restricted", rights=frozenset(may))

    def migrates(self, user: User, place: Place) -> Chat:
        """The group becomes a supergroup: a service message in each; the old id is refused from now on."""
        old = self.chat_at(place)
        new = Chat(id=SUPERGROUP - self.world.number(), kind="supergroup", title=old.title)
        new.members = dict(old.members)
        self.world.chats[new.id] = new
        self._notes(old, user, migrate_to_chat_id=new.id)
        old.migrated_to = new
        self._notes(new, user, migrate_from_chat_id=old.id)
        return new

    def opens_topic(self, user: User, place: Place, name: str) -> int:
        """A new topic of a forum; gives its id."""
        chat = self.chat_at(place)
        assert chat.is_forum, "only a forum has topics"
        topic = open_topic(self.world, chat, user, name)
        tell(self.world, "message", chat.messages[topic.id])
        return topic.id

    def closes_topic(self, place: Place, topic: int) -> None:
        self.chat_at(place).topics[topic].is_closed = True

    def deletes_topic(self, place: Place, topic: int) -> None:
        """Its messages go with it; no bot hears of it."""
        remove_topic(self.chat_at(place), topic)

    def queue(self, update: Any) -> int:
        """Any update, however malformed; one without `update_id` gets the next. The same id again is a redelivery."""
        return self.world.inbox.put(update)
