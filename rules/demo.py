"""demo.yaml: who takes part in the demo, and what classmates say by themselves."""

from dataclasses import dataclass
from datetime import time

from bot.domain.course import Course
from bot.domain.errors import RulesRejected
from bot.domain.ids import Role
from rules.complaints import Complaints, in_order
from rules.coursebook import check_unique
from rules.folder import Files
from rules.nodes import MapNode, Node, find, is_empty
from rules.reader import read
from rules.schema import DemoShape, LineShape
from rules.shapes import fit
from rules.suggest import clipped
from rules.unreadable import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone in the demo; the account is `local:` and the id."""

    id: str
    name: str
    role: Role = "student"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a classmate says, at this local time of these days."""

    days: tuple[int, ...]
    at: time
    who: str
    says: str
    replies_to: str | None = None  # words of the newest message that holds them


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    people: tuple[Person, ...] = ()  # whom one can be, in the order of the picker
    classmates: tuple[Person, ...] = ()
    script: tuple[Line, ...] = ()


def load_demo(files: Files, course: Course, *, shown_as: str = "") -> Demo:
    """An absent file is a demo without people. Raises RulesRejected with everything that is wrong."""
    complaints = Complaints(file=f"{shown_as}/demo.yaml" if shown_as else "demo.yaml")
    shape = _shape(files.get("demo.yaml", ""), complaints, course)
    if shape is None or complaints.problems:
        raise RulesRejected(in_order(complaints.problems))
    return Demo(
        people=tuple(Person(id=person.id, name=person.name, role=person.role) for person in shape.people),
        classmates=tuple(Person(id=person.id, name=person.name) for person in shape.classmates),
        script=tuple(map(_line, shape.script)),
    )


def _line(shape: LineShape) -> Line:
    return Line(days=shape.day, at=shape.at, who=shape.who, says=shape.says, replies_to=shape.replies_to)


def _shape(content: str | bytes, complaints: Complaints, course: Course) -> DemoShape | None:
    try:
        root, flaws = read(content)
    except Unreadable as trouble:
        complaints.take(trouble, trouble.text)
        return None
    for flaw in flaws:
        complaints.take(flaw, flaw.text)
    if is_empty(root):
        root = MapNode(root.line, root.column, {})
    shape = fit(DemoShape, root, complaints, name="demo.yaml", language=course.language)
    if shape:
        _check_people(shape, root, complaints, course)
        for number, line in enumerate(shape.script):
            _check_line(line, number, root, complaints, shape, course)
    return shape


def _check_people(shape: DemoShape, root: Node, complaints: Complaints, course: Course) -> None:
    """Roles are those of course.yaml; an id is one person, who is either played or acts alone."""
    check_unique([person.id for person in shape.people], "people", "id", root, complaints)
    check_unique([person.id for person in shape.classmates], "classmates", "id", root, complaints)
    played = {person.id for person in shape.people}
    for number, classmate in enumerate(shape.classmates):
        at = find(root, ("classmates", number, "id")).node
        if classmate.id in played:
            complaints.add(at, "problem.twice", name="id", value=classmate.id)
        elif (role := _role(classmate.id, course)) != "student":
            complaints.add(at, "problem.other_role", value=classmate.id, role=role)
    for number, person in enumerate(shape.people):
        if (role := _role(person.id, course)) != person.role:
            at = find(root, ("people", number, "role")).node
            complaints.add(at, "problem.other_role", value=person.id, role=role)


def _role(id: str, course: Course) -> Role:
    account = f"local:{id}"
    if account in course.admins:
        return "admin"
    return "assistant" if account in course.assistants else "student"


def _check_line(
    line: LineShape, number: int, root: Node, complaints: Complaints, shape: DemoShape, course: Course
) -> None:
    classmates = [classmate.id for classmate in shape.classmates]
    if line.who not in classmates:
        complaints.unknown(find(root, ("script", number, "who")).node, line.who, classmates, name="who")
    if line.replies_to and not any(line.replies_to in other.says for other in shape.script if other is not line):
        at = find(root, ("script", number, "replies_to")).node
        complaints.add(at, "problem.nobody_says", value=clipped(line.replies_to))
    last = course.day_number(course.ends)
    for index, day in enumerate(line.day):
        if day > last:
            at = find(root, ("script", number, "day", index)).node
            complaints.add(at, "problem.day_outside", day=day, last=last)
