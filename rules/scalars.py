"""YAML 1.2 core scalars: `09:00`, `on` and `no` are words, `010` is ten."""

import math
import re

from rules.nodes import Value

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_LONGEST_NUMBER = 20
_BIGGEST = 2**63  # what a database can hold


def core_scalar(text: str) -> Value:
    """The value of a plain scalar. Numbers that no database holds, infinities and not-a-number stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or text[0] not in "+-.0123456789":
        return text
    return _number(text)


def _number(text: str) -> Value:
    if _INT.fullmatch(text):
        return _if_small(int(text), text)
    if _BASED.fullmatch(text):
        return _if_small(int(text, base=0), text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


def _if_small(number: int, text: str) -> int | str:
    return number if -_BIGGEST <= number < _BIGGEST else text


def is_huge(value: object) -> bool:
    """A whole number that stayed text because it is too large."""
    return isinstance(value, str) and _INT.fullmatch(value) is not None and not is_quoted_number(value)


def is_quoted_number(value: object) -> bool:
    """A whole number that is text only because somebody has put it in quotes."""
    return isinstance(value, str) and type(core_scalar(value)) is int
