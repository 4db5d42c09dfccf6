"""The Telegram of one test: its people by their names in the test, its groups, and all that was posted, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from adapters.local.values import BOT, Message, Piece, Press, Reaction
from adapters.telegram.payloads import is_kept
from adapters.telegram.traits import PLATFORM
from bot.domain.messages import File
from tests import elsewhere
from tests.elsewhere import PRIVATE, Rows
from tests.fakes.telegram import Chat, FakeTelegram, Limits, SeenFile, User
from tests.fakes.telegram import Message as Posted
from tests.fakes.telegram.inbox import FIRST_ID
from tests.fakes.telegram.people import PNG

_URL = re.compile(r"(https?://\S+)")  # which Telegram makes links of by itself
_PRIVATE_IDS = 1_000_000_000  # added to the ids in a private chat, which has numbers of its own
_HEART = "❤"


class Entry(NamedTuple):
    """A message, and the room that it belongs to for who sees it."""

    message: Posted
    room: str

    @property
    def number(self) -> int:
        return self.message.id + (_PRIVATE_IDS if self.message.chat.is_private else 0)


class Town(elsewhere.Town[User, Chat, Entry]):
    """Groups where everybody is."""

    platform = PLATFORM

    def __init__(self) -> None:
        super().__init__()
        self.telegram = FakeTelegram(now=lambda: 0.0, limits=Limits.off())
        self.offset = FIRST_ID  # of the updates that were not taken yet
        self.opened: set[str] = set()  # who has a private chat with the bot
        self._entries: list[Entry] = []
        self._remember_posts()
        for room in ("main", "staff"):
            self.room(room)

    def _remember_posts(self) -> None:
        world = self.telegram.world
        post = world.post

        def remembered(chat: Chat, sender: User, **content: Any) -> Posted:
            message = post(chat, sender, **content)
            self._entries.append(Entry(message, self._room_of(chat)))
            return message

        world.post = remembered  # type: ignore[method-assign]

    def _room_of(self, chat: Chat) -> str:
        """A private message belongs to the room in which its reader just did something, else to the main group."""
        if chat.owner is None:
            return next((name for name, room in self.rooms.items() if room is chat), "")
        who, room = self.speaking or ("", "")
        return room if self.people.get(who) is chat.owner else "main"

    # --- people and rooms ---------------------------------------------------------------------------------------------

    def person(self, who: str, name: str = "") -> User:
        """The person of this name in the test, who is in every group but that of staff."""
        if who not in self.people:
            self.people[who] = self.telegram.person(name or who.title(), language=None, username=who)
            for id, room in self.rooms.items():
                if id != "staff":
                    room.member(self.people[who]).status = "member"
        if name:
            self.people[who].first_name = name
        return self.people[who]

    def room(self, name: str) -> Chat:
        if name not in self.rooms:
            self.rooms[name] = self.telegram.group(name.title(), *self.people.values(), bot="administrator")
        return self.rooms[name]

    def inside(self, who: str, room: str) -> tuple[User, Chat]:
        """Somebody who does something in a room; the bot does not say who may be in a group."""
        person = self.person(who)
        if room == PRIVATE:
            return person, self.telegram.world.private(person)
        chat = self.room(room)
        chat.member(person).status = "member"
        return person, chat

    # --- what stands there --------------------------------------------------------------------------------------------

    def entries(self, who: str, room: str) -> Iterator[Entry]:
        person = self.person(who)
        for entry in self._entries:
            chat = entry.message.chat
            is_theirs = chat.owner is None or chat.owner is person
            is_there = entry.message.id in chat.messages and not entry.message.service
            if entry.room == room and is_theirs and is_there:
                yield entry

    def kept_names(self, entries: Iterable[Entry]) -> set[str]:
        return {data for data in buttons_of(entries) if is_kept(data)}

    def shown(self, entry: Entry, kept: Mapping[str, str]) -> Message:
        message = entry.message
        who = BOT if message.sender.is_bot else self.name_of(message.sender.id)
        text, table = self._read(message)
        [seen] = [seen for seen in self.telegram.sees(*self._viewer(message)) if seen.id == message.id]
        return Message(
            number=entry.number,
            room=entry.room,
            author=who,
            name=message.sender.first_name,
            at=datetime.fromtimestamp(message.date, UTC).isoformat(),
            body=tuple(Piece(part, "link" if _URL.match(part) else "plain") for part in _URL.split(text) if part),
            table=table,
            buttons=tuple(
                Press(label=button.label, command=kept.get(button.data or "", button.data or ""))
                for row in seen.buttons
                for button in row
            ),
            files=(_file(seen.file),) if seen.file else (),
            reply_to=message.reply_to,
            only_for=self.name_of(message.chat.id) if message.chat.is_private else None,
            reactions=self._reactions(message),
            is_edited=seen.is_edited,
            is_pinned=seen.is_pinned,
        )

    def _viewer(self, message: Posted) -> tuple[User, Chat]:
        return message.chat.owner or self.telegram.bot, message.chat

    def _read(self, message: Posted) -> tuple[str, Rows]:
        """The words of a message, and the rows of the board that stands below them."""
        for entity in message.entities:
            if entity["type"] in ("code", "pre"):
                start, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
                raw = message.words.encode("utf-16-le")
                rows = self._boards.get(raw[start:end].decode("utf-16-le").strip())
                if rows is not None:
                    return (raw[:start] + raw[end:]).decode("utf-16-le").rstrip("\n"), rows
        return message.words, ()

    def _reactions(self, message: Posted) -> tuple[Reaction, ...]:
        """What people have put there; the bot's own only say that it has seen something."""
        people: dict[str, list[str]] = {}
        for user, emojis in message.reactions.items():
            for emoji in emojis:
                if user != self.telegram.bot.id:
                    people.setdefault("❤️" if emoji == _HEART else emoji, []).append(self.name_of(user))
        return tuple(Reaction(reaction=emoji, people=tuple(those)) for emoji, those in people.items())


def _file(seen: SeenFile) -> File:
    """What is left of a file's name and type on its way: a picture has none."""
    digest = sha256(seen.content).hexdigest()
    media_type = "image/png" if seen.content.startswith(PNG) else "application/octet-stream"
    return File(name=seen.name or "", media_type=media_type, size=len(seen.content), sha256=digest)


def buttons_of(entries: Iterable[Entry]) -> set[str]:
    """The callback data of all buttons."""
    markups = (entry.message.markup or {} for entry in entries)
    rows = (row for markup in markups for row in markup.get("inline_keyboard", ()))
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}
