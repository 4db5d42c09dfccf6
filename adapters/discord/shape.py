"""What we read of Discord's events, as its gateway has them; everything else in them is left alone.

Types say what the API promises, so that an event that is otherwise fails here, by itself, and not in the core.
"""

from typing import Annotated, Any

import msgspec

Id = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,20}\Z")]
"""A number of 64 bits in decimal, as the API promises. Places are only looked up, so theirs may be any text."""
Token = Annotated[str, msgspec.Meta(pattern=r"\A[!-~]{1,300}\Z")]
"""Part of an address; Discord's have about 200 characters."""


class User(msgspec.Struct, frozen=True):
    id: Id
    username: str = ""
    global_name: str | None = None
    bot: bool = False


class Member(msgspec.Struct, frozen=True):
    """A person in a server; `user` is left out where it stands beside."""

    nick: str | None = None
    user: User | None = None


class Attachment(msgspec.Struct, frozen=True):
    id: Id
    filename: str = "file"
    size: int = 0
    content_type: str | None = None
    url: str = ""


class Reference(msgspec.Struct, frozen=True):
    type: int = 0  # 0: it answers that message, 1: it passes it on
    message_id: Id | None = None
    channel_id: str | None = None


class Message(msgspec.Struct, frozen=True):
    """A message; content that we have no use for is not read."""

    id: Id
    channel_id: str
    guild_id: str | None = None
    type: int = 0
    author: User | None = None  # left out of what is only in part there
    member: Member | None = None
    content: str = ""
    timestamp: str | None = None
    edited_timestamp: str | None = None
    webhook_id: str | None = None
    attachments: list[Attachment] = []
    mentions: list[User] = []
    message_reference: Reference | None = None
    referenced_message: "Message | None" = None


class Deleted(msgspec.Struct, frozen=True):
    """One message, or several at once."""

    channel_id: str
    guild_id: str | None = None
    id: Id | None = None
    ids: list[Id] = []


class LostThread(msgspec.Struct, frozen=True):
    """A thread, or a post of a forum, that somebody has deleted."""

    id: Id
    parent_id: str
    guild_id: str


class Emoji(msgspec.Struct, frozen=True):
    """`id` is there where it is a picture of somebody's own."""

    id: Id | None = None
    name: str | None = None


class Reaction(msgspec.Struct, frozen=True):
    """Who reacted is left out where all reactions of a message go at once."""

    channel_id: str
    message_id: Id
    guild_id: str | None = None
    user_id: Id = ""
    emoji: Emoji = Emoji()
    member: Member | None = None


class Vote(msgspec.Struct, frozen=True):
    user_id: Id
    channel_id: str
    message_id: Id
    answer_id: int
    guild_id: str | None = None


class GuildMember(msgspec.Struct, frozen=True):
    """Who came into a server, or left it."""

    guild_id: str
    user: User
    nick: str | None = None
    joined_at: str | None = None


class Chosen(msgspec.Struct, frozen=True):
    """A channel that was chosen of those that Discord offered."""

    id: Id
    type: int = 0
    parent_id: Id | None = None


class Resolved(msgspec.Struct, frozen=True):
    """What ids in an interaction stand for."""

    users: dict[str, User] = {}
    messages: dict[str, Message] = {}
    attachments: dict[str, Attachment] = {}
    channels: dict[str, Chosen] = {}


class Option(msgspec.Struct, frozen=True):
    """One thing that somebody gave with a command."""

    name: str
    type: int
    value: str | int | float | bool | None = None
    focused: bool = False
    options: "list[Option]" = []


class Data(msgspec.Struct, frozen=True):
    """What an interaction is about; which of these are there depends on its type."""

    name: str = ""
    type: int = 0
    options: list[Option] = []
    target_id: Id | None = None
    custom_id: str = ""
    component_type: int = 0
    values: list[str] = []
    resolved: Resolved = Resolved()
    components: list[dict[str, Any]] = []


class Waiting(msgspec.Struct, frozen=True):
    """What an answer to an interaction needs."""

    id: Id
    token: Token
    type: int


class Interaction(Waiting, frozen=True):
    channel_id: str | None = None
    guild_id: str | None = None
    data: Data = Data()
    member: Member | None = None
    user: User | None = None  # in private
    locale: str | None = None
    message: Message | None = None
