"""The facts that a test in rules.yaml gives: who, what, when and how often."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.course import Course
from bot.domain.ids import EventKey, MemberId, ObjectId
from bot.domain.rules import MARK, Fact, FactKind, Field
from bot.domain.text import fingerprint
from rules.complaints import Complaints
from rules.conditions import CHOICES, COMMON_FIELDS, value_of
from rules.fields import WEEKDAYS
from rules.fold import RETRACTED
from rules.nodes import Entry, Leaf, ListNode, MapNode, Node, Place, is_empty
from rules.replay import DERIVED
from rules.schema import GivenShape
from rules.shapes import fit, mapping
from rules.suggest import clipped
from rules.vocabulary import Vocabulary

MAX_FACTS = 2000
MAX_DAYS = 400
_OPTIONS = tuple(GivenShape.model_fields)
_DEFAULTS: Mapping[Field, Any] = {"text": "", "number": 0, "yes_no": False, "tags": ()}


class FactsReader:
    """Reads the facts of one test, and names its members and objects."""

    def __init__(self, course: Course, vocabulary: Vocabulary, complaints: Complaints) -> None:
        self.course = course
        self.vocabulary = vocabulary
        self.complaints = complaints
        self.choices = {**CHOICES, "level": [level.id for level in course.levels]}
        self.members: dict[str, MemberId] = {}
        self.given: list[tuple[Fact, Place]] = []

    def read(self, test: MapNode) -> tuple[Fact, ...]:
        """In the order in which they happen; of several at the same moment, as they are written."""
        node = test.get("facts")
        if node is None:
            self.complaints.add(test, "problem.missing_key", key="facts")
        elif not isinstance(node, ListNode):
            self.complaints.add(node, "problem.not_a_list", name="facts")
        elif not node.items:
            self.complaints.add(node, "problem.empty", name="facts")
        else:
            for item in node.items:
                self.read_item(item)
            self.given.sort(key=lambda given: given[0].at)
            self.check_retractions()
        return tuple(fact for fact, _ in self.given)

    def read_item(self, item: Node) -> None:
        top = mapping(item, self.complaints, name="facts")
        if top is None:
            return
        named = [entry for name, entry in top.entries.items() if name in self.vocabulary.facts]
        options = top.without(entry.key.name for entry in named)
        if len(named) != 1 and not options.without(_OPTIONS).entries:
            self.complaints.add(item, "problem.test_one_fact")
        who = options.get("member")
        if isinstance(who, Leaf) and isinstance(who.value, str):
            self.member(who.value)  # who is named in an item with a mistake is known nevertheless
        known = self.vocabulary.facts
        shape = fit(GivenShape, options, self.complaints, name="facts", language=self.course.language, also=known)
        if shape and len(named) == 1 and self.has_sense(named[0], options, shape):
            self.happen(_Given(self, named[0], options, shape))

    def has_sense(self, entry: Entry, options: MapNode, shape: GivenShape) -> bool:
        """Complains of what may be said of other facts only."""
        kind = self.vocabulary.facts[entry.key.name]
        if kind.name in DERIVED:
            self.complaints.add(entry.key, "problem.test_derived", value=kind.name)
        if shape.text is not None and not kind.has_text:
            with_text = [kind.name for kind in self.vocabulary.facts.values() if kind.has_text]
            at = options.entries["text"].key
            self.complaints.add(at, "problem.test_no_text", fact=kind.name, known=", ".join(with_text))
        if shape.retract and shape.object is None:
            self.complaints.add(options, "problem.missing_key", key="object")
            return False
        return True

    def happen(self, item: "_Given") -> None:
        """As often as the item says."""
        for number in range(item.shape.times):
            if len(self.given) >= MAX_FACTS:
                self.complaints.add(item.entry.key, "problem.too_many", name="facts", most=MAX_FACTS)
                return
            after = number * item.shape.every
            if item.shape.day + after.days > MAX_DAYS:
                self.complaints.add(item.entry.key, "problem.test_too_late", most=MAX_DAYS)
                return
            self.given.append((item.fact(after, len(self.given)), item.entry.key))

    def member(self, name: str) -> MemberId:
        return self.members.setdefault(name, MemberId(len(self.members) + 1))

    def check_retractions(self) -> None:
        """Only what has happened can be taken back."""
        seen = set()
        names = {id: name for name, id in self.members.items()}
        for fact, at in self.given:
            about = fact.values["fact"] if fact.kind == RETRACTED else fact.kind
            if fact.kind != RETRACTED:
                seen.add((about, fact.member, fact.object))
            elif (about, fact.member, fact.object) not in seen:
                words = {"member": clipped(names[fact.member]), "object": clipped(fact.object)}
                self.complaints.add(at, "problem.test_not_before", fact=about, **words)


class _Given:
    """One item of `facts`: what is the same each time that it happens."""

    def __init__(self, reader: FactsReader, entry: Entry, options: MapNode, shape: GivenShape) -> None:
        self.course = reader.course
        self.complaints = reader.complaints
        self.choices = reader.choices
        self.entry = entry
        self.shape = shape
        self.kind: FactKind = reader.vocabulary.facts[entry.key.name]
        self.member = reader.member(shape.member)
        self.values = self.read(entry)
        self.mark = fingerprint(shape.text) if shape.text is not None else None

    def read(self, entry: Entry) -> dict[str, Any]:
        """The fields that are given."""
        top = MapNode(entry.node.line, entry.node.column, {}) if is_empty(entry.node) else entry.node
        node = mapping(top, self.complaints, name=entry.key.name)
        values = {}
        for key, value in node.entries.values() if node else ():
            fields = {**self.kind.fields, **COMMON_FIELDS}
            if key.name == "member.level":
                self.complaints.add(key, "problem.test_derived", value=key.name)
            elif key.name not in fields:
                self.complaints.unknown(key, key.name, fields, id="problem.unknown_field", fact=self.kind.name)
            else:
                values[key.name] = self.value(key.name, fields[key.name], value)
        return values

    def value(self, name: str, field: Field, node: Node) -> Any:
        if field != "tags":
            return value_of(name, field, node, self.complaints, self.choices)
        items = node.items if isinstance(node, ListNode) else (node,)
        return tuple(value_of(name, field, item, self.complaints, self.choices) for item in items)

    def fact(self, after: timedelta, number: int) -> Fact:
        """This much later than the first time."""
        first = self.course.starts + timedelta(days=self.shape.day - 1)
        local = datetime.combine(first, self.shape.at) + after
        day, own = local.date(), {**self.common(local.date()), **self.defaults(local.date()), **self.values}
        if self.kind.has_text:
            own[MARK] = self.mark or f"#{number}"
        if self.shape.retract:
            own = {"fact": self.kind.name, **{name: own[name] for name in COMMON_FIELDS}}
        return Fact(
            kind=RETRACTED if self.shape.retract else self.kind.name,
            course=self.course.id,
            member=self.member,
            object=ObjectId(self.shape.object or f"#{number}"),
            at=local.replace(tzinfo=self.course.tzinfo).astimezone(UTC),
            local_date=day,
            cause=EventKey(f"test:{number}"),
            values=own,
        )

    def defaults(self, day: date) -> dict[str, Any]:
        """What a test need not say of the kind's own fields."""
        return {name: _DEFAULTS.get(field, day) for name, field in self.kind.fields.items()}

    def common(self, day: date) -> dict[str, Any]:
        """Of a student who joined on the first day, in the main space."""
        number = self.course.day_number(day)
        kind = self.values.get("space.kind", "main")
        space = next((space.id for space in self.course.spaces if space.kind == kind), "")
        return {
            "member.role": "student",
            "member.level": "",
            "member.days": number,
            "member.tags": (),
            "space.kind": kind,
            "space.id": space,
            "course.day": number,
            "course.weekday": WEEKDAYS[day.weekday()],
        }
