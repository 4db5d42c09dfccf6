"""The world behind the server: everything there is, its clock, and who hears of changes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tests.fakes.discord import posts
from tests.fakes.discord.rights import Right, may
from tests.fakes.discord.state import Channel, File, Guild, Interaction, Json, Kind, Message, User

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
# GATEWAY_GUILD_MEMBERS_LIMITED and GATEWAY_MESSAGE_CONTENT_LIMITED: both intents are granted in the portal.
APPLICATION_FLAGS = 1 << 15 | 1 << 19
_MENTION = re.compile(r"<@!?(\d+)>")
_MILLISECOND = timedelta(milliseconds=1)


class Dispatch(Protocol):
    """How the gateway takes an event; `guild_id` says which shard hears it."""

    def __call__(self, name: str, data: Json, *, guild_id: str | None = None) -> None: ...


def no_dispatch(name: str, data: Json, *, guild_id: str | None = None) -> None:
    """Nobody listens yet."""


@dataclass(kw_only=True, eq=False)
class World:
    """`now` is the clock of messages and tokens, `seconds` real time, for what Discord gives three seconds."""

    bot: User
    now: Callable[[], datetime]
    seconds: Callable[[], float]
    dispatch: Dispatch = no_dispatch
    cdn: str = ""
    gateway_url: str = ""
    shards: int = 1
    starts_left: int = 1000
    application_flags: int = APPLICATION_FLAGS
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)  # threads and DMs too
    files: dict[int, File] = field(default_factory=dict)
    interactions: dict[int, Interaction] = field(default_factory=dict)
    commands: dict[int | None, list[Json]] = field(default_factory=dict)  # by guild, None are the global ones
    dms: dict[int, Channel] = field(default_factory=dict)  # by user
    tokens: dict[str, Interaction] = field(default_factory=dict)
    open_polls: list[Message] = field(default_factory=list)
    are_nonces_kept: bool = False  # whether history shows them; Discord promises it nowhere
    nonces: dict[tuple[int, str], Message] = field(default_factory=dict)  # by channel and nonce
    last_id: int = 0

    def snowflake(self, at: datetime | None = None) -> int:
        """A new id: of this moment, and greater than all before."""
        stamp = ((at or self.now()) - EPOCH) // _MILLISECOND << 22
        self.last_id = max(stamp, self.last_id + 1)
        return self.last_id

    def tell(self, name: str, data: Json, channel: Channel | None = None, *, guild: Guild | None = None) -> None:
        """The bot hears of it, if it is there and may see the channel."""
        guild = channel.guild if channel else guild
        if guild is not None and (self.bot.id not in guild.members or not guild.is_available):
            return
        if channel is not None and not may(channel, self.bot.id, Right.VIEW_CHANNEL):
            return
        if guild is not None:
            data = data | {"guild_id": str(guild.id)}
        self.dispatch(name, data, guild_id=str(guild.id) if guild else None)

    def private(self, user: User) -> Channel:
        """The DM of the bot with somebody; made on first use."""
        if user.id not in self.dms:
            channel = Channel(id=self.snowflake(), kind=Kind.DM, person=user)
            self.dms[user.id] = self.channels[channel.id] = channel
        return self.dms[user.id]

    def keep(self, channel: Channel, name: str, content: bytes, mime: str, description: str | None = None) -> File:
        file = File(
            id=self.snowflake(), name=name, mime=mime, content=content, channel=channel.id, description=description
        )
        self.files[file.id] = file
        return file

    def post(self, channel: Channel, author: User, **content: Any) -> Message:
        """A new message; whoever sees the channel hears of it, of an ephemeral one nobody does."""
        id = content.pop("id", None) or self.snowflake()
        content.setdefault("mentions", self.mentioned(content.get("content", "")))
        message = Message(id=id, channel=channel, author=author, at=moment(id), **content)
        channel.messages[message.id] = message
        if message.poll:
            self.open_polls.append(message)
        if message.is_ephemeral:
            return message
        channel.last_message = message.id
        if channel.is_thread and message.type not in {4, 21}:
            channel.counted += 1
        self.tell("MESSAGE_CREATE", posts.heard_message(self, message, with_nonce=True), channel)
        return message

    def mentioned(self, content: str) -> list[User]:
        """Each once, in the order of the words."""
        ids = dict.fromkeys(int(id) for id in _MENTION.findall(content))
        return [self.users[id] for id in ids if id in self.users]

    def changed(self, message: Message) -> None:
        """Tells of an edit, a pin, a poll that ended."""
        if not message.is_ephemeral:
            self.tell("MESSAGE_UPDATE", posts.heard_message(self, message), message.channel)

    def remove(self, message: Message) -> None:
        channel = message.channel
        del channel.messages[message.id]
        gone = {"id": str(message.id), "channel_id": str(channel.id)}
        if not message.is_ephemeral:
            self.tell("MESSAGE_DELETE", gone, channel)

    def history(self, channel: Channel) -> list[Message]:
        """What everybody sees there, oldest first."""
        return [channel.messages[id] for id in sorted(channel.messages) if not channel.messages[id].is_ephemeral]

    def token(self) -> str:
        """Of an interaction; a secret of the bot."""
        return "aW50ZXJhY3Rpb246" + secrets.token_urlsafe(48)


def moment(id: int) -> datetime:
    """When a snowflake was made."""
    return EPOCH + (id >> 22) * _MILLISECOND
