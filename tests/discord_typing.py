"""What somebody types as `/name words`, as Discord's command box takes it: each word in the field where it belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.discord import User

_NUMBER, _MEMBER = 4, 6  # types of options
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")  # the box takes no greater one; whoever means +5 puts 5 there
Option = Mapping[str, Any]
Person = Callable[[str], User | None]
"""Somebody by the name that they go by in the test."""


def filled(options: Sequence[Option], order: Sequence[str], text: str, person: Person) -> dict[str, Any] | None:
    """What goes into each field; None where the words don't fit, and only a plain message can say them.

    `order` names the options in the order in which they are typed; the last one takes all that is left.
    """
    known = {option["name"]: option for option in options}
    given: dict[str, Any] = {}
    rest = text.strip()
    for name in order:
        if not rest:
            break
        option, is_last = known[name], name == order[-1]
        word, _, after = (rest, "", "") if is_last else rest.partition(" ")
        value = _value(option, word, person)
        if value is not None:
            given[name], rest = value, after.strip()
        elif option["required"]:
            return None
    is_complete = all(option["name"] in given for option in options if option["required"])
    return given if is_complete and not rest else None


def _value(option: Option, word: str, person: Person) -> Any:
    """What the field holds then; None where it does not take this word."""
    if option.get("choices"):
        return next((choice["value"] for choice in option["choices"] if choice["value"] == word), None)
    if option["type"] == _NUMBER:
        return int(word) if _WHOLE.fullmatch(word) else None
    if option["type"] == _MEMBER:
        return person(word.removeprefix("@"))
    return word
