"""Pinned messages, by the old routes and by the new ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.fakes.discord import posts, shapes
from tests.fakes.discord.errors import Refusal
from tests.fakes.discord.rights import Right
from tests.fakes.discord.routes.finding import channel_of, message_of
from tests.fakes.discord.state import Channel, Json, Message, User
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World

_MOST = 250


def pinned(channel: Channel) -> list[Message]:
    """The last pinned first."""
    found = [each for each in channel.messages.values() if each.is_pinned]
    return sorted(found, key=lambda each: (each.pinned_at, each.id), reverse=True)


def set_pinned(world: World, message: Message, user: User, *, is_pinned: bool) -> None:
    """A pin posts a message of type 6 as well."""
    channel = message.channel
    message.is_pinned, message.pinned_at = is_pinned, world.now() if is_pinned else None
    world.changed(message)
    last = max((each.pinned_at for each in pinned(channel) if each.pinned_at), default=None)
    world.tell("CHANNEL_PINS_UPDATE", {"channel_id": str(channel.id), "last_pin_timestamp": shapes.when(last)}, channel)
    if is_pinned:
        place = {"type": 0, "channel_id": str(channel.id), "message_id": str(message.id)}
        if channel.guild:
            place["guild_id"] = str(channel.guild.id)
        world.post(channel, user, type=6, extra={"message_reference": place})


def pin(world: World, call: Call) -> None:
    message = message_of(world, call, Right.PIN_MESSAGES)
    if message.is_pinned:
        return
    if len(pinned(message.channel)) >= _MOST:
        raise Refusal(400, 30003, f"Maximum number of pins reached ({_MOST})")
    set_pinned(world, message, world.bot, is_pinned=True)


def unpin(world: World, call: Call) -> None:
    message = message_of(world, call, Right.PIN_MESSAGES)
    if message.is_pinned:
        set_pinned(world, message, world.bot, is_pinned=False)


def get_old_pins(world: World, call: Call) -> list[Json]:
    channel = channel_of(world, call, Right.READ_MESSAGE_HISTORY)
    return [posts.message(world, message) for message in pinned(channel)[:50]]


def get_pins(world: World, call: Call) -> Json:
    channel, limit = channel_of(world, call, Right.READ_MESSAGE_HISTORY), call.asked("limit", 50, 1, 50)
    before = call.query.get("before")
    found = pinned(channel)
    if before:
        edge = datetime.fromisoformat(before)
        found = [message for message in found if message.pinned_at and message.pinned_at < edge]
    items = [
        {"pinned_at": shapes.when(message.pinned_at), "message": posts.message(world, message)}
        for message in found[:limit]
    ]
    return {"items": items, "has_more": len(found) > limit}


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/channels/{channel}/messages/pins", get_pins),
    ("PUT", "/channels/{channel}/messages/pins/{message}", pin),
    ("DELETE", "/channels/{channel}/messages/pins/{message}", unpin),
    ("GET", "/channels/{channel}/pins", get_old_pins),
    ("PUT", "/channels/{channel}/pins/{message}", pin),
    ("DELETE", "/channels/{channel}/pins/{message}", unpin),
)
