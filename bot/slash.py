"""What a platform's own command box should offer: every command that people type, with what it takes."""

from collections.abc import Mapping

from bot.domain.ids import LANGUAGES, ROLES, Language
from bot.domain.ports import Parameter, SlashCommand
from bot.engine import parameters
from bot.engine.feature import Command, Registry
from bot.texts.catalogue import Catalogues


def slash_commands_of(registry: Registry, texts: Catalogues) -> tuple[SlashCommand, ...]:
    """All of them, in the order in which the features declare them."""
    return tuple(_slash_command(command, texts) for command in registry.commands.values() if _is_offered(command))


def _is_offered(command: Command) -> bool:
    """What nobody is told of is typed by who was given a word for it: a code, a course."""
    return command.is_listed or bool(command.parameters)


def _slash_command(command: Command, texts: Catalogues) -> SlashCommand:
    return SlashCommand(
        name=command.name,
        names=_said(texts, f"command.name.{command.name}"),
        about=_said(texts, _about(command.name, texts)),
        parameters=tuple(_parameter(one, texts) for one in command.parameters),
        least_role=min(command.roles, key=ROLES.index),
        in_private=not command.is_public,
        on_message=_said(texts, command.on_message) if command.on_message else None,
        is_typed=not command.is_reply,
    )


def _about(name: str, texts: Catalogues) -> str:
    """What `/help` says of it, unless that explains how to type it."""
    return f"slash.{name}" if texts.has(f"slash.{name}") else f"help.{name}"


def _parameter(one: parameters.Parameter, texts: Catalogues) -> Parameter:
    id = f"parameter.{one.name}"
    return Parameter(
        name=one.name,
        names=_said(texts, id),
        about=_said(texts, f"{id}.about"),
        kind=one.kind,
        is_optional=one.is_optional,
        choices=tuple((word, _said(texts, f"{id}.{word}")) for word in one.choices),
        is_suggested=bool(one.suggests),
    )


def _said(texts: Catalogues, id: str) -> Mapping[Language, str]:
    return {language: texts.say(language, id) for language in LANGUAGES}
