"""Application commands, global and of one guild."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord.command_limits import CHAT_INPUT, check_commands
from tests.fakes.discord.errors import Refusal, known
from tests.fakes.discord.state import Json
from tests.fakes.discord.wire import Call
from tests.fakes.discord.world import World


def _scope(world: World, call: Call) -> int | None:
    """The guild whose commands they are; None for the global ones."""
    if call.ids["application"] != str(world.bot.id):
        raise Refusal(403, 20012, "You are not authorized to perform this action on this application")
    if "guild" not in call.ids:
        return None
    guild = world.guilds.get(call.id("guild", 10004))
    if guild is None or world.bot.id not in guild.members:
        raise known(50001)
    return guild.id


def get_commands(world: World, call: Call) -> list[Json]:
    commands = world.commands.get(_scope(world, call), [])
    return commands if call.whether("with_localizations") else [_without_languages(each) for each in commands]


def _without_languages(command: Json) -> Json:
    return {name: value for name, value in command.items() if not name.endswith("_localizations")}


def set_commands(world: World, call: Call) -> list[Json]:
    """All of them at once; what has the name and type of an old one keeps its id."""
    scope = _scope(world, call)
    check_commands(call.body)
    world.commands[scope] = [_made(world, scope, each) for each in call.body]
    return world.commands[scope]


def add_command(world: World, call: Call) -> Json:
    """Takes the place of one of the same name and type."""
    scope = _scope(world, call)
    key = _key(call.body)
    others = [each for each in world.commands.get(scope, []) if _key(each) != key]
    check_commands([_asked(each) for each in others] + [call.body])
    command = _made(world, scope, call.body)
    call.status = 200 if len(others) < len(world.commands.get(scope, [])) else 201
    world.commands[scope] = [*others, command]
    return command


def delete_command(world: World, call: Call) -> None:
    scope, id = _scope(world, call), call.ids["command"]
    left = [each for each in world.commands.get(scope, []) if each["id"] != id]
    if len(left) == len(world.commands.get(scope, [])):
        raise Refusal(404, 10063, "Unknown application command")
    world.commands[scope] = left


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or CHAT_INPUT, command["name"]


def _asked(command: Json) -> Json:
    """A command as it was asked for."""
    return {name: value for name, value in command.items() if name not in {"application_id", "version", "guild_id"}}


def _made(world: World, scope: int | None, asked: Json) -> Json:
    old = [each for each in world.commands.get(scope, []) if _key(each) == _key(asked)]
    permissions = asked.get("default_member_permissions")
    command = {
        "description": "",
        "name_localizations": None,
        "description_localizations": None,
        "dm_permission": True,
        "nsfw": False,
        "contexts": None,
        "integration_types": [0],
        **{name: value for name, value in asked.items() if value is not None},
        "type": asked.get("type") or CHAT_INPUT,
        "default_member_permissions": None if permissions is None else str(permissions),
        "id": old[0]["id"] if old else str(world.snowflake()),
        "application_id": str(world.bot.id),
        "version": str(world.snowflake()),
    }
    return command | ({"guild_id": str(scope)} if scope else {})


_GLOBAL = "/applications/{application}/commands"
_LOCAL = "/applications/{application}/guilds/{guild}/commands"
ROUTES: tuple[tuple[str, str, Any], ...] = tuple(
    route
    for place in (_GLOBAL, _LOCAL)
    for route in (
        ("GET", place, get_commands),
        ("PUT", place, set_commands),
        ("POST", place, add_command),
        ("DELETE", place + "/{command}", delete_command),
    )
)
