"""Permissions as Discord computes them: roles, then the overwrites of the channel."""

from __future__ import annotations

from enum import IntFlag

from tests.fakes.discord.errors import known
from tests.fakes.discord.state import Channel, Guild, Kind, Overwrite


class Right(IntFlag):
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    SEND_POLLS = 1 << 49
    PIN_MESSAGES = 1 << 51


EVERYTHING = sum(Right)
# What everybody may do in a new guild.
USUAL = sum(
    (
        Right.ADD_REACTIONS,
        Right.VIEW_CHANNEL,
        Right.SEND_MESSAGES,
        Right.EMBED_LINKS,
        Right.ATTACH_FILES,
        Right.READ_MESSAGE_HISTORY,
        Right.USE_APPLICATION_COMMANDS,
        Right.CREATE_PUBLIC_THREADS,
        Right.SEND_MESSAGES_IN_THREADS,
        Right.SEND_POLLS,
    )
)
# What a bot of a course asks for when it is invited.
OF_THE_BOT = USUAL | Right.MANAGE_MESSAGES | Right.MANAGE_ROLES | Right.MANAGE_THREADS | Right.PIN_MESSAGES


def in_guild(guild: Guild, user: int) -> int:
    """What the roles of a member allow."""
    member = guild.members.get(user)
    if member is None:
        return 0
    if guild.owner == user:
        return EVERYTHING
    total = guild.roles[guild.id].permissions
    for role in member.roles:
        total |= guild.roles[role].permissions
    return EVERYTHING if total & Right.ADMINISTRATOR else total


def in_channel(channel: Channel, user: int) -> int:
    """What somebody may do there; in a DM everything that goes there."""
    guild, place = channel.guild, channel.place
    if guild is None:
        return USUAL | Right.PIN_MESSAGES
    total = in_guild(guild, user)
    member = guild.members.get(user)
    if member is None or total & Right.ADMINISTRATOR:
        return total
    by_id = {overwrite.id: overwrite for overwrite in place.overwrites}
    total = _with(total, [by_id[guild.id]] if guild.id in by_id else [])
    total = _with(total, [by_id[role] for role in member.roles if role in by_id])
    total = _with(total, [by_id[user]] if user in by_id else [])
    if not total & Right.VIEW_CHANNEL:
        return 0
    if channel.kind == Kind.PRIVATE_THREAD and user not in channel.thread_members:
        return total if total & Right.MANAGE_THREADS else 0
    return total


def _with(total: int, overwrites: list[Overwrite]) -> int:
    deny = allow = 0
    for overwrite in overwrites:
        deny |= overwrite.deny
        allow |= overwrite.allow
    return total & ~deny | allow


def may(channel: Channel, user: int, *rights: Right) -> bool:
    has = in_channel(channel, user)
    return all(has & right for right in rights)


def demand(channel: Channel, user: int, *rights: Right) -> None:
    """Raises 50001 where the channel is not seen, 50013 where a right is missing."""
    has = in_channel(channel, user)
    if not has & Right.VIEW_CHANNEL:
        raise known(50001)
    if not all(has & right for right in rights):
        raise known(50013)


def demand_in_guild(guild: Guild, user: int, right: Right) -> None:
    if user not in guild.members:
        raise known(50001)
    if not in_guild(guild, user) & right:
        raise known(50013)


def highest(guild: Guild, user: int) -> int:
    """The position of somebody's highest role; the owner stands above all."""
    if guild.owner == user:
        return len(guild.roles) + 1000
    return max((guild.roles[role].position for role in guild.members[user].roles), default=0)
