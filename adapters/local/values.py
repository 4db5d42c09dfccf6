"""What the local chat is made of."""

import msgspec

from bot.domain.messages import File

BOT = "bot"
"""The author of what the core says; no person may have this id."""

PRIVATE = "private"
"""The id of the room in which a person is alone with the bot; each has one of their own."""

_ALONE = f"{PRIVATE}:"  # begins the place of such a room, before the person's id

REACTIONS = ("👍", "❤️", "🎉", "👏", "🙏", "❓")
"""What may be put under a message."""


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A group chat, or everybody's private chat with the bot."""

    id: str
    title: str
    staff_only: bool = False
    is_private: bool = False  # each person is in one of their own

    def place(self, who: str) -> str:
        """Where the messages stand that this person reads here."""
        return place_alone(who) if self.is_private else self.id


def place_alone(who: str) -> str:
    """The place of somebody's private chat with the bot."""
    return _ALONE + who


def alone_at(place: str) -> str | None:
    """Whose private chat a place is; None where it is a group's."""
    return place.removeprefix(_ALONE) if place.startswith(_ALONE) else None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Someone who can be in the rooms."""

    id: str
    name: str
    is_staff: bool = False  # the operator let them into the staff rooms, whatever the courses make of them
    language: str | None = None
    is_scripted: bool = False  # a classmate of the demo who acts alone


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text in one style."""

    text: str
    style: str = "plain"


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """A button under a message."""

    label: str
    command: str


class Reaction(msgspec.Struct, frozen=True, kw_only=True):
    """One of REACTIONS under a message."""

    reaction: str
    people: tuple[str, ...]  # their ids, first come first


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a room, as it stands now."""

    number: int  # rising, and in one place only
    room: str  # its place: a group's id, or that of somebody's private chat
    author: str  # a person's id, or BOT
    name: str
    at: str  # ISO, aware UTC
    body: tuple[Piece, ...]
    table: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[int, ...] = ()  # columns of the table that align right
    buttons: tuple[Press, ...] = ()
    files: tuple[File, ...] = ()
    reply_to: int | None = None
    only_for: str | None = None
    reactions: tuple[Reaction, ...] = ()
    is_edited: bool = False
    is_deleted: bool = False  # only who, when and where are left
    is_pinned: bool = False
    posted_after: int = 0  # the chat's revision before it was posted
    revision: int = 0  # filled in when read

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.body)

    def visible_to(self, person: str) -> bool:
        return self.only_for in (None, person)

    def reacted(self, person: str, reaction: str, *, on: bool) -> "Message":
        """With this person's reaction, or without it; the same message where that is so already."""
        people = {given.reaction: given.people for given in self.reactions}
        those = people.get(reaction, ())
        if (person in those) == on:
            return self
        people[reaction] = (*those, person) if on else tuple(other for other in those if other != person)
        reactions = tuple(Reaction(reaction=given, people=those) for given, those in people.items() if those)
        return msgspec.structs.replace(self, reactions=reactions)

    def edited(self, text: str) -> "Message":
        """With another text; the same message where it is the same text."""
        return self if text == self.text else msgspec.structs.replace(self, body=(Piece(text),), is_edited=True)

    def deleted(self) -> "Message":
        """What is left of it when it is gone."""
        kept = {name: getattr(self, name) for name in ("number", "room", "author", "name", "at", "posted_after")}
        return Message(**kept, body=(), is_deleted=True)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the one person who pressed a button is told."""

    interaction: str
    person: str
    text: str
    revision: int = 0


class Mistake(Exception):
    """The chat refuses what a person asked of it; `id` is a message id."""

    def __init__(self, id: str, status: int = 400) -> None:
        super().__init__(id)
        self.id = id
        self.status = status


class Moved(Mistake):
    """Another process has written to the chat meanwhile; this one knows it again as it is, so trying again is right."""

    def __init__(self) -> None:
        super().__init__("chat.moved", 409)
