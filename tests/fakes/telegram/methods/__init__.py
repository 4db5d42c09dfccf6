"""The methods of the Bot API that this server knows, by name: each takes the world and a valid call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.telegram.methods import chats, editing, sending, settings
from tests.fakes.telegram.state import World
from tests.fakes.telegram.wire import Call

Method = Callable[[World, Call], Any]

METHODS: Mapping[str, Method] = {
    "getMe": settings.get_me,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_file("photo"),
    "sendDocument": sending.send_file("document"),
    "sendVoice": sending.send_file("voice"),
    "sendVideo": sending.send_file("video"),
    "sendAudio": sending.send_file("audio"),
    "sendAnimation": sending.send_file("animation"),
    "sendMediaGroup": sending.send_album,
    "sendPoll": sending.send_poll,
    "sendChatAction": lambda _world, _call: True,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "editMessageText": editing.edit_text,
    "editMessageCaption": editing.edit_caption,
    "editMessageReplyMarkup": editing.edit_markup,
    "editMessageMedia": editing.edit_media,
    "stopPoll": editing.stop_poll,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "pinChatMessage": editing.pin,
    "unpinChatMessage": editing.unpin,
    "unpinAllChatMessages": editing.unpin_all,
    "setMessageReaction": editing.react,
    "answerCallbackQuery": settings.answer_query,
    "getChat": chats.get_chat,
    "getChatMember": chats.get_member,
    "getChatMemberCount": chats.get_member_count,
    "getChatAdministrators": chats.get_administrators,
    "leaveChat": chats.leave,
    "approveChatJoinRequest": chats.decide(is_admitted=True),
    "declineChatJoinRequest": chats.decide(is_admitted=False),
    "banChatMember": chats.expel("kicked"),
    "unbanChatMember": chats.expel("left"),
    "restrictChatMember": chats.expel("restricted"),
    "createForumTopic": chats.create_topic,
    "editForumTopic": chats.edit_topic,
    "closeForumTopic": chats.close_topic(is_closed=True),
    "reopenForumTopic": chats.close_topic(is_closed=False),
    "deleteForumTopic": chats.delete_topic,
    "getFile": chats.get_file,
    "setMyCommands": settings.set_commands,
    "getMyCommands": settings.get_commands,
    "deleteMyCommands": settings.delete_commands,
    "setMyName": settings.set_about("name", 64),
    "getMyName": settings.get_about("name"),
    "setMyDescription": settings.set_about("description", 512),
    "getMyDescription": settings.get_about("description"),
    "setMyShortDescription": settings.set_about("short_description", 120),
    "getMyShortDescription": settings.get_about("short_description"),
}
