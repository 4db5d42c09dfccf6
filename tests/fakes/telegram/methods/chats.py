"""Chats, members, topics and join requests."""

from __future__ import annotations

from typing import Any

from tests.fakes.telegram import shapes
from tests.fakes.telegram.errors import bad
from tests.fakes.telegram.hearing import stands, tell_as_admin
from tests.fakes.telegram.limits import MAX_DOWNLOAD, check_length
from tests.fakes.telegram.methods.target import known_chat, member_of, need_right, open_chat, user_of
from tests.fakes.telegram.state import Chat, Json, Topic, User, World
from tests.fakes.telegram.wire import Call


def get_chat(world: World, call: Call) -> Json:
    chat = _readable(world, call)
    body = shapes.chat(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if chat.pinned:
        body["pinned_message"] = shapes.message(chat.messages[chat.pinned[-1]], with_reply=False)
    return body


def _readable(world: World, call: Call) -> Chat:
    """A private chat can be read though one can't write there."""
    chat = known_chat(world, call.params["chat_id"])
    return chat if chat.is_private else open_chat(world, call.params)


def get_member(world: World, call: Call) -> Json:
    return shapes.member(member_of(world, open_chat(world, call.params), call.params["user_id"]))


def get_administrators(world: World, call: Call) -> list[Json]:
    """Without other bots; this bot itself is among them."""
    chat = open_chat(world, call.params)
    if chat.is_private:
        raise bad("there are no administrators in the private chat")
    return [shapes.member(member) for member in chat.members.values() if member.is_admin]


def get_member_count(world: World, call: Call) -> int:
    return sum(member.is_in for member in open_chat(world, call.params).members.values())


def leave(world: World, call: Call) -> bool:
    chat = open_chat(world, call.params)
    stands(world, chat, world.standing(chat), world.bot, status="left")
    return True


def decide(*, is_admitted: bool) -> Any:
    """approveChatJoinRequest or declineChatJoinRequest."""

    def answer(world: World, call: Call) -> bool:
        chat = open_chat(world, call.params)
        need_right(world, chat, "can_invite_users", to="manage chat join requests")
        user = user_of(world, call.params["user_id"])
        if chat.member(user).is_in:
            raise bad("USER_ALREADY_PARTICIPANT")
        if chat.asking.pop(user.id, None) is None:
            raise bad("HIDE_REQUESTER_MISSING")
        if is_admitted:
            enters(world, chat, user, world.bot)
        return True

    return answer


def enters(world: World, chat: Chat, user: User, by: User) -> None:
    """Joins the group: a service message for all, an update for administrators."""
    stands(world, chat, chat.member(user), by, status="member", rights=frozenset())
    world.post(chat, by, service={"new_chat_members": [shapes.user(user)]})


def expel(status: Any) -> Any:
    """banChatMember, unbanChatMember, restrictChatMember: all need the same right."""

    def act(world: World, call: Call) -> bool:
        chat = open_chat(world, call.params)
        need_right(world, chat, "can_restrict_members", to="restrict/unrestrict chat member")
        member = member_of(world, chat, call.params["user_id"])
        if member.is_admin:
            raise bad("user is an administrator of the chat")
        allowed = call.params.get("permissions") or {}
        rights = frozenset(name for name, is_allowed in allowed.items() if is_allowed)
        stands(world, chat, member, world.bot, status=status, rights=rights)
        return True

    return act


def create_topic(world: World, call: Call) -> Json:
    name = call.params["name"]
    check_length("topic name", name, 128)
    chat = open_chat(world, call.params)
    _need_topics(world, chat, to="create a topic")
    topic = open_topic(world, chat, world.bot, name)
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": shapes.ICON_COLOR}


def open_topic(world: World, chat: Chat, by: User, name: str) -> Topic:
    """A topic begins with a service message; its id is the topic's."""
    opening = world.post(chat, by, service={"forum_topic_created": {"name": name, "icon_color": shapes.ICON_COLOR}})
    opening.topic = opening.id
    chat.topics[opening.id] = Topic(id=opening.id, name=name)
    return chat.topics[opening.id]


def edit_topic(world: World, call: Call) -> bool:
    check_length("topic name", call.params["name"], 128)
    chat = open_chat(world, call.params)
    _need_topics(world, chat, to="edit a topic")
    topic = chat.topics.get(call.params["message_thread_id"])
    if topic is None:
        raise bad("message thread not found")
    if topic.name == call.params["name"]:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = call.params["name"]
    return True


def close_topic(*, is_closed: bool) -> Any:
    def act(world: World, call: Call) -> bool:
        chat = open_chat(world, call.params)
        _need_topics(world, chat, to="close or reopen a topic")
        topic = chat.topics.get(call.params["message_thread_id"])
        if topic is None:
            raise bad("message thread not found")
        if topic.is_closed == is_closed:
            raise bad("TOPIC_NOT_MODIFIED")
        topic.is_closed = is_closed
        return True

    return act


def delete_topic(world: World, call: Call) -> bool:
    chat = open_chat(world, call.params)
    _need_topics(world, chat, to="delete a topic")
    if call.params["message_thread_id"] not in chat.topics:
        raise bad("message thread not found")
    remove_topic(chat, call.params["message_thread_id"])
    return True


def remove_topic(chat: Chat, topic: int) -> None:
    """All its messages go with it."""
    del chat.topics[topic]
    chat.messages = {number: message for number, message in chat.messages.items() if message.topic != topic}
    chat.pinned = [number for number in chat.pinned if number in chat.messages]


def _need_topics(world: World, chat: Chat, *, to: str) -> None:
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    need_right(world, chat, "can_manage_topics", to=to)


def get_file(world: World, call: Call) -> Json:
    file = world.files.get(call.params["file_id"])
    if file is None:
        raise bad("invalid file_id")
    if len(file.content) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return shapes.downloadable(file)


def asks_to_join(world: World, chat: Chat, user: User) -> None:
    """The bot hears of it if it may decide."""
    chat.asking[user.id] = user
    body = {"chat": shapes.chat(chat), "from": shapes.user(user), "user_chat_id": user.id, "date": world.seconds}
    if world.standing(chat).may("can_invite_users"):
        tell_as_admin(world, chat, "chat_join_request", body)
