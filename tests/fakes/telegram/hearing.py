"""What reaches the bot: privacy mode, administrators, blocked chats."""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.state import Chat, Json, Member, Message, User, World


def tell(world: World, kind: str, message: Message) -> None:
    """Sends `message` or `edited_message`, if the bot hears it."""
    if hears(world, message):
        world.inbox.push(kind, shapes.message(message))


def hears(world: World, message: Message) -> bool:
    """ "Privacy mode": commands, mentions, replies to the bot and service messages come through it."""
    chat = message.chat
    if chat.is_private:
        return not chat.is_blocked
    standing = world.standing(chat)
    if not standing.is_in:
        return False
    if standing.is_admin or not world.is_privacy_on or message.service:
        return True
    above = chat.messages.get(message.reply_to or 0)
    return (above is not None and above.sender is world.bot) or _is_meant(world, message)


def _is_meant(world: World, message: Message) -> bool:
    name = f"@{world.bot.username}".lower()
    first = message.words.partition(" ")[0].lower()
    if first.startswith("/"):
        return "@" not in first or first.endswith(name)
    return name in message.words.lower()


def tell_as_admin(world: World, chat: Chat, kind: str, body: Json) -> None:
    """`message_reaction`, `chat_member`, `chat_join_request`: "the bot must be an administrator in the chat"."""
    if world.standing(chat).is_admin or (chat.is_private and not chat.is_blocked):
        world.inbox.push(kind, body)


def stands(world: World, chat: Chat, member: Member, by: User, **now: Any) -> None:
    """Changes where somebody stands and tells the bot: of itself always, of others as an administrator."""
    before = shapes.member(member)
    for name, value in now.items():
        setattr(member, name, value)
    body = {
        "chat": shapes.chat(chat),
        "from": shapes.user(by),
        "date": world.seconds,
        "old_chat_member": before,
        "new_chat_member": shapes.member(member),
    }
    if member.user is world.bot:
        world.inbox.push("my_chat_member", body)
    else:
        tell_as_admin(world, chat, "chat_member", body)
