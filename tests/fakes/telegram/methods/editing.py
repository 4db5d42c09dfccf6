"""Changing, taking back, pinning and reacting to messages that are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.limits import check_reactions
from tests.fakes.telegram.methods.sending import media_of
from tests.fakes.telegram.methods.target import message_of, need_right, open_chat
from tests.fakes.telegram.methods.words import caption_of, markup_of, text_of
from tests.fakes.telegram.state import Chat, Json, Media, Message, World
from tests.fakes.telegram.wire import Call

_DELETABLE_SECONDS = 48 * 3600  # deleteMessage: "if it was sent less than 48 hours ago"
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def edit_text(world: World, call: Call) -> Json:
    text, entities = text_of(call.params)
    message = _own(world, call.params)
    if message.text is None:
        raise bad("there is no text in the message to edit")
    return _change(world, message, call.params, text=text, entities=entities)


def edit_caption(world: World, call: Call) -> Json:
    caption, entities = caption_of(call.params)
    message = _own(world, call.params)
    if message.media is None:
        raise bad("there is no caption in the message to edit")
    return _change(world, message, call.params, caption=caption, entities=entities)


def edit_markup(world: World, call: Call) -> Json:
    return _change(world, _own(world, call.params), call.params)


def edit_media(world: World, call: Call) -> Json:
    item = call.params["media"]
    caption, entities = caption_of(item)
    message = _own(world, call.params)
    media: Media = media_of(world, call, item["type"], item["media"])
    return _change(world, message, call.params, media=media, caption=caption, entities=entities, text=None)


def _own(world: World, params: Mapping[str, Any]) -> Message:
    chat = open_chat(world, params)
    message = message_of(chat, params["message_id"], to="edit")
    # editMessageText: "it is only possible to edit messages without reply_markup or with inline keyboards".
    is_fixed = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender is not world.bot or message.service or is_fixed:
        raise bad("message can't be edited")
    return message


def _change(world: World, message: Message, params: Mapping[str, Any], **content: Any) -> Json:
    """An edit without a keyboard takes the keyboard away."""
    content["markup"] = markup_of(world, params)
    if all(getattr(message, name) == value for name, value in content.items()):
        raise bad(_SAME)
    for name, value in content.items():
        setattr(message, name, value)
    message.edited_at = world.seconds
    return shapes.message(message)


def stop_poll(world: World, call: Call) -> Json:
    """Tells the bot of the stopped poll too."""
    chat = open_chat(world, call.params)
    message = chat.messages.get(call.params["message_id"])
    if message is None or message.poll is None:
        raise bad("message with poll to stop not found")
    if message.sender is not world.bot:
        raise bad("poll can't be stopped")
    if message.poll.is_closed:
        raise bad("poll has already been closed")
    message.poll.is_closed = True
    message.markup = markup_of(world, call.params)
    body = shapes.poll(message.poll)
    world.inbox.push("poll", body)
    return body


def delete_message(world: World, call: Call) -> bool:
    chat = open_chat(world, call.params)
    _delete(world, chat, message_of(chat, call.params["message_id"], to="delete"))
    return True


def delete_messages(world: World, call: Call) -> bool:
    """Those that are not found are skipped."""
    chat = open_chat(world, call.params)
    for message in [chat.messages[number] for number in call.params["message_ids"] if number in chat.messages]:
        _delete(world, chat, message)
    return True


def _delete(world: World, chat: Chat, message: Message) -> None:
    is_old = world.seconds - message.date >= _DELETABLE_SECONDS
    is_ours = message.sender is world.bot or chat.is_private
    if not world.standing(chat).may("can_delete_messages") and (is_old or not is_ours):
        raise bad("message can't be deleted")
    del chat.messages[message.id]
    chat.pinned = [number for number in chat.pinned if number != message.id]


def pin(world: World, call: Call) -> bool:
    chat = open_chat(world, call.params)
    message = message_of(chat, call.params["message_id"], to="pin")
    _need_pinning(world, chat)
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        note = {"pinned_message": shapes.message(message, with_reply=False)}
        world.post(chat, world.bot, topic=message.topic, service=note)
    return True


def unpin(world: World, call: Call) -> bool:
    """Without an id, the one pinned last."""
    chat = open_chat(world, call.params)
    _need_pinning(world, chat)
    number = call.params.get("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if number not in chat.messages:
        raise bad("message to unpin not found")
    chat.pinned = [each for each in chat.pinned if each != number]
    return True


def unpin_all(world: World, call: Call) -> bool:
    chat = open_chat(world, call.params)
    _need_pinning(world, chat)
    chat.pinned.clear()
    return True


def _need_pinning(world: World, chat: Chat) -> None:
    if not chat.is_private:
        need_right(world, chat, "can_pin_messages", to="manage pinned messages in the chat")


def react(world: World, call: Call) -> bool:
    emoji = check_reactions(call.params.get("reaction") or ())
    chat = open_chat(world, call.params)
    message = message_of(chat, call.params["message_id"], to="react")
    if message.service:
        raise bad("REACTION_INVALID")
    message.reactions.pop(world.bot.id, None)
    if emoji:
        message.reactions[world.bot.id] = emoji
    return True
