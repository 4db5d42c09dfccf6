"""From YAML text to nodes: YAML 1.2 core scalars; no aliases, anchors, tags or merge keys; caps on everything.

The caps hold while events are read, so that a bomb is never composed.
"""

from typing import Any, NamedTuple

import yaml

from bot.domain.messages import Text
from rules.decode import CONTROL, decode
from rules.nodes import Entry, Key, Leaf, ListNode, MapNode, Node
from rules.scalars import core_scalar
from rules.suggest import clipped
from rules.unreadable import Unreadable
from rules.yaml_errors import explain

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 32
MAX_NODES = 100_000


class Flaw(NamedTuple):
    """Something that we do not take, in a document that can be read nevertheless."""

    line: int
    column: int
    text: Text
    under: str | None  # the top-level key that it belongs to


class Document(NamedTuple):
    """One file: its root is an empty `Leaf` if there is nothing in it."""

    root: Node
    flaws: tuple[Flaw, ...]


def read(content: str | bytes, *, loader: Any = LOADER) -> Document:
    """Raises Unreadable, and nothing else, whatever the content is."""
    text = decode(content)
    try:
        parser = loader(text)
        try:
            return _Composer(parser).document()
        finally:
            parser.dispose()
    except (
        yaml.YAMLError,
        ValueError,
        OverflowError,
    ) as error:  # the latter two: numbers that Python's parser chokes on
        raise explain(error, text) from None


class _Composer:
    """Turns the events of one parser into nodes."""

    def __init__(self, parser: Any) -> None:
        self.next_event = parser.get_event
        self.flaws: list[Flaw] = []
        self.nodes = 0
        self.under: str | None = None

    def document(self) -> Document:
        self.next_event()  # the stream begins
        event = self.next_event()
        if isinstance(event, yaml.StreamEndEvent):
            return Document(Leaf(1, 1, None), ())
        root = self.node(self.next_event(), depth=1)
        self.next_event()  # the document ends
        end = self.next_event()
        if not isinstance(end, yaml.StreamEndEvent):
            raise Unreadable(end.start_mark.line + 1, end.start_mark.column + 1, "problem.second_document")
        return Document(root, tuple(self.flaws))

    def node(self, event: Any, *, depth: int) -> Node:
        line, column = self.count(event, depth)
        if isinstance(event, yaml.AliasEvent):
            self.flaw(line, column, "problem.no_shorthand", mark="*")
            return Leaf(line, column, None)
        if event.anchor is not None:
            self.flaw(line, column, "problem.no_shorthand", mark="&")
        if event.tag is not None:
            self.flaw(line, column, "problem.no_shorthand", mark="!")
        if isinstance(event, yaml.ScalarEvent):
            return self.leaf(event, line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return ListNode(line, column, self.items(depth))
        return MapNode(line, column, self.entries(depth))

    def count(self, event: Any, depth: int) -> tuple[int, int]:
        """The place of a node that is within the caps."""
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise Unreadable(line, column, "problem.too_deep", most=MAX_DEPTH)
        if self.nodes > MAX_NODES:
            raise Unreadable(line, column, "problem.too_many_values", most=MAX_NODES)
        return line, column

    def leaf(self, event: Any, line: int, column: int) -> Leaf:
        if not event.style:
            return Leaf(line, column, core_scalar(event.value))
        if found := CONTROL.search(event.value):  # quoted text can smuggle one in: "\0"
            self.flaw(line, column, "problem.control_character", code=f"U+{ord(found[0]):04X}")
        return Leaf(line, column, CONTROL.sub("", event.value))

    def items(self, depth: int) -> tuple[Node, ...]:
        items = []
        while not isinstance(event := self.next_event(), yaml.SequenceEndEvent):
            items.append(self.node(event, depth=depth + 1))
        return tuple(items)

    def entries(self, depth: int) -> dict[str, Entry]:
        """Of two equal keys the first one counts; the second is a flaw."""
        entries: dict[str, Entry] = {}
        while not isinstance(event := self.next_event(), yaml.MappingEndEvent):
            key = self.key(event, depth=depth + 1)
            if depth == 1:
                self.under = key.name
            if key.name in entries:
                self.flaw(
                    key.line,
                    key.column,
                    "problem.duplicate_key",
                    key=clipped(key.name),
                    line=entries[key.name].key.line,
                )
            entry = Entry(key, self.node(self.next_event(), depth=depth + 1))
            entries.setdefault(key.name, entry)
        self.under = None if depth == 1 else self.under
        return entries

    def key(self, event: Any, *, depth: int) -> Key:
        node = self.node(event, depth=depth)
        if not isinstance(node, Leaf) or isinstance(event, yaml.AliasEvent):
            self.flaw(node.line, node.column, "problem.key_not_text")
            return Key(node.line, node.column, "?")
        if event.value == "<<" and not event.style:
            self.flaw(node.line, node.column, "problem.no_shorthand", mark="<<")
        return Key(node.line, node.column, CONTROL.sub("", event.value))

    def flaw(self, line: int, column: int, id: str, /, **values: str | int) -> None:
        self.flaws.append(Flaw(line, column, Text(id=id, values=values), self.under))
