"""What a person fills in for a command, checked against the command as the bot registered it."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord import posts, shapes
from tests.fakes.discord.rights import in_channel
from tests.fakes.discord.state import Channel, Json, Role, User
from tests.fakes.discord.world import World

_STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _ROLE, _NUMBER, _FILE = 3, 4, 5, 6, 7, 8, 10, 11
_TYPES: dict[int, Any] = {
    _STRING: str, _INTEGER: int, _BOOLEAN: bool, _USER: User, _CHANNEL: Channel, _ROLE: Role, _NUMBER: (int, float),
    _FILE: tuple,
}  # fmt: skip


@dataclass(kw_only=True, eq=False)
class Filling:
    """Collects the values and what their ids refer to."""

    world: World
    channel: Channel
    resolved: dict[str, Json] = field(default_factory=dict)

    def options(self, known: list[Json], given: Mapping[str, Any], *, focused: str | None = None) -> list[Json]:
        """As an interaction holds them. An assertion fails for what no client would send."""
        names = {option["name"] for option in known}
        assert given.keys() <= names, f"there are no options {sorted(given.keys() - names)}, only {sorted(names)}"
        if focused is None:
            missing = [option["name"] for option in known if option.get("required") and option["name"] not in given]
            assert not missing, f"required, and not given: {missing}"
        return [self._option(option, given, focused) for option in known if option["name"] in given]

    def _option(self, option: Json, given: Mapping[str, Any], focused: str | None) -> Json:
        name, kind, value = option["name"], option["type"], given[option["name"]]
        if focused == name:
            return {"name": name, "type": kind, "value": str(value), "focused": True}
        return {"name": name, "type": kind, "value": self._value(option, value)}

    def _value(self, option: Json, value: Any) -> Any:
        name, kind = option["name"], option["type"]
        for choice in option.get("choices") or []:
            if value in (choice["name"], choice["value"]):
                return choice["value"]
        assert not option.get("choices"), f"{value!r} is no choice of {name}"
        is_right = isinstance(value, _TYPES.get(kind, object)) and (kind == _BOOLEAN or not isinstance(value, bool))
        assert is_right, f"{value!r} is no value for {name}"
        _check_range(option, value)
        if kind in {_STRING, _INTEGER, _BOOLEAN, _NUMBER}:
            return value
        return self._refers(value)

    def _refers(self, value: Any) -> str:
        if isinstance(value, User):
            self.user(value)
        elif isinstance(value, Channel):
            shape = shapes.channel(value) | {"permissions": str(in_channel(value, self.world.bot.id))}
            self._add("channels", value.id, shape)
        elif isinstance(value, Role):
            self._add("roles", value.id, shapes.role(value))
        else:
            return self.file(*value)
        return str(value.id)

    def user(self, user: User) -> None:
        self._add("users", user.id, shapes.user(user))
        guild = self.channel.guild
        if guild is not None and user.id in guild.members:
            shape = shapes.bare_member(guild.members[user.id])
            shape = {name: each for name, each in shape.items() if name not in {"deaf", "mute"}}
            self._add("members", user.id, shape | {"permissions": str(in_channel(self.channel, user.id))})

    def message(self, id: int) -> None:
        self._add("messages", id, posts.message(self.world, self.channel.messages[id]))

    def file(self, name: str, content: bytes) -> str:
        """Uploads it; its id."""
        mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
        file = self.world.keep(self.channel, name, content, mime)
        self._add("attachments", file.id, posts.attachment(self.world, file, is_ephemeral=True))
        return str(file.id)

    def _add(self, kind: str, id: int, shape: Json) -> None:
        self.resolved.setdefault(kind, {})[str(id)] = shape


def _check_range(option: Json, value: Any) -> None:
    size = len(value) if isinstance(value, str) else value
    bounds = ("min_length", "max_length") if isinstance(value, str) else ("min_value", "max_value")
    least, most = (option.get(bound) for bound in bounds)
    assert least is None or size >= least, f"{option['name']} must be {least} at least"
    assert most is None or size <= most, f"{option['name']} must be {most} at most"


def find_command(world: World, channel: Channel, path: str, kind: int) -> tuple[Json, list[Json], list[str]]:
    """The command of that name (`"points add"` for a subcommand): itself, its options, the words below it.

    Those of the guild come first.
    """
    name, *below = [path] if kind != 1 else path.split(" ")
    scopes = [channel.guild.id, None] if channel.guild else [None]
    commands = [command for scope in scopes for command in world.commands.get(scope, [])]
    found = [command for command in commands if command["name"] == name and (command.get("type") or 1) == kind]
    assert found, f"no command /{name}, only {[command['name'] for command in commands]}"
    options: list[Json] = found[0].get("options") or []
    for word in below:
        inside = [option for option in options if option["name"] == word and option["type"] in {1, 2}]
        assert inside, f"/{name} has no subcommand {word}"
        options = inside[0].get("options") or []
    assert not any(option["type"] in {1, 2} for option in options), f"/{path} needs a subcommand"
    return found[0], options, below
