"""Where something happens and who does it: addresses on platforms, spaces of courses, actors."""

from datetime import datetime
from typing import Literal

import msgspec

from bot.domain.ids import CourseId, Language, MemberId, Role, SpaceId

SpaceKind = Literal["main", "interest", "alumni", "staff", "questions", "homework"]
SPACE_KINDS: tuple[SpaceKind, ...] = ("main", "interest", "alumni", "staff", "questions", "homework")


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """One chat, channel, topic or thread as its platform names it; a topic of a chat is `CHAT/TOPIC`."""

    platform: str
    chat: str
    private: bool = False  # a conversation between one person and the bot

    @property
    def room(self) -> str:
        """The chat without its topic: messages are numbered, and limits are counted, within it."""
        return self.chat.partition("/")[0]


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """An address that belongs to a course."""

    course: CourseId
    id: SpaceId
    kind: SpaceKind
    address: Address


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who did something, as the platform tells it; `name` is a member's text and may hold anything."""

    platform: str
    user: str
    name: str
    handle: str | None = None
    language: str | None = None  # the platform's tag, such as `zh-hans`

    @property
    def account(self) -> str:
        """The account as YAML writes it: `local:ada`."""
        return f"{self.platform}:{self.user}"


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A person in a course."""

    id: MemberId
    course: CourseId
    role: Role
    name: str
    language: Language | None  # chosen by the member; None: the course's
    level: str = ""  # a level of the course; empty: the first
    tags: tuple[str, ...] = ()
    joined_at: datetime | None = None
