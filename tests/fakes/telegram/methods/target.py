"""Which chat, topic and message a request means, and whether the bot may act there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram.errors import Refusal, bad, forbidden
from tests.fakes.telegram.state import Chat, Member, Message, User, World

_SENDING = {
    "can_send_messages": "text messages",
    "can_send_photos": "photos",
    "can_send_documents": "documents",
    "can_send_voice_notes": "voice notes",
    "can_send_videos": "videos",
    "can_send_audios": "audios",
    "can_send_polls": "polls",
}


def known_chat(world: World, number: object) -> Chat:
    """A chat that the bot has heard of, wherever it stands in it now."""
    user = world.users.get(number) if isinstance(number, int) else None
    chat = (
        world.private(user)
        if user and not user.is_bot
        else world.chats.get(number)
        if isinstance(number, int)
        else None
    )
    if chat is None or (not chat.is_private and world.bot.id not in chat.members):
        raise bad("chat not found")
    if chat.migrated_to is not None:
        raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to.id)
    return chat


def open_chat(world: World, params: Mapping[str, Any], key: str = "chat_id") -> Chat:
    """A chat that the bot can act in."""
    chat = known_chat(world, params[key])
    if trouble := _shut(world, chat):
        raise trouble
    return chat


def _shut(world: World, chat: Chat) -> Refusal | None:
    if chat.is_private:
        if chat.is_blocked:
            return forbidden("bot was blocked by the user")
        # ChatJoinRequest.user_chat_id: who asks to be let in can be written to until that is decided.
        is_asking = any(chat.id in other.asking for other in world.chats.values())
        return None if chat.is_started or is_asking else forbidden("bot can't initiate conversation with a user")
    status = world.standing(chat).status
    if status == "kicked":
        return forbidden(f"bot was kicked from the {chat.kind} chat")
    return forbidden(f"bot is not a member of the {chat.kind} chat") if status == "left" else None


def sendable(world: World, params: Mapping[str, Any], permission: str = "can_send_messages") -> Chat:
    """A chat that the bot can post this in."""
    chat = open_chat(world, params)
    if not chat.is_private and not world.standing(chat).may_send(permission):
        raise bad(f"not enough rights to send {_SENDING[permission]} to the chat")
    return chat


def topic_of(world: World, chat: Chat, params: Mapping[str, Any]) -> int | None:
    """The topic to post in. The General topic has no id to send to: thread 1 is not found, as at the real one."""
    number = params.get("message_thread_id")
    if number is None:
        return None
    topic = chat.topics.get(number) if chat.is_forum else None
    if topic is None:
        raise bad("message thread not found")
    if topic.is_closed and not world.standing(chat).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return topic.id


def reply_of(chat: Chat, params: Mapping[str, Any]) -> int | None:
    """The message that is answered; None if it is gone and need not be there."""
    reply = params.get("reply_parameters") or {
        "message_id": params.get("reply_to_message_id"),
        "allow_sending_without_reply": params.get("allow_sending_without_reply"),
    }
    number = reply.get("message_id")
    if number is None or number in chat.messages:
        return number
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def message_of(chat: Chat, number: int, *, to: str) -> Message:
    """Raises 400 "message to {to} not found"."""
    message = chat.messages.get(number)
    if message is None:
        raise bad(f"message to {to} not found")
    return message


def need_right(world: World, chat: Chat, right: str, *, to: str) -> None:
    """Raises 400 "not enough rights to …" unless the bot is an administrator with this right."""
    if not world.standing(chat).may(right):
        raise bad(f"not enough rights to {to}")


def member_of(world: World, chat: Chat, number: int) -> Member:
    return chat.member(user_of(world, number))


def user_of(world: World, number: int) -> User:
    user = world.users.get(number)
    if user is None:
        raise bad("user not found")
    return user
