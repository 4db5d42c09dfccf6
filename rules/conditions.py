"""`where`: from nested mappings to a condition on the fields of a fact."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

from bot.domain.ids import ROLES
from bot.domain.places import SPACE_KINDS
from bot.domain.rules import AllOf, AnyOf, Between, Condition, FactKind, Field, Is, Not
from rules.complaints import Complaints
from rules.fields import parse_date
from rules.nodes import Entry, Key, Leaf, ListNode, MapNode, Node
from rules.shapes import mapping

MAX_DEPTH = 8
COMMON_FIELDS: Mapping[str, Field] = {"member.role": "text", "space.kind": "text", "course.day": "number"}
_CHOICES = {"member.role": ROLES, "space.kind": SPACE_KINDS}
_WRONG = {
    "text": "problem.not_text",
    "number": "problem.not_a_number",
    "yes_no": "problem.not_yes_no",
    "date": "problem.not_a_date",
}


class ConditionReader:
    """Reads the conditions on one kind of fact; what it returns counts only if nothing was complained about."""

    def __init__(self, fact: FactKind, complaints: Complaints) -> None:
        self.fact = fact
        self.fields: Mapping[str, Field] = {**fact.fields, **COMMON_FIELDS}
        self.complaints = complaints

    def read(self, node: Node, *, name: str = "where", depth: int = 1) -> Condition | None:
        """Every entry of the mapping must hold."""
        top = mapping(node, self.complaints, name=name)
        if top is None:
            return None
        if depth > MAX_DEPTH:
            self.complaints.add(node, "problem.too_deep", most=MAX_DEPTH)
            return None
        if not top.entries:
            self.complaints.add(node, "problem.empty", name=name)
        parts = tuple(part for entry in top.entries.values() if (part := self.entry(entry, depth)))
        return parts[0] if len(parts) == 1 else AllOf(conditions=parts)

    def entry(self, entry: Entry, depth: int) -> Condition | None:
        key, node = entry
        if key.name in ("all", "any"):
            parts = self.parts(key.name, node, depth)
            return AllOf(conditions=parts) if key.name == "all" else AnyOf(conditions=parts)
        if key.name == "not":
            part = self.read(node, name="not", depth=depth + 1)
            return Not(condition=part) if part else None
        if key.name not in self.fields:
            known = [*self.fields, "all", "any", "not"]
            self.complaints.unknown(key, key.name, known, id="problem.unknown_field", fact=self.fact.name)
            return None
        return self.test(key, node)

    def parts(self, name: str, node: Node, depth: int) -> tuple[Condition, ...]:
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
        return Is(field=key.name, values=tuple(self.value(key.name, item) for item in nodes))

    def value(self, field: str, node: Node) -> Any:
        kind, value = self.fields[field], node.value if isinstance(node, Leaf) else None
        if not _has_type(value, kind):
            self.complaints.add(node, _WRONG[kind], name=field)
            return None
        if value not in _CHOICES.get(field, (value,)):
            self.complaints.unknown(node, str(value), _CHOICES[field], name=field)
        return parse_date(value) if kind == "date" else value

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


def _has_type(value: object, kind: Field) -> bool:
    match kind:
        case "text":
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
