"""Where the days, the rituals and all else of a course stand in its files."""

from collections.abc import Sequence
from typing import Any

from bot.domain.course import Course
from bot.domain.errors import Problem
from bot.domain.messages import Text
from rules.calendar_csv import Dates, read_calendar
from rules.loader import Files
from rules.nodes import Leaf, ListNode, MapNode, Node, Place, find
from rules.reader import read
from rules.vocabulary import CalendarPart

_TOP = Leaf(1, 1, None)
_READ = ("course.yaml", "homework.yaml", "questions.yaml", "rewards.yaml", "rituals.yaml")


class Places:
    """The files must be those that the course was loaded from."""

    def __init__(self, files: Files, course: Course, shown_as: str) -> None:
        self._prefix = f"{shown_as}/" if shown_as else ""
        self._calendar = "calendar.csv" if "calendar.csv" in files else "calendar.yaml"
        self._roots = {name: read(files.get(name, "")).root for name in _READ}
        listed = _calendar(files, course).get("days")
        nodes = listed.items if isinstance(listed, ListNode) else ()
        self._days = dict(zip((day.number for day in course.days), nodes, strict=True))

    def about_day(self, number: int, id: str, /, part: CalendarPart | None = None, **values: Any) -> Problem:
        """A warning where this part of a day stands; of a day that is not there, where it would."""
        day = self._days.get(number)
        at: Place = find(day, (part,)).node if day and part else day or self._next_to(number)
        return self._warning(self._calendar, at, id, values)

    def about_ritual(self, ritual: str, id: str, /, **values: Any) -> Problem:
        at = find(self._roots["rituals.yaml"], (ritual,)).key or _TOP
        return self._warning("rituals.yaml", at, id, {"ritual": ritual, **values})

    def about_homework(self, homework: str, key: str, id: str, /, **values: Any) -> Problem:
        """A warning where a homework says this."""
        return self.about("homework.yaml", (homework, key), id, homework=homework, **values)

    def about(self, name: str, path: Sequence[str | int], id: str, /, **values: Any) -> Problem:
        """A warning at this place of one of the files, or at the deepest part of the way there."""
        return self._warning(name, find(self._roots[name], path).node, id, values)

    def _next_to(self, number: int) -> Place:
        later = (node for day, node in self._days.items() if day > number)
        return next(later, [_TOP, *self._days.values()][-1])

    def _warning(self, name: str, at: Place, id: str, values: dict[str, Any]) -> Problem:
        text = Text(id=id, values=values)
        return Problem(file=self._prefix + name, line=at.line, column=at.column, text=text, severity="warning")


def _calendar(files: Files, course: Course) -> MapNode:
    root: Node
    if "calendar.csv" in files:
        root = read_calendar(files["calendar.csv"], Dates(course.starts, course.ends), course.language).root
    else:
        root = read(files.get("calendar.yaml", "")).root
    return root if isinstance(root, MapNode) else MapNode(1, 1, {})
