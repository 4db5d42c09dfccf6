"""The homework of a course folder, as often as the simulated course is longer than it, or as much as fits in."""

from collections.abc import Callable, Iterator
from copy import deepcopy

from yaml import MappingNode, Node, ScalarNode

from bot.domain.course import Course

_SECTIONS = ("grading", "extensions")
_LONGEST = 32  # of an id
_Pair = tuple[Node, Node]


def repeated(root: MappingNode, course: Course, *, until: int) -> MappingNode:
    """The same file for a course of so many days: each round with its days moved on, and ids of its own."""
    sections = [pair for pair in root.value if pair[0].value in _SECTIONS]
    entries = [pair for pair in root.value if pair[0].value not in _SECTIONS]
    period = course.day_number(course.ends)
    made = [pair for start in range(0, until, period) for pair in _round(entries, start, start // period, until)]
    return MappingNode(root.tag, [*sections, *made])


def _round(entries: list[_Pair], start: int, number: int, until: int) -> Iterator[_Pair]:
    for key, entry in entries:
        moved = deepcopy(entry)
        _move(moved, start)
        if _day_of(moved, "due") <= until:
            suffix = f"_{number + 1}" if number else ""
            yield ScalarNode(key.tag, key.value[: _LONGEST - len(suffix)] + suffix), moved


def _move(entry: Node, start: int) -> None:
    _change(entry, "lesson", lambda node: _add(node, start))
    for name in ("opens", "due"):
        _change(entry, name, lambda node: _change(node, "day", lambda day: _add(day, start)))


def _day_of(entry: Node, name: str) -> int:
    found: list[int] = []
    _change(entry, name, lambda node: _change(node, "day", lambda day: found.append(int(day.value))))
    return found[0]


def _change(node: Node, name: str, change: Callable[[Node], None]) -> None:
    for key, value in node.value if isinstance(node, MappingNode) else ():
        if key.value == name:
            change(value)


def _add(node: Node, days: int) -> None:
    node.value = str(int(node.value) + days)
