"""Channels: looking at them, changing and deleting them."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import shapes
from tests.fakes.discord.errors import known
from tests.fakes.discord.limits import within
from tests.fakes.discord.rights import Right, demand, may
from tests.fakes.discord.routes.finding import channel_of
from tests.fakes.discord.routes.threads import checked_tags
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Channel, Json, Kind, Overwrite
from tests.fakes.discord.strands import delete_channel, seen_by_bot, set_archived
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def get_channel(world: World, call: Call) -> Json:
    channel = channel_of(world, call)
    return seen_by_bot(world, channel) if channel.is_thread else shapes.channel(channel)


def edit_channel(world: World, call: Call) -> Json:
    channel = channel_of(world, call)
    return _edit_thread(world, call, channel) if channel.is_thread else _edit_guild_channel(world, call, channel)


def _edit_thread(world: World, call: Call, thread: Channel) -> Json:
    """Its owner may rename, archive, open and tag it; an archived one has to be opened first, or at the same time."""
    body, bot = call.body, world.bot.id
    check_body("UpdateThreadRequestPartial", body)
    if not may(thread, bot, Right.MANAGE_THREADS) and (thread.owner != bot or "locked" in body or thread.is_locked):
        raise known(50013)
    is_archived = body.get("archived", thread.is_archived)
    if thread.is_archived and is_archived and body.keys() - {"locked", "archived"}:
        raise known(50083)
    if "name" in body:
        within("name", body["name"], 1, 100)
        thread.name = body["name"]
    if "applied_tags" in body:
        assert thread.parent is not None
        thread.applied_tags = checked_tags(world, thread.parent, body["applied_tags"])
    thread.auto_archive_minutes = body.get("auto_archive_duration") or thread.auto_archive_minutes
    set_archived(world, thread, is_archived, body.get("locked"))
    return seen_by_bot(world, thread)


def _edit_guild_channel(world: World, call: Call, channel: Channel) -> Json:
    demand(channel, world.bot.id, Right.MANAGE_CHANNELS)
    check_body("UpdateGuildChannelRequestPartial", call.body)
    channel.name = call.body.get("name") or channel.name
    channel.topic = call.body.get("topic", channel.topic)
    if "permission_overwrites" in call.body:
        channel.overwrites = [
            Overwrite(id=int(each["id"]), kind=each["type"], allow=int(each["allow"]), deny=int(each["deny"]))
            for each in call.body["permission_overwrites"] or []
        ]
    world.tell("CHANNEL_UPDATE", shapes.channel(channel), guild=channel.guild)
    return shapes.channel(channel)


def remove_channel(world: World, call: Call) -> Json:
    """A DM is only closed."""
    channel = channel_of(world, call)
    shape = shapes.channel(channel)
    if channel.kind != Kind.DM:
        demand(channel, world.bot.id, Right.MANAGE_THREADS if channel.is_thread else Right.MANAGE_CHANNELS)
        delete_channel(world, channel)
    return shape


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/channels/{channel}", get_channel),
    ("PATCH", "/channels/{channel}", edit_channel),
    ("DELETE", "/channels/{channel}", remove_channel),
)
