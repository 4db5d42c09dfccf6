"""The world behind the Bot API: people, chats, messages, files. Nothing here knows of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tests.fakes.telegram.inbox import Inbox

Json = dict[str, Any]
ANONYMOUS_ADMIN = 1_087_968_824  # @GroupAnonymousBot, the `from` of whoever writes as the group
Kind = Literal["private", "group", "supergroup"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]


@dataclass(kw_only=True, eq=False)
class User:
    """A person or a bot; the same object all along, so a test may rename somebody."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False


@dataclass(kw_only=True, eq=False)
class Member:
    """Where somebody stands in a group. `rights`: an administrator's, or what a restricted member may still do."""

    user: User
    status: Status = "left"
    rights: frozenset[str] = frozenset()

    @property
    def is_in(self) -> bool:
        return self.status not in {"left", "kicked"}

    @property
    def is_admin(self) -> bool:
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether an administrator has this right; plain members have none of them."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def may_send(self, permission: str) -> bool:
        return self.status != "restricted" or permission in self.rights


@dataclass(kw_only=True, eq=False)
class Topic:
    """A topic of a forum; its id is that of the service message that opened it."""

    id: int
    name: str
    is_closed: bool = False


@dataclass(kw_only=True, eq=False)
class File:
    id: str
    unique_id: str
    path: str  # below /file/botTOKEN/
    content: bytes
    name: str | None = None
    mime: str | None = None


@dataclass(kw_only=True, eq=False)
class Media:
    """What a message carries besides its text. A photo has two files, the small one first."""

    kind: Literal["photo", "document", "voice", "video", "audio", "animation"]
    files: list[File]

    @property
    def file(self) -> File:
        return self.files[-1]


@dataclass(kw_only=True, eq=False)
class Poll:
    id: str
    question: str
    options: list[str]
    is_anonymous: bool
    allows_multiple_answers: bool
    allows_revoting: bool = True
    type: str = "regular"
    is_closed: bool = False
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)  # by user
    extra: Json = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Message:
    id: int
    chat: Chat
    sender: User
    date: int  # Unix seconds
    text: str | None = None
    caption: str | None = None
    entities: list[Json] = field(default_factory=list)  # of the text or the caption
    reply_to: int | None = None
    topic: int | None = None
    media: Media | None = None
    album: str | None = None
    poll: Poll | None = None
    markup: Json | None = None  # the whole reply_markup
    edited_at: int | None = None
    reactions: dict[int, list[str]] = field(default_factory=dict)  # emoji by user
    origin: Json | None = None  # forward_origin
    is_anonymous: bool = False  # by an administrator in the name of the group
    service: Json = field(default_factory=dict)  # new_chat_members and the like

    @property
    def words(self) -> str:
        return self.text or self.caption or ""


@dataclass(kw_only=True, eq=False)
class Chat:
    id: int
    kind: Kind
    title: str | None = None
    is_forum: bool = False
    owner: User | None = None  # the person of a private chat
    is_started: bool = False
    is_blocked: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    last_id: int = 0
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    asking: dict[int, User] = field(default_factory=dict)  # who waits to be let in
    migrated_to: Chat | None = None

    @property
    def is_private(self) -> bool:
        return self.kind == "private"

    def member(self, user: User) -> Member:
        return self.members.setdefault(user.id, Member(user=user))


@dataclass(kw_only=True, eq=False)
class Query:
    """A press of a button that waits for its answer."""

    id: str
    user: User
    asked_at: float  # of the world's `now`
    is_answered: bool = False


@dataclass(frozen=True, kw_only=True)
class Toast:
    """What answered a press, as the person saw it."""

    text: str | None
    show_alert: bool = False
    url: str | None = None


@dataclass(kw_only=True, eq=False)
class World:
    """Everything there is. `now` counts seconds for limits, `wall` dates messages."""

    bot: User
    now: Callable[[], float]
    wall: Callable[[], datetime]
    inbox: Inbox = field(default_factory=Inbox)
    is_privacy_on: bool = False
    query_seconds: float = 60.0
    users: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    queries: dict[str, Query] = field(default_factory=dict)
    toasts: dict[int, list[Toast]] = field(default_factory=dict)
    menus: dict[tuple[str, str], list[Json]] = field(default_factory=dict)  # by (scope, language)
    about: dict[tuple[str, str], str] = field(default_factory=dict)  # by (description …, language)
    counted: int = 0

    @property
    def seconds(self) -> int:
        return int(self.wall().timestamp())

    def number(self) -> int:
        """A number that was not given before."""
        self.counted += 1
        return self.counted

    def private(self, user: User) -> Chat:
        return self.chats.setdefault(user.id, Chat(id=user.id, kind="private", owner=user))

    def standing(self, chat: Chat) -> Member:
        return chat.member(self.bot)

    def keep(self, content: bytes, *, folder: str, name: str | None = None, mime: str | None = None) -> File:
        number = self.number()
        ending = name.rpartition(".")[2] if name and "." in name else "bin"
        file = File(
            id=f"file-{number}-of-{self.bot.username}",
            unique_id=f"unique-{number}",
            path=f"{folder}/file_{number}.{ending}",
            content=content,
            name=name,
            mime=mime,
        )
        self.files[file.id] = file
        return file

    def post(self, chat: Chat, sender: User, **more: Any) -> Message:
        """A new message in the chat; tells nobody."""
        chat.last_id += 1
        message = Message(id=chat.last_id, chat=chat, sender=sender, date=self.seconds, **more)
        chat.messages[message.id] = message
        return message
