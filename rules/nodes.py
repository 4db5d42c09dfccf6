"""A YAML document as plain values that know where they stand. Lines and columns count from 1."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

Value = str | int | float | bool | None


class Place(Protocol):
    """Anything that stands somewhere in a file."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Leaf(NamedTuple):
    """A single value."""

    line: int
    column: int
    value: Value


class Key(NamedTuple):
    """A key of a mapping, always as it is written: `on`, `1`."""

    line: int
    column: int
    name: str


class ListNode(NamedTuple):
    line: int
    column: int
    items: tuple["Node", ...]


class MapNode(NamedTuple):
    line: int
    column: int
    entries: dict[str, "Entry"]

    def get(self, name: str) -> "Node | None":
        entry = self.entries.get(name)
        return entry.node if entry else None

    def only(self, names: Iterable[str]) -> "MapNode":
        """The same mapping with these keys alone."""
        wanted = set(names)
        return self._replace(entries={name: entry for name, entry in self.entries.items() if name in wanted})

    def without(self, names: Iterable[str]) -> "MapNode":
        return self.only(self.entries.keys() - set(names))


Node = Leaf | ListNode | MapNode


class Entry(NamedTuple):
    key: Key
    node: Node


class Spot(NamedTuple):
    """Where a path leads: the deepest part of it that is in the document."""

    node: Node
    key: Key | None  # the nearest key above the node
    outer: Key | None  # and the one above that


def plain(node: Node) -> Any:
    """The value alone."""
    if isinstance(node, MapNode):
        return {name: plain(entry.node) for name, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return node.value


def as_json(node: Node) -> str:
    return json.dumps(plain(node))


def find(root: Node, path: Sequence[str | int]) -> Spot:
    """Follow a path as pydantic writes it, past the parts that are not in the document, such as the tags of a union."""
    spot = Spot(root, None, None)
    for part in path:
        node = spot.node
        if isinstance(node, MapNode) and part in node.entries:
            entry = node.entries[str(part)]
            spot = Spot(entry.node, entry.key, spot.key)
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            spot = spot._replace(node=node.items[part])
    return spot


def is_empty(node: Node) -> bool:
    """Nothing was written: `limit:` and the end of the line."""
    return isinstance(node, Leaf) and node.value is None
