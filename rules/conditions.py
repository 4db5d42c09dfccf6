"""`where`: from nested mappings to a condition on the fields of a fact."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from bot.domain.ids import ROLES
from bot.domain.places import SPACE_KINDS
from bot.domain.rules import AllOf, AnyOf, Between, Condition, FactKind, Field, Has, Is, Not
from rules.complaints import Complaints
from rules.fields import WEEKDAYS, parse_date
from rules.nodes import Entry, Key, Leaf, ListNode, MapNode, Node
from rules.shapes import mapping

MAX_DEPTH = 8
MAX_PARTS = 200
COMMON_FIELDS: Mapping[str, Field] = {
    "member.role": "text",
    "member.level": "text",
    "member.days": "number",
    "member.tags": "tags",
    "space.kind": "text",
    "space.id": "text",
    "course.day": "number",
    "course.weekday": "text",
}
_OF_PLACE = ("space.kind", "space.id")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "member.role": ROLES,
    "space.kind": SPACE_KINDS,
    "course.weekday": WEEKDAYS,
}
_WRONG = {
    "text": "problem.not_text",
    "number": "problem.not_a_number",
    "yes_no": "problem.not_yes_no",
    "date": "problem.not_a_date",
    "tags": "problem.not_text",
}


def common_fields(fact: FactKind) -> Mapping[str, Field]:
    """Those of `COMMON_FIELDS` that say something about this kind of fact."""
    return {name: field for name, field in COMMON_FIELDS.items() if fact.has_place or name not in _OF_PLACE}


class Found(NamedTuple):
    """A condition, how many parts it has, and how deep it is, both with all that it uses."""

    condition: Condition
    parts: int
    depth: int


class Conditions:
    """The named conditions of a course, read for each kind of fact once.

    A name is added to `named` when its condition has been read, so that it can use those above it and never itself.
    """

    def __init__(self, names: Collection[str], choices: Mapping[str, Collection[str]]) -> None:
        self.names = names  # all that the file has
        self.named: dict[str, Node | None] = {}  # None: something is wrong with it
        self.choices = choices
        self._read: dict[tuple[str, str], tuple[Found | None, Complaints]] = {}

    def read(self, fact: FactKind, name: str, node: Node) -> tuple[Found | None, Complaints]:
        """The condition for this kind of fact, with what is wrong with it there."""
        if (fact.name, name) not in self._read:
            complaints = Complaints(file="")
            reader = ConditionReader(fact, complaints, self)
            condition = reader.read(node, name=name)
            result = None
            if condition is not None and not complaints.problems:
                result = Found(condition, reader.parts, reader.depth)
            self._read[fact.name, name] = result, complaints
        return self._read[fact.name, name]


def _all_of(parts: Iterable[Condition]) -> Condition:
    """All of them, laid flat: every level would cost each message a look."""
    flat = [one for part in parts for one in (part.conditions if isinstance(part, AllOf) else (part,))]
    return flat[0] if len(flat) == 1 else AllOf(conditions=tuple(flat))


class ConditionReader:
    """Reads the conditions on one kind of fact; what it returns counts only if nothing was complained about."""

    def __init__(self, fact: FactKind, complaints: Complaints, conditions: Conditions) -> None:
        self.fact = fact
        self.fields: Mapping[str, Field] = {**fact.fields, **common_fields(fact)}
        self.complaints = complaints
        self.conditions = conditions
        self.parts = self.depth = 0  # of what was read so far

    def read(self, node: Node, *, name: str = "where", depth: int = 1) -> Condition | None:
        """Every entry of the mapping must hold."""
        top = mapping(node, self.complaints, name=name)
        if top is None:
            return None
        if not self.is_within(depth, node):
            return None
        if not top.entries:
            self.complaints.add(node, "problem.empty", name=name)
        parts = tuple(part for entry in top.entries.values() if (part := self.entry(entry, depth)))
        if self.parts > MAX_PARTS:
            self.complaints.add(node, "problem.too_many_parts", most=MAX_PARTS)
            return None
        return _all_of(parts)

    def is_within(self, depth: int, node: Node) -> bool:
        """Whether this is not too deep; complains where it is."""
        self.depth = max(self.depth, depth)
        if depth > MAX_DEPTH:
            self.complaints.add(node, "problem.too_deep", most=MAX_DEPTH)
        return depth <= MAX_DEPTH

    def entry(self, entry: Entry, depth: int) -> Condition | None:
        key, node = entry
        self.parts += 1
        if key.name == "use":
            return self.use(node, depth)
        if key.name in ("all", "any"):
            parts = self.several(key.name, node, depth)
            return AllOf(conditions=parts) if key.name == "all" else AnyOf(conditions=parts)
        if key.name == "not":
            part = self.read(node, name="not", depth=depth + 1)
            return Not(condition=part) if part else None
        if key.name not in self.fields:
            self.unknown_field(key)
            return None
        return self.test(key, node)

    def unknown_field(self, key: Key) -> None:
        known = [*self.fields, "use", "all", "any", "not"]
        if self.fact.name:
            self.complaints.unknown(key, key.name, known, id="problem.unknown_field", fact=self.fact.name)
        else:
            self.complaints.unknown(key, key.name, known, name="conditions")

    def use(self, node: Node, depth: int) -> Condition | None:
        """One named condition, or all of a list."""
        names = node.items if isinstance(node, ListNode) else (node,)
        if not names:
            self.complaints.add(node, "problem.empty", name="use")
        used = tuple(condition for name in names if (condition := self.used(name, depth)))
        return _all_of(used)

    def used(self, node: Node, depth: int) -> Condition | None:
        name = node.value if isinstance(node, Leaf) else None
        if not isinstance(name, str):
            self.complaints.add(node, "problem.not_text", name="use")
            return None
        if name not in self.conditions.named:
            self.unknown_name(node, name)
            return None
        named = self.conditions.named[name]
        if named is None:
            self.complaints.add(node, "problem.condition_off", value=name)
            return None
        found, complaints = self.conditions.read(self.fact, name, named)
        if found is None:
            why = complaints.problems[0].text
            self.complaints.add(node, "problem.condition_unfit", value=name, fact=self.fact.name, why=why)
            return None
        self.parts += found.parts
        return found.condition if self.is_within(depth + found.depth, node) else None

    def unknown_name(self, node: Node, name: str) -> None:
        """A name that no condition has, or only one further down."""
        if name in self.conditions.names:
            self.complaints.add(node, "problem.condition_below", value=name)
        else:
            self.complaints.unknown(node, name, self.conditions.named, name="use")

    def several(self, name: str, node: Node, depth: int) -> tuple[Condition, ...]:
        if not isinstance(node, ListNode):
            self.complaints.add(node, "problem.not_a_list", name=name)
            return ()
        if not node.items:
            self.complaints.add(node, "problem.empty", name=name)
        read = (self.read(item, name=name, depth=depth + 1) for item in node.items)
        return tuple(part for part in read if part)

    def test(self, key: Key, node: Node) -> Condition | None:
        """One field: equal to a value, to one of a list, or within a range."""
        if isinstance(node, MapNode) and self.fields[key.name] == "number":
            return self.range(key, node)
        nodes = node.items if isinstance(node, ListNode) else (node,)
        if not nodes:
            self.complaints.add(node, "problem.empty", name=key.name)
        self.parts += len(nodes)
        if self.fields[key.name] == "tags":
            return Has(field=key.name, values=tuple(self.value(key.name, item) for item in nodes))
        return Is(field=key.name, values=tuple(self.value(key.name, item) for item in nodes))

    def value(self, name: str, node: Node) -> Any:
        return value_of(name, self.fields[name], node, self.complaints, self.conditions.choices)

    def range(self, key: Key, node: MapNode) -> Condition:
        for entry in node.without(("at_least", "at_most")).entries.values():
            self.complaints.unknown_key(entry.key, ("at_least", "at_most"))
        low, high = self.bound(node, "at_least"), self.bound(node, "at_most")
        backwards = low is not None and high is not None and low > high
        if backwards or not node.entries:
            self.complaints.add(node, "problem.bad_range", name=key.name)
        return Between(field=key.name, at_least=low, at_most=high)

    def bound(self, node: MapNode, name: str) -> float | None:
        end = node.get(name)
        if end is None:
            return None
        if isinstance(end, Leaf) and isinstance(end.value, int | float) and not isinstance(end.value, bool):
            return end.value
        self.complaints.add(end, "problem.not_a_number", name=name)
        return None


def value_of(name: str, kind: Field, node: Node, complaints: Complaints, choices: Mapping[str, Collection[str]]) -> Any:
    """One value of a field, as facts hold it; of tags, one of them. It counts only if nothing was complained about."""
    value = node.value if isinstance(node, Leaf) else None
    if not _has_type(value, kind):
        complaints.add(node, _WRONG[kind], name=name)
        return None
    if value not in choices.get(name, (value,)):
        complaints.unknown(node, str(value), choices[name], name=name)
    return parse_date(value) if kind == "date" else value


def _has_type(value: object, kind: Field) -> bool:
    match kind:
        case "text" | "tags":
            return isinstance(value, str)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "yes_no":
            return isinstance(value, bool)
        case "date":
            return _is_date(value)


def _is_date(value: object) -> bool:
    try:
        parse_date(value)
    except PydanticCustomError:
        return False
    return True
