"""The commands in the platform's own box, and in the menu of a message: what is registered, and that it stays so."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any

from adapters.discord.errors import FAILURES, outcome_of
from adapters.publishing import digest_of, keep_published
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Language, Role
from bot.domain.ports import AdapterStore, Parameter, SlashCommand

log = logging.getLogger(__name__)

LONGEST_NAME = 32
LONGEST_ABOUT = 100
MOST_COMMANDS = 100
MOST_IN_MENU = 5
MOST_CHOICES = 25

_CHAT_INPUT, _MESSAGE = 1, 3
_STRING, _INTEGER, _USER, _CHANNEL = 3, 4, 6, 7
_KINDS = {"text": _STRING, "number": _INTEGER, "member": _USER, "channel": _CHANNEL}
_PLACES = [0, 5, 10, 11, 12, 15, 16]  # the kinds of channels where people write
_IN_GUILD, _IN_PRIVATE = 0, 1
_MANAGE_GUILD, _MANAGE_MESSAGES = 1 << 5, 1 << 13
# Who sees a command that is not for everybody: an owner may change it, and the core checks the course's own roles.
_NEEDED: Mapping[Role, int] = {"assistant": _MANAGE_MESSAGES, "admin": _MANAGE_GUILD}
_CHINESE = "zh-CN"
_NAME = re.compile(r"[-_'\w]{1,32}")  # what is left in an interaction, so it is never translated

_KIND = "commands"


def registration(commands: Sequence[SlashCommand]) -> list[dict[str, Any]]:
    """All commands as the platform takes them, together: what is not among them is gone."""
    typed = [_typed(command) for command in commands if command.is_typed and _NAME.fullmatch(command.name)]
    in_menu = [
        _in_menu(command, command.on_message)
        for command in commands
        if command.on_message and _NAME.fullmatch(command.name)
    ]
    return typed[:MOST_COMMANDS] + in_menu[:MOST_IN_MENU]


def _typed(command: SlashCommand) -> dict[str, Any]:
    return {
        "type": _CHAT_INPUT,
        "name": command.name,
        "name_localizations": {_CHINESE: _name(command.names["zh_Hans"])},
        **_about(command.about),
        "options": list(_options(command.parameters)),
        **_where(command, in_private=command.in_private),
    }


def _in_menu(command: SlashCommand, names: Mapping[Language, str]) -> dict[str, Any]:
    """In English for who reads neither."""
    return {
        "type": _MESSAGE,
        "name": names["en"][:LONGEST_NAME],
        "name_localizations": {_CHINESE: names["zh_Hans"][:LONGEST_NAME]},
        **_where(command, in_private=False),
    }


def _where(command: SlashCommand, *, in_private: bool) -> dict[str, Any]:
    return {
        "default_member_permissions": _NEEDED.get(command.least_role),
        "contexts": [_IN_GUILD, _IN_PRIVATE] if in_private else [_IN_GUILD],
        "integration_types": [0],  # of a server, not of a person
    }


def _options(parameters: Sequence[Parameter]) -> Iterator[dict[str, Any]]:
    """Those that must be there first, as the platform wants them."""
    for one in sorted(parameters, key=lambda one: one.is_optional):
        yield _option(one)


def _option(one: Parameter) -> dict[str, Any]:
    option = {
        "type": _STRING if one.is_suggested or one.choices else _KINDS[one.kind],
        "name": one.name,
        "name_localizations": {_CHINESE: _name(one.names["zh_Hans"])},
        **_about(one.about),
        "required": not one.is_optional,
    }
    if one.kind == "channel":
        option["channel_types"] = _PLACES
    if one.choices:
        option["choices"] = [_choice(value, shown) for value, shown in one.choices[:MOST_CHOICES]]
    elif one.is_suggested:
        option["autocomplete"] = True
    return option


def _choice(value: str, shown: Mapping[Language, str]) -> dict[str, Any]:
    names = {language: words[:LONGEST_ABOUT] for language, words in shown.items()}
    return {"name": names["en"], "name_localizations": {_CHINESE: names["zh_Hans"]}, "value": value}


def _about(about: Mapping[Language, str]) -> dict[str, Any]:
    """In English for who reads neither."""
    words = {language: text[:LONGEST_ABOUT] for language, text in about.items()}
    return {"description": words["en"], "description_localizations": {_CHINESE: words["zh_Hans"]}}


def _name(name: str) -> str:
    return name.lower().replace(" ", "")[:LONGEST_NAME]


Call = Callable[..., Awaitable[Any]]
"""Calls the REST API: method, path, `json`, and what the path names."""


class CommandKeeper:
    """Keeps the commands registered as they are wanted; `wanted` is asked again and again."""

    def __init__(self, call: Call, store: AdapterStore, wanted: Callable[[], Sequence[SlashCommand]]) -> None:
        self._call = call
        self._store = store
        self._wanted = wanted
        self._published: Sequence[SlashCommand] | None = None

    async def run(self, application: str) -> None:
        """Look for ever. What goes wrong is logged and tried again."""
        await keep_published(lambda: self.publish(application))

    async def publish(self, application: str) -> bool:
        """Register what is wanted where it differs from what was; whether nothing is left to be done."""
        wanted = self._wanted()
        if wanted == self._published:
            return True
        try:
            done = await self._publish(application, registration(wanted))
        except StorageTrouble:
            return False
        self._published = wanted if done else None
        return done

    async def _publish(self, application: str, commands: list[dict[str, Any]]) -> bool:
        digest = digest_of(commands)
        known = await self._store.get(_KIND, application)
        if known and known["digest"] == digest:
            return True
        try:
            await self._call(
                "PUT", "/applications/{application_id}/commands", json=commands, application_id=application
            )
        except FAILURES as error:
            log.warning("the commands could not be registered: %s", outcome_of(error))
            return False
        await self._store.put(_KIND, application, {"digest": digest})
        return True
