"""A copy of a course folder for the simulation: as many weeks as wanted, our own staff, rooms in the local chat."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode

from bot.domain.course import Course
from bot.simulation.acts import Room
from bot.simulation.cast import TEACHER
from bot.simulation.pack_homework import repeated

_TEXTS = ("title", "task", "material", "sharing", "reminder")
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
    for calendar in ("calendar.yaml", "calendar.csv"):
        (to / calendar).unlink(missing_ok=True)
    if course.days:
        days = list(_days(course, until=7 * weeks))
        (to / "calendar.yaml").write_text(yaml.safe_dump({"days": days}, allow_unicode=True), encoding="utf-8")
    if (to / "homework.yaml").exists() and course.book.homework:
        _write(to / "homework.yaml", _homework(to / "homework.yaml", course, until=7 * weeks))
    if course.answering.duty:
        _write(to / "questions.yaml", _without(_read(to / "questions.yaml"), "duty"))
    if course.faq:
        _write(to / "faq.yaml", _faq(to / "faq.yaml"))
    return rooms


def _homework(file: Path, course: Course, *, until: int) -> MappingNode:
    """Everybody is on duty: the file knows nobody of our own staff."""
    root = repeated(_read(file), course, until=until)
    for key, section in root.value:
        if key.value == "grading" and isinstance(section, MappingNode):
            _without(section, "duty")
    return root


def _faq(file: Path) -> MappingNode:
    """About no day and no homework: the copy may have others."""
    root = _read(file)
    for _, entry in root.value:
        if isinstance(entry, MappingNode):
            _without(entry, "lesson", "homework")
    return root


def _without(mapping: MappingNode, *names: str) -> MappingNode:
    mapping.value = [(key, value) for key, value in mapping.value if key.value not in names]
    return mapping


def _rooms(course: Course) -> dict[Room, str]:
    """The first space of each kind; a course without a side room, or without a staff room, is given one."""
    return {
        room: next((space.id for space in course.spaces if space.kind == kind), room) for room, kind in _KINDS.items()
    }


def _spaces(course: Course, rooms: Mapping[Room, str]) -> Iterator[tuple[str, str]]:
    known = {space.id: space.kind for space in course.spaces}
    yield from known.items()
    yield from ((id, _KINDS[room]) for room, id in rooms.items() if id not in known)


def _days(course: Course, *, until: int) -> Iterator[dict[str, Any]]:
    """The calendar over and over, as long as the course is."""
    for start in range(0, until, course.day_number(course.ends)):
        for day in course.days:
            if start + day.number <= until:
                texts = {name: getattr(day, name) for name in _TEXTS}
                shown = {name: {**text.by_language} for name, text in texts.items() if text}
                yield {"day": start + day.number, **shown, **_anchored(course, day.number)}


def _anchored(course: Course, number: int) -> dict[str, Any]:
    """The lesson and the deadline of a day; homework.yaml itself has those of its own."""
    own = {(homework.due.date, homework.due.at) for homework in course.book.homework.values()}
    return {
        anchor.kind: {
            "at": f"{anchor.at:%H:%M}",
            **({"title": {**anchor.title.by_language}} if anchor.title else {}),
        }
        for anchor in course.anchors
        if course.day_number(anchor.date) == number
        and not (anchor.kind == "deadline" and (anchor.date, anchor.at) in own)
    }


# --- YAML that stays as it was written: values are kept as text, so that 09:00 does not become a number ---------------


def _read(file: Path) -> MappingNode:
    node = yaml.compose(file.read_text(encoding="utf-8-sig"), Loader=yaml.CBaseLoader)
    assert isinstance(node, MappingNode), "a course that was loaded is made of mappings"
    return node


def _write(file: Path, node: MappingNode) -> None:
    file.write_text(yaml.serialize(node, Dumper=yaml.CBaseDumper, allow_unicode=True, width=10_000), encoding="utf-8")


def _set(node: MappingNode, name: str, value: object) -> None:
    """Replace a value, or add it."""
    new: Node | None = yaml.compose(yaml.safe_dump(value), Loader=yaml.CBaseLoader)
    kept = [(key, old) for key, old in node.value if key.value != name]
    node.value = [*kept, (ScalarNode("tag:yaml.org,2002:str", name), new)]
