"""Fields, their values and whole conditions in a person's words."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.domain.course import Course
from bot.domain.ids import ROLES
from bot.domain.messages import Template, Text, Words
from bot.domain.places import SPACE_KINDS
from bot.domain.questions import TAGS
from bot.domain.rules import AllOf, AnyOf, Between, Condition, Not
from rules.fields import WEEKDAYS
from storage.boards import BOARDS, PERIODS

Knows = Callable[[str], bool]
"""Whether the catalogues have a text of this id."""

SECRET = ("member.tags",)
"""Fields that are staff's own: students read neither what they hold nor what a rule wants of them."""

_NAMES = {
    "member.role": ("role", ROLES),
    "from_role": ("role", ROLES),
    "space.kind": ("space", SPACE_KINDS),
    "course.weekday": ("weekday", WEEKDAYS),
    "board": ("board", BOARDS),
    "period": ("period", PERIODS),
    "tag": ("tag", TAGS),
}


class Wording:
    """How one course is spoken of, to staff or to students."""

    def __init__(self, course: Course, knows: Knows, *, for_staff: bool) -> None:
        self.knows = knows
        self.for_staff = for_staff
        self.levels = {level.id: Template(text=level.title) for level in course.levels}

    def is_secret(self, field: str) -> bool:
        return field in SECRET and not self.for_staff

    def label(self, field: str) -> Words | str:
        return Text(id=f"field.{field}") if self.knows(f"field.{field}") else field

    def value(self, field: str, value: Any) -> Any:
        """One value of a field, as people call it."""
        namespace, known = _NAMES.get(field, ("", ()))
        if value in known:
            return Text(id=f"{namespace}.{value}")
        if field in ("member.level", "level"):
            return self.levels.get(value, value)
        return Text(id=f"word.{value}") if value in ("yes", "no") else value

    def values(self, field: str, values: Sequence[Any]) -> Any:
        """One of these."""
        return _joined("word.or", [self.value(field, value) for value in values])

    def conditions(self, condition: Condition) -> list[Words]:
        """What must hold, one by one."""
        if isinstance(condition, AllOf):
            return [words for part in condition.conditions for words in self.conditions(part)]
        return [self.condition(condition)]

    def condition(self, condition: Condition) -> Words:
        if isinstance(condition, AllOf):
            parts = self.conditions(condition)
            return parts[0] if len(parts) == 1 else _group(_joined("word.and", parts))
        if isinstance(condition, AnyOf):
            options = [self.condition(part) for part in condition.conditions]
            return options[0] if len(options) == 1 else _group(_joined("word.or", options))
        if isinstance(condition, Not):
            return Text(id="condition.not", values={"condition": self.condition(condition.condition)})
        if self.is_secret(condition.field):
            return Text(id="condition.secret")
        field = self.label(condition.field)
        if isinstance(condition, Between):
            return _range(field, condition)
        return Text(id="condition.is", values={"field": field, "value": self.values(condition.field, condition.values)})


def _range(field: Words | str, between: Between) -> Text:
    ends = {"least": between.at_least, "most": between.at_most}
    values = {"field": field} | {name: f"{end:.15g}" for name, end in ends.items() if end is not None}
    if between.at_most is None:
        return Text(id="condition.at_least", values=values)
    return Text(id="condition.at_most" if between.at_least is None else "condition.between", values=values)


def _joined(id: str, parts: Sequence[Any]) -> Any:
    """`a, b or c`."""
    if len(parts) < 2:
        return parts[0] if parts else "–"
    return Text(id=id, values={"several": list(parts[:-1]), "last": parts[-1]})


def _group(inner: Words) -> Text:
    return Text(id="condition.group", values={"inner": inner})
