"""PyYAML's complaints in words that help; both of its parsers, in C and in Python, are understood."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from yaml.error import MarkedYAMLError, YAMLError

from rules.unreadable import Unreadable

_FULLWIDTH_KEY = re.compile(r"[ ]*(?:- )?[^\s:：\"'#]+(：)")
_FULLWIDTH_AT_MARGIN = re.compile(r"\w+(：)")


class _Spot(NamedTuple):
    """Line and column, from 0."""

    line: int
    column: int


def explain(error: YAMLError | ValueError | OverflowError, text: str) -> Unreadable:
    """What is wrong, where, and what to do about it."""
    if not isinstance(error, MarkedYAMLError) or error.problem_mark is None:
        return Unreadable(1, 1, "problem.yaml_syntax")
    at = _Spot(error.problem_mark.line, error.problem_mark.column)
    begin = _Spot(error.context_mark.line, error.context_mark.column) if error.context_mark else at
    lines = re.split("\r\n|\r|\n", text)
    return _slip_of_the_pen(lines, at, begin) or _by_message(f"{error.context}: {error.problem}", lines, at, begin)


def _slip_of_the_pen(lines: Sequence[str], at: _Spot, begin: _Spot) -> Unreadable | None:
    """The two mistakes that YAML's own message never names."""
    indentation = re.match(r"[ ]*(\t)?", _line(lines, at.line))
    if indentation and indentation[1]:
        return Unreadable(at.line + 1, indentation.start(1) + 1, "problem.tab")
    for number in (begin.line, at.line, at.line - 1):
        if colon := _FULLWIDTH_KEY.match(_line(lines, number)):
            return Unreadable(number + 1, colon.start(1) + 1, "problem.fullwidth_colon")
    for number in range(at.line - 1, -1, -1):  # a text at the margin, which goes on until something does not fit
        if colon := _FULLWIDTH_AT_MARGIN.match(_line(lines, number)):
            return Unreadable(number + 1, colon.start(1) + 1, "problem.fullwidth_colon")
    return None


def _by_message(message: str, lines: Sequence[str], at: _Spot, begin: _Spot) -> Unreadable:
    before = _line(lines, at.line)[: at.column]
    if "mapping values" in message and ":" in before:
        return _problem(at, "problem.colon_in_text")
    if "could not find expected ':'" in message or "found unexpected ':'" in message:
        return _problem(begin, "problem.missing_colon")
    if _character(lines, begin) in "[{'\"" and ("parsing a flow" in message or "found unexpected" in message):
        return _problem(begin, "problem.unclosed", mark=_character(lines, begin))
    if "cannot start any token" in message or "alphabetic or numeric" in message:
        return _problem(begin, "problem.needs_quotes", mark=_character(lines, begin))
    if "mapping values" in message:
        return _problem(at._replace(column=len(before) - len(before.lstrip())), "problem.bad_indentation")
    if "entries are not allowed" in message or ("parsing a block" in message and not before.strip()):
        return _problem(at, "problem.bad_indentation")
    return _problem(at, "problem.yaml_syntax")


def _problem(at: _Spot, id: str, **values: str) -> Unreadable:
    return Unreadable(at.line + 1, at.column + 1, id, **values)


def _line(lines: Sequence[str], number: int) -> str:
    return lines[number] if 0 <= number < len(lines) else ""


def _character(lines: Sequence[str], at: _Spot) -> str:
    return _line(lines, at.line)[at.column : at.column + 1] or "?"
