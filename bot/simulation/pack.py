"""A copy of a course folder for the simulation: as many weeks as wanted, our own staff, rooms in the local chat."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import yaml
from yaml import MappingNode, Node, ScalarNode

from bot.domain.course import Course
from bot.simulation.acts import Room
from bot.simulation.cast import TEACHER

_KINDS: Mapping[Room, str] = {"main": "main", "corner": "interest", "staff": "staff"}


def copy_pack(folder: Path, to: Path, course: Course, *, weeks: int, assistants: Sequence[str]) -> Mapping[Room, str]:
    """Write the copy; which chat each room of the script is. The course must be one that can be loaded."""
    shutil.copytree(folder, to)
    rooms = _rooms(course)
    passport = _read(to / "course.yaml")
    _set(passport, "ends", course.starts + timedelta(days=7 * weeks - 1))
    _set(passport, "spaces", [{"id": id, "kind": kind, "local": id} for id, kind in _spaces(course, rooms)])
    accounts = [f"local:{assistant}" for assistant in assistants]
    _set(passport, "staff", {"admins": [f"local:{TEACHER}"], "assistants": accounts})
    _write(to / "course.yaml", passport)
    if course.days:
        calendar = _read(to / "calendar.yaml")
        _repeat_days(calendar, every=(course.ends - course.starts).days + 1, until=7 * weeks)
        _write(to / "calendar.yaml", calendar)
    return rooms


def _rooms(course: Course) -> dict[Room, str]:
    """The first space of each kind; a course without a side room, or without a staff room, is given one."""
    return {
        room: next((space.id for space in course.spaces if space.kind == kind), room) for room, kind in _KINDS.items()
    }


def _spaces(course: Course, rooms: Mapping[Room, str]) -> Iterator[tuple[str, str]]:
    known = {space.id: space.kind for space in course.spaces}
    yield from known.items()
    yield from ((id, _KINDS[room]) for room, id in rooms.items() if id not in known)


def _repeat_days(calendar: MappingNode, *, every: int, until: int) -> None:
    """The calendar over and over, as long as the course is."""
    days = next(value for key, value in calendar.value if key.value == "days")
    written = [(int(_field(day, "day").value), day) for day in days.value]
    days.value = [
        _on_day(day, number + start)
        for start in range(0, until, every)
        for number, day in written
        if number + start <= until
    ]


def _on_day(day: MappingNode, number: int) -> MappingNode:
    copy = deepcopy(day)
    _field(copy, "day").value = str(number)
    return copy


# --- YAML that stays as it was written: values are kept as text, so that 09:00 does not become a number ---------------


def _read(file: Path) -> MappingNode:
    node = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CSafeLoader)
    assert isinstance(node, MappingNode), "a course that was loaded is made of mappings"
    return node


def _write(file: Path, node: MappingNode) -> None:
    file.write_text(yaml.serialize(node, Dumper=yaml.CSafeDumper, allow_unicode=True, width=10_000), encoding="utf-8")


def _field(node: MappingNode, name: str) -> ScalarNode:
    found: ScalarNode = next(value for key, value in node.value if key.value == name)
    return found


def _set(node: MappingNode, name: str, value: object) -> None:
    """Replace a value, or add it."""
    new: Node | None = yaml.compose(yaml.safe_dump(value))
    kept = [(key, old) for key, old in node.value if key.value != name]
    node.value = [*kept, (ScalarNode("tag:yaml.org,2002:str", name), new)]
