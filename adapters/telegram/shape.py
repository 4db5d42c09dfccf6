"""What we read of Telegram's updates, as the Bot API has them; everything else in them is left alone.

Types say what the API promises (https://core.telegram.org/bots/api#update), so that an update that is otherwise fails
here, by itself, and not somewhere in the core.
"""

from typing import Any

import msgspec


class User(msgspec.Struct, frozen=True):
    id: int
    first_name: str = ""
    last_name: str = ""
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str
    title: str = ""


class File(msgspec.Struct, frozen=True):
    file_id: str
    file_unique_id: str = ""
    file_size: int = 1  # bytes. Where the server does not say, it is not empty: 0 would mean that
    file_name: str | None = None
    mime_type: str | None = None


class Entity(msgspec.Struct, frozen=True):
    type: str
    offset: int = 0
    length: int = 0


class Message(msgspec.Struct, frozen=True):
    """A message; content that we have no use for is not read."""

    message_id: int
    chat: Chat
    date: int = 0  # Unix seconds; 0: the bot can't see it any more
    from_: User | None = msgspec.field(default=None, name="from")
    sender_chat: Chat | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    edit_date: int | None = None
    media_group_id: str | None = None
    reply_to_message: "Message | None" = None
    forum_topic_created: dict[str, Any] | None = None
    text: str | None = None
    caption: str | None = None
    photo: list[File] | None = None  # the same picture in several sizes, the largest last
    document: File | None = None
    voice: File | None = None
    audio: File | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    sticker: File | None = None
    new_chat_members: list[User] | None = None
    left_chat_member: User | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class CallbackQuery(msgspec.Struct, frozen=True):
    id: str
    from_: User = msgspec.field(name="from")
    message: Message | None = None
    data: str | None = None


class ReactionType(msgspec.Struct, frozen=True):
    type: str
    emoji: str | None = None


class MessageReaction(msgspec.Struct, frozen=True):
    chat: Chat
    message_id: int
    date: int
    user: User | None = None  # None: somebody who acts in the name of a chat
    old_reaction: list[ReactionType] = []
    new_reaction: list[ReactionType] = []


class PollAnswer(msgspec.Struct, frozen=True):
    poll_id: str
    option_ids: list[int]
    user: User | None = None


class ChatMember(msgspec.Struct, frozen=True):
    user: User
    status: str
    is_member: bool = False  # told of the restricted only


class ChatMemberUpdated(msgspec.Struct, frozen=True):
    chat: Chat
    date: int
    old_chat_member: ChatMember
    new_chat_member: ChatMember
    from_: User = msgspec.field(name="from")


class ChatJoinRequest(msgspec.Struct, frozen=True):
    chat: Chat
    date: int
    from_: User = msgspec.field(name="from")


class Update(msgspec.Struct, frozen=True):
    """One of the things that happened; the others are None."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    message_reaction: MessageReaction | None = None
    poll_answer: PollAnswer | None = None
    chat_member: ChatMemberUpdated | None = None
    my_chat_member: ChatMemberUpdated | None = None
    chat_join_request: ChatJoinRequest | None = None


ALLOWED = tuple(name for name in Update.__struct_fields__ if name != "update_id")
"""What we ask the server for: reactions, members and poll answers come only where they are named."""
