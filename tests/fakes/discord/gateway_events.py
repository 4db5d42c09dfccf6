"""The shape of every event this server can send; see gateway_shapes for what they are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

import msgspec

from tests.fakes.discord.gateway_interactions import Interaction
from tests.fakes.discord.gateway_shapes import (
    Count,
    Emoji,
    GuildChannel,
    Id,
    Member,
    Message,
    Role,
    Stamp,
    Thread,
    ThreadMember,
    User,
)


class UnavailableGuild(TypedDict):
    id: Id
    unavailable: Literal[True]


class PartialApplication(TypedDict):
    id: Id
    flags: int


class Ready(TypedDict):
    v: Literal[10]
    user: User
    guilds: list[UnavailableGuild]
    session_id: str
    resume_gateway_url: str
    application: PartialApplication
    shard: NotRequired[tuple[int, int]]


class Guild(TypedDict):
    id: Id
    name: str
    icon: str | None
    splash: str | None
    discovery_splash: str | None
    banner: str | None
    description: str | None
    owner_id: Id
    application_id: Id | None
    afk_channel_id: Id | None
    afk_timeout: int
    verification_level: int
    default_message_notifications: int
    explicit_content_filter: int
    mfa_level: int
    nsfw_level: int
    premium_tier: int
    premium_progress_bar_enabled: bool
    preferred_locale: str
    features: list[str]
    roles: list[Role]
    emojis: list[dict[str, Any]]
    hub_type: int | None
    incidents_data: dict[str, Any] | None
    public_updates_channel_id: Id | None
    rules_channel_id: Id | None
    safety_alerts_channel_id: Id | None
    system_channel_id: Id | None
    system_channel_flags: int
    vanity_url_code: str | None


class NewGuild(Guild):
    """As it comes after READY and after joining."""

    joined_at: Stamp
    large: bool
    member_count: Count
    members: list[Member]
    channels: list[GuildChannel]
    threads: list[Thread]
    presences: list[dict[str, Any]]
    voice_states: list[dict[str, Any]]
    stage_instances: list[dict[str, Any]]
    guild_scheduled_events: list[dict[str, Any]]
    soundboard_sounds: list[dict[str, Any]]


class LostGuild(TypedDict):
    id: Id
    unavailable: NotRequired[bool]


class GuildRole(TypedDict):
    guild_id: Id
    role: Role


class LostRole(TypedDict):
    guild_id: Id
    role_id: Id


class GuildMember(Member):
    guild_id: Id


class ChangedMember(TypedDict):
    """Voice states and flags may be missing."""

    guild_id: Id
    roles: list[Id]
    user: User
    joined_at: Stamp | None


class GuildUser(TypedDict):
    """Who left, was banned or is allowed in again."""

    guild_id: Id
    user: User


class MembersChunk(TypedDict):
    guild_id: Id
    members: list[Member]
    chunk_index: Count
    chunk_count: Count
    not_found: NotRequired[list[Id]]
    nonce: NotRequired[str]


class LostMessage(TypedDict):
    id: Id
    channel_id: Id
    guild_id: NotRequired[Id]


class LostMessages(TypedDict):
    ids: list[Id]
    channel_id: Id
    guild_id: NotRequired[Id]


class AllReactions(TypedDict):
    channel_id: Id
    message_id: Id
    guild_id: NotRequired[Id]


class EmojiReactions(AllReactions):
    emoji: Emoji


class LostReaction(EmojiReactions):
    user_id: Id
    burst: bool
    type: int


class NewReaction(LostReaction):
    member: NotRequired[Member]
    message_author_id: NotRequired[Id]


class Vote(TypedDict):
    user_id: Id
    channel_id: Id
    message_id: Id
    answer_id: int
    guild_id: NotRequired[Id]


class Pins(TypedDict):
    channel_id: Id
    guild_id: NotRequired[Id]
    last_pin_timestamp: NotRequired[Stamp | None]


class LostThread(TypedDict):
    id: Id
    guild_id: Id
    parent_id: Id
    type: int


class ThreadList(TypedDict):
    guild_id: Id
    threads: list[Thread]
    members: list[ThreadMember]
    channel_ids: NotRequired[list[Id]]


class ThreadMembers(TypedDict):
    id: Id
    guild_id: Id
    member_count: Count
    added_members: NotRequired[list[ThreadMember]]
    removed_member_ids: NotRequired[list[Id]]


class OwnThreadMember(ThreadMember):
    guild_id: Id


_SHAPES: dict[str, Any] = {
    "READY": Ready,
    "RESUMED": dict[str, Any],
    "GUILD_CREATE": NewGuild,
    "GUILD_UPDATE": Guild,
    "GUILD_DELETE": LostGuild,
    "GUILD_ROLE_CREATE": GuildRole,
    "GUILD_ROLE_UPDATE": GuildRole,
    "GUILD_ROLE_DELETE": LostRole,
    "GUILD_MEMBER_ADD": GuildMember,
    "GUILD_MEMBER_UPDATE": ChangedMember,
    "GUILD_MEMBER_REMOVE": GuildUser,
    "GUILD_MEMBERS_CHUNK": MembersChunk,
    "GUILD_BAN_ADD": GuildUser,
    "GUILD_BAN_REMOVE": GuildUser,
    "CHANNEL_CREATE": GuildChannel,
    "CHANNEL_UPDATE": GuildChannel,
    "CHANNEL_DELETE": GuildChannel,
    "CHANNEL_PINS_UPDATE": Pins,
    "THREAD_CREATE": Thread,
    "THREAD_UPDATE": Thread,
    "THREAD_DELETE": LostThread,
    "THREAD_LIST_SYNC": ThreadList,
    "THREAD_MEMBER_UPDATE": OwnThreadMember,
    "THREAD_MEMBERS_UPDATE": ThreadMembers,
    "MESSAGE_CREATE": Message,
    "MESSAGE_UPDATE": Message,
    "MESSAGE_DELETE": LostMessage,
    "MESSAGE_DELETE_BULK": LostMessages,
    "MESSAGE_REACTION_ADD": NewReaction,
    "MESSAGE_REACTION_REMOVE": LostReaction,
    "MESSAGE_REACTION_REMOVE_ALL": AllReactions,
    "MESSAGE_REACTION_REMOVE_EMOJI": EmojiReactions,
    "MESSAGE_POLL_VOTE_ADD": Vote,
    "MESSAGE_POLL_VOTE_REMOVE": Vote,
    "INTERACTION_CREATE": Interaction,
    "USER_UPDATE": User,
}


def trouble(name: str, data: Mapping[str, Any]) -> str | None:
    """What is wrong with the event, or None."""
    if name not in _SHAPES:
        return f"{name}: no such event is known here"
    try:
        msgspec.convert(data, type=_SHAPES[name])
    except msgspec.ValidationError as error:
        return f"{name}: {error}"
    return None
