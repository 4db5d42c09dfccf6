"""What application commands may be: Discord's page "Application Commands"."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.discord.errors import Violation
from tests.fakes.discord.limits import within
from tests.fakes.discord.schema import check_body
from tests.fakes.discord.state import Json

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
_MOST = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
_NESTED = frozenset({1, 2})
LOCALES = frozenset(
    {
        "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
        "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
    }
)  # fmt: skip


def check_commands(commands: Any) -> None:
    """The whole list of a bulk overwrite."""
    if not isinstance(commands, list):
        raise Violation("", "Only iterables may be used in a ListType")
    seen: set[tuple[int, str]] = set()
    for number, command in enumerate(commands):
        check_body("ApplicationCommandUpdateRequest", command, str(number))
        _check_command(command, str(number))
        key = (command.get("type") or CHAT_INPUT, command["name"])
        if key in seen:
            raise Violation(str(number), "APPLICATION_COMMANDS_DUPLICATE_NAME")
        seen.add(key)
    for kind, most in _MOST.items():
        if sum(each[0] == kind for each in seen) > most:
            raise Violation("", f"Maximum number of application commands of type {kind} reached ({most})")


def _check_command(command: Json, where: str) -> None:
    kind = command.get("type") or CHAT_INPUT
    if kind not in _MOST:
        raise Violation(f"{where}.type", f"Value must be one of {sorted(_MOST)}.")
    if kind == CHAT_INPUT:
        _check_words(command, where)
        _check_options(command.get("options") or [], f"{where}.options")
        if (total := _length(command)) > 8000:
            raise Violation(where, f"Command exceeds maximum size (8000): {total}")
    elif command.get("description") or command.get("options"):
        raise Violation(where, "Context menu commands cannot have a description or options")
    else:
        within(f"{where}.name", command["name"], 1, 32)


def _check_words(given: Json, where: str) -> None:
    """Names and descriptions of a command or an option, in all languages."""
    _check_name(given["name"], f"{where}.name")
    within(f"{where}.description", given.get("description"), 1, 100)
    for language, text in (given.get("name_localizations") or {}).items():
        _check_language(language, f"{where}.name_localizations")
        _check_name(text, f"{where}.name_localizations.{language}")
    for language, text in (given.get("description_localizations") or {}).items():
        _check_language(language, f"{where}.description_localizations")
        within(f"{where}.description_localizations.{language}", text, 1, 100)


def _check_language(language: str, where: str) -> None:
    if language not in LOCALES:
        raise Violation(where, f"{language} is no language of Discord")


def _check_name(name: str, where: str) -> None:
    r"""`^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, and lower case where there is one."""
    is_fine = all(sign in "-_'" or unicodedata.category(sign)[0] in "LN" or _is_mark(sign) for sign in name)
    if not 1 <= len(name) <= 32 or not is_fine or name != name.lower():
        raise Violation(where, f"Command name is invalid: {name!r}")


def _is_mark(sign: str) -> bool:
    return unicodedata.name(sign, "").startswith(("DEVANAGARI", "THAI"))


def _check_options(options: list[Json], where: str) -> None:
    if len(options) > 25:
        raise Violation(where, "Must be 25 or fewer in length.")
    is_optional = False
    for number, option in enumerate(options):
        place = f"{where}.{number}"
        _check_words(option, place)
        if option.get("required") and is_optional:
            raise Violation(place, "Required options must be placed before non-required options")
        is_optional = is_optional or not option.get("required")
        _check_choices(option, place)
        _check_options(option.get("options") or [], f"{place}.options")
    if len({option["name"] for option in options}) < len(options):
        raise Violation(where, "APPLICATION_COMMANDS_OPTION_NAME_ALREADY_EXISTS")
    kinds = {option["type"] in _NESTED for option in options}
    if len(kinds) > 1:
        raise Violation(
            where, "Sub-command and sub-command group option types are mutually exclusive to all other types"
        )


def _check_choices(option: Json, where: str) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        raise Violation(where, "autocomplete and choices exclude each other")
    check_choices(choices, option["type"], f"{where}.choices")


def check_choices(choices: Any, kind: int, where: str) -> None:
    """At most 25 of them, each with the kind of value that its option has."""
    if not isinstance(choices, list) or len(choices) > 25:
        raise Violation(where, "Must be 25 or fewer in length.")
    for number, choice in enumerate(choices):
        within(f"{where}.{number}.name", choice.get("name"), 1, 100)
        value = choice.get("value")
        is_right = {3: isinstance(value, str), 4: type(value) is int, 10: type(value) in {int, float}}.get(kind, False)
        if not is_right:
            raise Violation(f"{where}.{number}.value", f"{value!r} is no value of an option of type {kind}")
        if kind == 3:
            within(f"{where}.{number}.value", value, 1, 100)


def _length(command: Mapping[str, Any]) -> int:
    """Names, descriptions and values of the command, its options and choices; of each the longest language."""
    return sum(_longest(command, part) for part in ("name", "description")) + sum(_lengths(command))


def _lengths(given: Mapping[str, Any]) -> Iterator[int]:
    for option in given.get("options") or []:
        yield _length(option)
        for choice in option.get("choices") or []:
            yield _longest(choice, "name") + len(str(choice["value"]))


def _longest(given: Mapping[str, Any], part: str) -> int:
    texts = [given.get(part) or "", *(given.get(f"{part}_localizations") or {}).values()]
    return max(len(text) for text in texts)
