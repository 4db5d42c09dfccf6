"""Reactions: the bot's own, and who gave which."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from tests.fakes.discord import posts, shapes
from tests.fakes.discord.errors import Refusal, known
from tests.fakes.discord.rights import Right, demand
from tests.fakes.discord.routes.finding import message_of
from tests.fakes.discord.state import Json, Message, User
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World

_MOST = 20
_CUSTOM = re.compile(r"\w{2,32}:\d+")


def put_reaction(world: World, message: Message, user: User, emoji: str) -> None:
    people = message.reactions.setdefault(emoji, [])
    if user.id in people:
        return
    people.append(user.id)
    told = _told(message, user, emoji) | {"message_author_id": str(message.author.id), "burst_colors": []}
    guild = message.channel.guild
    if guild is not None:
        told["member"] = shapes.member(guild.members[user.id])
    world.tell("MESSAGE_REACTION_ADD", told, message.channel)


def take_reaction(world: World, message: Message, user: User, emoji: str) -> None:
    people = message.reactions.get(emoji, [])
    if user.id not in people:
        return
    people.remove(user.id)
    if not people:
        del message.reactions[emoji]
    world.tell("MESSAGE_REACTION_REMOVE", _told(message, user, emoji), message.channel)


def _told(message: Message, user: User, emoji: str) -> Json:
    return {
        "user_id": str(user.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "emoji": posts.emoji(emoji),
        "burst": False,
        "type": 0,
    }


def _emoji(call: Call) -> str:
    """Raises 10014 for what is no emoji: words, or signs that were not put into the address as they must."""
    text = unquote(call.ids["emoji"])
    if _CUSTOM.fullmatch(text):
        return text
    if text.isascii() and not re.fullmatch("[0-9#*]\ufe0f?\u20e3", text):
        raise known(10014)
    return text


def react(world: World, call: Call) -> None:
    message, emoji = message_of(world, call, Right.READ_MESSAGE_HISTORY), _emoji(call)
    if emoji not in message.reactions:
        demand(message.channel, world.bot.id, Right.ADD_REACTIONS)
        if len(message.reactions) >= _MOST:
            raise Refusal(403, 30010, f"Maximum number of reactions reached ({_MOST})")
    if message.channel.is_archived:
        raise known(50083)
    put_reaction(world, message, world.bot, emoji)


def take_own(world: World, call: Call) -> None:
    take_reaction(world, message_of(world, call), world.bot, _emoji(call))


def take_anothers(world: World, call: Call) -> None:
    message = message_of(world, call, Right.MANAGE_MESSAGES)
    user = world.users.get(call.id("user", 10013))
    if user is None:
        raise known(10013)
    take_reaction(world, message, user, _emoji(call))


def take_all(world: World, call: Call) -> None:
    message = message_of(world, call, Right.MANAGE_MESSAGES)
    message.reactions.clear()
    place = {"channel_id": str(message.channel.id), "message_id": str(message.id)}
    world.tell("MESSAGE_REACTION_REMOVE_ALL", place, message.channel)


def take_all_of_one(world: World, call: Call) -> None:
    message, emoji = message_of(world, call, Right.MANAGE_MESSAGES), _emoji(call)
    message.reactions.pop(emoji, None)
    place = {"channel_id": str(message.channel.id), "message_id": str(message.id), "emoji": posts.emoji(emoji)}
    world.tell("MESSAGE_REACTION_REMOVE_EMOJI", place, message.channel)


def get_reactions(world: World, call: Call) -> list[Json]:
    """In the order of ids, after the one named."""
    message, limit = message_of(world, call, Right.READ_MESSAGE_HISTORY), call.asked("limit", 25, 1, 100)
    after = int(call.query.get("after", 0))
    people = sorted(user for user in message.reactions.get(_emoji(call), []) if user > after)
    return [shapes.user(world.users[user]) for user in people[:limit]]


_HERE = "/channels/{channel}/messages/{message}/reactions"
ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("PUT", _HERE + "/{emoji}/@me", react),
    ("DELETE", _HERE + "/{emoji}/@me", take_own),
    ("DELETE", _HERE + "/{emoji}/{user}", take_anothers),
    ("DELETE", _HERE + "/{emoji}", take_all_of_one),
    ("DELETE", _HERE, take_all),
    ("GET", _HERE + "/{emoji}", get_reactions),
)
