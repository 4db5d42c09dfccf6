"""The objects that events are made of, as data: the fields that are always there, and the types of some others.

Fields that no model names may come along. Facts from Discord's documentation of API version 10.
"""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from msgspec import UNSET, Meta, Struct, UnsetType

Id = Annotated[str, Meta(pattern=r"^\d{1,20}$")]
Permissions = Annotated[str, Meta(pattern=r"^\d+$")]
Stamp = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$")]
Count = Annotated[int, Meta(ge=0)]


class User(TypedDict):
    id: Id
    username: str
    discriminator: str
    global_name: str | None
    avatar: str | None
    bot: NotRequired[bool]


class PartialMember(TypedDict):
    """Without its user, as beside a message."""

    roles: list[Id]
    joined_at: Stamp | None
    deaf: bool
    mute: bool
    flags: int
    nick: NotRequired[str | None]


class Member(PartialMember):
    user: User


class MentionedUser(User):
    member: NotRequired[PartialMember]


class RoleColors(TypedDict):
    primary_color: Count
    secondary_color: Count | None
    tertiary_color: Count | None


class Role(TypedDict):
    id: Id
    name: str
    color: Count
    colors: RoleColors
    hoist: bool
    position: Count
    permissions: Permissions
    managed: bool
    mentionable: bool
    flags: int


class Emoji(TypedDict):
    id: Id | None
    name: str | None


class Attachment(TypedDict):
    id: Id
    filename: str
    size: Count
    url: str
    proxy_url: str
    content_type: NotRequired[str]


class CountDetails(TypedDict):
    burst: Count
    normal: Count


class Reaction(TypedDict):
    count: Count
    count_details: CountDetails
    me: bool
    me_burst: bool
    emoji: Emoji
    burst_colors: list[str]


class PollMedia(TypedDict):
    text: NotRequired[str]
    emoji: NotRequired[Emoji]


class PollAnswer(TypedDict):
    answer_id: int
    poll_media: PollMedia


class Poll(TypedDict):
    question: PollMedia
    answers: list[PollAnswer]
    expiry: Stamp  # may be null by the documentation; clients die of it, and bots' polls always have one
    allow_multiselect: bool
    layout_type: int


class Reference(TypedDict):
    channel_id: Id
    message_id: NotRequired[Id]
    guild_id: NotRequired[Id]


class ThreadMetadata(TypedDict):
    archived: bool
    auto_archive_duration: int
    archive_timestamp: Stamp
    locked: bool


class ThreadMember(TypedDict):
    join_timestamp: Stamp
    flags: int
    id: NotRequired[Id]
    user_id: NotRequired[Id]


class ForumTag(TypedDict):
    id: Id
    name: str
    moderated: bool
    emoji_id: Id | None
    emoji_name: str | None


class _Channel(Struct, kw_only=True, tag_field="type"):
    id: Id
    guild_id: Id | UnsetType = UNSET


class _Placed(_Channel, kw_only=True):
    name: str
    position: Count
    parent_id: Id | UnsetType | None = UNSET


class TextChannel(_Placed, tag=0): ...


class VoiceChannel(_Placed, tag=2): ...


class Category(_Placed, tag=4): ...


class Announcements(_Placed, tag=5): ...


class Stage(_Placed, tag=13): ...


class Forum(_Placed, kw_only=True, tag=15):
    available_tags: list[ForumTag]
    default_reaction_emoji: dict[str, Any] | None
    default_sort_order: int | None
    default_forum_layout: int


class Gallery(_Placed, kw_only=True, tag=16):
    available_tags: list[ForumTag]
    default_reaction_emoji: dict[str, Any] | None
    default_sort_order: int | None


class _Thread(_Channel, kw_only=True):
    name: str
    parent_id: Id
    owner_id: Id
    thread_metadata: ThreadMetadata
    message_count: Count | UnsetType = UNSET
    member_count: Count | UnsetType = UNSET
    applied_tags: list[Id] | UnsetType = UNSET
    newly_created: bool | UnsetType = UNSET
    member: ThreadMember | UnsetType = UNSET


class AnnouncementThread(_Thread, tag=10): ...


class PublicThread(_Thread, tag=11): ...


class PrivateThread(_Thread, tag=12): ...


Thread = AnnouncementThread | PublicThread | PrivateThread
GuildChannel = TextChannel | VoiceChannel | Category | Announcements | Stage | Forum | Gallery


class Message(TypedDict):
    id: Id
    channel_id: Id
    author: User
    content: str
    timestamp: Stamp
    edited_timestamp: Stamp | None
    tts: bool
    mention_everyone: bool
    mentions: list[MentionedUser]
    mention_roles: list[Id]
    attachments: list[Attachment]
    embeds: list[dict[str, Any]]
    pinned: bool
    type: int
    components: NotRequired[list[dict[str, Any]]]
    flags: NotRequired[int]
    guild_id: NotRequired[Id]
    member: NotRequired[PartialMember]
    message_reference: NotRequired[Reference]
    nonce: NotRequired[int | str]
    poll: NotRequired[Poll]
    position: NotRequired[Count]
    reactions: NotRequired[list[Reaction]]
    referenced_message: NotRequired[Message | None]
    thread: NotRequired[Thread]
    webhook_id: NotRequired[Id]
