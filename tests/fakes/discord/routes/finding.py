"""What the ids in a path refer to."""

from __future__ import annotations

from tests.fakes.discord.errors import known
from tests.fakes.discord.rights import Right, demand
from tests.fakes.discord.state import Channel, Guild, Member, Message, Role
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def channel_of(world: World, call: Call, *rights: Right) -> Channel:
    """Raises 10003 for none, 50001 and 50013 for what the bot may not do there."""
    channel = world.channels.get(call.id("channel", 10003))
    if channel is None:
        raise known(10003)
    demand(channel, world.bot.id, Right.VIEW_CHANNEL, *rights)
    return channel


def message_of(world: World, call: Call, *rights: Right) -> Message:
    """Ephemeral messages are none for these routes."""
    channel = channel_of(world, call, *rights)
    message = channel.messages.get(call.id("message", 10008))
    if message is None or message.is_ephemeral:
        raise known(10008)
    return message


def guild_of(world: World, call: Call) -> Guild:
    guild = world.guilds.get(call.id("guild", 10004))
    if guild is None:
        raise known(10004)
    if world.bot.id not in guild.members:
        raise known(50001)
    return guild


def member_of(world: World, call: Call) -> Member:
    guild = guild_of(world, call)
    id = call.id("user", 10013)
    if id not in world.users:
        raise known(10013)
    if id not in guild.members:
        raise known(10007)
    return guild.members[id]


def role_of(world: World, call: Call) -> Role:
    guild = guild_of(world, call)
    role = guild.roles.get(call.id("role", 10011))
    if role is None:
        raise known(10011)
    return role
