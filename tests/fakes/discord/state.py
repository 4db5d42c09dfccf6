"""What there is: people, guilds, channels, messages. Plain values; ids are snowflakes as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

Json = dict[str, Any]
HAS_THREAD, EPHEMERAL, LOADING = 1 << 5, 1 << 6, 1 << 7


class Kind(IntEnum):
    """Types of channels."""

    TEXT = 0
    DM = 1
    CATEGORY = 4
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    FORUM = 15


THREADS = frozenset({Kind.ANNOUNCEMENT_THREAD, Kind.PUBLIC_THREAD, Kind.PRIVATE_THREAD})


@dataclass(kw_only=True, eq=False)
class User:
    id: int
    username: str
    global_name: str | None = None
    locale: str = "en-US"
    is_bot: bool = False
    are_dms_closed: bool = False


@dataclass(kw_only=True, eq=False)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 1
    color: int = 0
    is_hoisted: bool = False
    is_mentionable: bool = False
    bot: int | None = None  # the bot whose own role this is


@dataclass(kw_only=True, eq=False)
class Member:
    user: User
    joined_at: datetime
    nick: str | None = None
    roles: set[int] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Overwrite:
    """What a role (kind 0) or a member (kind 1) may or may not do in one channel."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(frozen=True, kw_only=True)
class Tag:
    id: int
    name: str
    is_moderated: bool = False
    emoji: str | None = None


@dataclass(kw_only=True, eq=False)
class File:
    id: int
    name: str
    mime: str
    content: bytes
    channel: int
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of a poll; ids count from 1."""

    id: int
    text: str
    emoji: Json | None = None


@dataclass(kw_only=True, eq=False)
class Poll:
    question: str
    answers: list[Answer]
    expires_at: datetime
    allows_several: bool = False
    is_final: bool = False
    votes: dict[int, set[int]] = field(default_factory=dict)  # answers by user, in the order of voting


@dataclass(kw_only=True, eq=False)
class Message:
    id: int
    channel: Channel
    author: User
    at: datetime
    content: str = ""
    type: int = 0
    flags: int = 0
    reply_to: int | None = None
    files: list[File] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    poll: Poll | None = None
    reactions: dict[str, list[int]] = field(default_factory=dict)  # users by emoji, in order
    is_pinned: bool = False
    pinned_at: datetime | None = None
    edited_at: datetime | None = None
    nonce: str | int | None = None
    mentions: list[User] = field(default_factory=list)
    is_everyone_mentioned: bool = False
    thread: Channel | None = None
    only_for: int | None = None  # ephemeral: the one person who sees it
    interaction: int | None = None  # that it answers
    extra: Json = field(default_factory=dict)  # message_reference of service messages and the like

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)


@dataclass(kw_only=True, eq=False)
class Channel:
    """A channel of a guild, a thread, or a DM (`person` is who the bot speaks with)."""

    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = None
    parent: Channel | None = None
    person: User | None = None
    position: int = 0
    topic: str | None = None
    overwrites: list[Overwrite] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    last_message: int | None = None
    owner: int | None = None
    is_archived: bool = False
    is_locked: bool = False
    archived_at: datetime | None = None  # when it was last archived, or opened
    auto_archive_minutes: int = 4320
    applied_tags: list[int] = field(default_factory=list)
    thread_members: dict[int, datetime] = field(default_factory=dict)
    counted: int = 0  # messages ever sent in the thread

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def place(self) -> Channel:
        """The channel whose permissions count here."""
        return self.parent if self.is_thread and self.parent else self


@dataclass(kw_only=True, eq=False)
class Guild:
    """Its own id is that of its role for everyone."""

    id: int
    title: str
    owner: int
    locale: str = "en-US"
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads too
    joined_at: datetime | None = None  # when the bot came
    is_available: bool = True


@dataclass(kw_only=True, eq=False)
class Seen:
    """Something the person saw after what they did, in order.

    kind: "message", "thinking" (deferred), "modal", "choices", "silently" (taken, nothing shown), "changed" (the
    message that was pressed), "edited" (an answer given before), "gone" (an answer taken away).
    """

    kind: str
    message: Message | None = None
    text: str = ""
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
    is_ephemeral: bool = False


@dataclass(kw_only=True, eq=False)
class Interaction:
    id: int
    token: str
    type: int  # 2 command, 3 component, 4 autocomplete, 5 modal
    user: User
    channel: Channel
    at: datetime  # by the world's clock, for the 15 minutes of the token
    asked_at: float  # real seconds, for the 3 seconds of the first answer
    data: Json = field(default_factory=dict)
    message: Message | None = None  # that was pressed
    is_lost: bool = False  # made before the server of the bot's session went away
    callback: int | None = None  # type of the first answer
    original: Message | None = None
    seen: list[Seen] = field(default_factory=list)

    @property
    def is_answered(self) -> bool:
        return self.callback is not None
