"""What a command takes, thing by thing: for platforms that ask for each by name.

Their values, in this order with spaces between, are the words that the command understands.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One of them; `parameter.NAME` is what people read, `parameter.NAME.about` says what it is."""

    name: str
    kind: Literal["text", "number", "member", "channel"] = "text"
    is_optional: bool = True
    choices: tuple[str, ...] = ()  # the words that it may be; `parameter.NAME.WORD` is shown for each
    suggests: str = ""  # what it may be, as `Feature.suggest` has it; nothing where nobody offers that


def text(name: str, *, required: bool = False, suggests: str = "") -> Parameter:
    """Words; `suggests` names what completes them."""
    return Parameter(name=name, is_optional=not required, suggests=suggests)


def number(name: str, *, required: bool = False) -> Parameter:
    """A whole number."""
    return Parameter(name=name, kind="number", is_optional=not required)


def choice(name: str, *words: str, required: bool = False) -> Parameter:
    """One of a few words."""
    return Parameter(name=name, is_optional=not required, choices=words)


def channel(name: str = "channel") -> Parameter:
    """Another chat than the one where the command is given: `<#ID>`."""
    return Parameter(name=name, kind="channel")


def someone(name: str = "member", *, required: bool = False) -> Parameter:
    """A person who is in the chat."""
    return Parameter(name=name, kind="member", is_optional=not required)
