"""Guilds, their members and roles."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import shapes
from tests.fakes.discord.errors import known
from tests.fakes.discord.limits import within
from tests.fakes.discord.rights import Right, demand_in_guild, highest, in_guild
from tests.fakes.discord.routes.finding import guild_of, member_of, role_of
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Guild, Json, Member, Role
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def get_guild(world: World, call: Call) -> Json:
    guild = guild_of(world, call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 0}
    return shapes.guild(guild) | (counts if call.whether("with_counts") else {})


def get_channels(world: World, call: Call) -> list[Json]:
    """All but threads."""
    return [shapes.channel(each) for each in guild_of(world, call).channels.values() if not each.is_thread]


def get_roles(world: World, call: Call) -> list[Json]:
    return [shapes.role(role) for role in guild_of(world, call).roles.values()]


def get_members(world: World, call: Call) -> list[Json]:
    """In the order of ids; one, unless more are asked for."""
    guild, limit = guild_of(world, call), call.asked("limit", 1, 1, 1000)
    after = int(call.query.get("after", 0))
    ids = sorted(id for id in guild.members if id > after)
    return [shapes.member(guild.members[id]) for id in ids[:limit]]


def search_members(world: World, call: Call) -> list[Json]:
    guild, limit, words = guild_of(world, call), call.asked("limit", 1, 1, 1000), call.query.get("query", "").lower()
    found = [
        member
        for member in guild.members.values()
        if (member.nick or "").lower().startswith(words) or member.user.username.lower().startswith(words)
    ]
    return [shapes.member(member) for member in found[:limit]]


def get_member(world: World, call: Call) -> Json:
    return shapes.member(member_of(world, call))


def tell_member(world: World, guild: Guild, member: Member) -> None:
    world.tell("GUILD_MEMBER_UPDATE", shapes.member(member), guild=guild)


def give_role(world: World, call: Call) -> None:
    member, role = _given(world, call)
    if role.id not in member.roles:
        member.roles.add(role.id)
        tell_member(world, guild_of(world, call), member)


def take_role(world: World, call: Call) -> None:
    member, role = _given(world, call)
    if role.id in member.roles:
        member.roles.remove(role.id)
        tell_member(world, guild_of(world, call), member)


def _given(world: World, call: Call) -> tuple[Member, Role]:
    guild, member, role = guild_of(world, call), member_of(world, call), role_of(world, call)
    _demand_above(world, guild, role)
    return member, role


def _demand_above(world: World, guild: Guild, role: Role) -> None:
    """Raises 50013: a bot handles roles below its own highest one, and no role that belongs to a bot."""
    demand_in_guild(guild, world.bot.id, Right.MANAGE_ROLES)
    if role.bot is not None or role.id == guild.id or role.position >= highest(guild, world.bot.id):
        raise known(50013)


def create_role(world: World, call: Call) -> Json:
    guild = guild_of(world, call)
    demand_in_guild(guild, world.bot.id, Right.MANAGE_ROLES)
    check_body("CreateGuildRoleRequest", call.body)
    role = Role(id=world.snowflake(), name="new role")
    _fill(world, guild, role, call.body)
    guild.roles[role.id] = role
    world.tell("GUILD_ROLE_CREATE", {"role": shapes.role(role)}, guild=guild)
    return shapes.role(role)


def edit_role(world: World, call: Call) -> Json:
    guild, role = guild_of(world, call), role_of(world, call)
    _demand_above(world, guild, role)
    _fill(world, guild, role, call.body)
    world.tell("GUILD_ROLE_UPDATE", {"role": shapes.role(role)}, guild=guild)
    return shapes.role(role)


def _fill(world: World, guild: Guild, role: Role, body: Json) -> None:
    """Raises 50013 for permissions that the bot does not have itself."""
    if body.get("name"):
        within("name", body["name"], 1, 100)
        role.name = body["name"]
    wanted = int(body.get("permissions") or role.permissions)
    if wanted & ~in_guild(guild, world.bot.id):
        raise known(50013)
    role.permissions = wanted
    role.color = body.get("color") or role.color
    role.is_hoisted = bool(body.get("hoist", role.is_hoisted))
    role.is_mentionable = bool(body.get("mentionable", role.is_mentionable))


def delete_role(world: World, call: Call) -> None:
    guild, role = guild_of(world, call), role_of(world, call)
    _demand_above(world, guild, role)
    del guild.roles[role.id]
    for member in guild.members.values():
        member.roles.discard(role.id)
    world.tell("GUILD_ROLE_DELETE", {"role_id": str(role.id)}, guild=guild)


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/guilds/{guild}", get_guild),
    ("GET", "/guilds/{guild}/channels", get_channels),
    ("GET", "/guilds/{guild}/roles", get_roles),
    ("POST", "/guilds/{guild}/roles", create_role),
    ("PATCH", "/guilds/{guild}/roles/{role}", edit_role),
    ("DELETE", "/guilds/{guild}/roles/{role}", delete_role),
    ("GET", "/guilds/{guild}/members", get_members),
    ("GET", "/guilds/{guild}/members/search", search_members),
    ("GET", "/guilds/{guild}/members/{user}", get_member),
    ("PUT", "/guilds/{guild}/members/{user}/roles/{role}", give_role),
    ("DELETE", "/guilds/{guild}/members/{user}/roles/{role}", take_role),
)
