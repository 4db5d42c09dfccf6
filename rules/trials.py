"""`tests` in rules.yaml: from nodes to facts in the order in which they happen, and what should come of them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.domain.rules import Fact
from rules.complaints import Complaints
from rules.entries import flaws_by_key
from rules.nodes import Entry, Leaf, ListNode, MapNode, Node, Place, is_empty
from rules.reader import Document
from rules.sections import SECTIONS
from rules.shapes import mapping
from rules.suggest import clipped
from rules.trials_facts import FactsReader
from rules.vocabulary import Vocabulary

MAX_TESTS = 200
_KEYS = ("facts", "awards", "fires", "level")
STUDENT = "student"
"""The member whom a test speaks of where it names nobody."""


class Points(NamedTuple):
    """What a rule should give one member."""

    at: Place
    points: int


class Awards(NamedTuple):
    """Who should get how much from which rule; from every other rule, nobody gets anything."""

    at: Place
    points: Mapping[tuple[str, str], Points]  # by member and rule


class Fires(NamedTuple):
    """Which rules without points should act; no other one should."""

    at: Place
    rules: Mapping[str, Place]


class Reached(NamedTuple):
    """The level that the student should have in the end."""

    at: Place
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test. What it does not expect of awards, fires or level may be anything."""

    name: str
    at: Place
    members: Mapping[str, MemberId]
    facts: tuple[Fact, ...]
    awards: Awards | None = None
    fires: Fires | None = None
    level: Reached | None = None


def trials_of(document: Document, complaints: Complaints, vocabulary: Vocabulary, course: Course) -> Iterator[Trial]:
    """One after the other, those that give no reason to complain. The course is the one of the same file."""
    for flaw in flaws_by_key(document).get("tests", ()):
        complaints.take(flaw, flaw.text)
    top = document.root if isinstance(document.root, MapNode) else MapNode(1, 1, {})
    node = top.get("tests")
    section = mapping(node, complaints, name="tests") if node and not is_empty(node) else None
    entries = list(section.entries.values()) if section else []
    if len(entries) > MAX_TESTS:
        complaints.add(entries[MAX_TESTS].key, "problem.too_many", name="tests", most=MAX_TESTS)
    rules = dict.fromkeys(name for name in top.entries if name not in SECTIONS)
    for entry in entries[:MAX_TESTS]:
        mine = complaints.about(None)
        trial = _TrialReader(course, vocabulary, rules, mine).trial(entry)
        for problem in mine.problems:
            complaints.take(problem, problem.text)
        if trial and not mine.problems:
            yield trial


class _TrialReader:
    """Reads one test; what it returns counts only if nothing was complained about."""

    def __init__(self, course: Course, vocabulary: Vocabulary, rules: Collection[str], complaints: Complaints) -> None:
        self.course = course
        self.complaints = complaints
        self.rules = rules  # also those that are off
        self.live = {str(rule.id): rule for rule in course.rules}
        self.facts = FactsReader(course, vocabulary, complaints)

    def trial(self, entry: Entry) -> Trial | None:
        name = clipped(entry.key.name)
        top = mapping(entry.node, self.complaints, name=name)
        if top is None:
            return None
        for other in top.without(_KEYS).entries.values():
            self.complaints.unknown_key(other.key, _KEYS)
        if not top.only(_KEYS[1:]).entries:
            self.complaints.add(entry.key, "problem.test_nothing", test=name)
        facts = self.facts.read(top)
        return Trial(
            name=name,
            at=entry.key,
            facts=facts,
            members=self.facts.members,
            awards=self.awards(top.entries.get("awards")),
            fires=self.fires(top.entries.get("fires")),
            level=self.level(top.get("level")),
        )

    def awards(self, entry: Entry | None) -> Awards | None:
        """Rules with points, or members with rules with points."""
        top = mapping(entry.node, self.complaints, name="awards") if entry else None
        if entry is None or top is None:
            return None
        by_member = {name: part for name, part in top.entries.items() if isinstance(part.node, MapNode)}
        if not by_member:
            return Awards(entry.key, self.points(STUDENT, top))
        if len(by_member) < len(top.entries):
            self.complaints.add(entry.key, "problem.test_mixed")
        points: dict[tuple[str, str], Points] = {}
        for name, part in by_member.items():
            if name not in self.facts.members:
                self.complaints.unknown(part.key, name, self.facts.members, name="awards")
            elif isinstance(part.node, MapNode):
                points |= self.points(name, part.node)
        return Awards(entry.key, points)

    def points(self, member: str, node: MapNode) -> dict[tuple[str, str], Points]:
        """Of the rules that live: the others have a problem that is told already."""
        points = {}
        for key, amount in node.entries.values():
            if key.name not in self.rules:
                self.complaints.unknown(key, key.name, self.rules, name="awards")
            elif not isinstance(amount, Leaf) or not isinstance(amount.value, int) or isinstance(amount.value, bool):
                self.complaints.add(amount, "problem.not_whole_number", name=clipped(key.name))
            elif key.name in self.live:
                points[member, key.name] = Points(key, amount.value)
        return points

    def fires(self, entry: Entry | None) -> Fires | None:
        if entry is None:
            return None
        if not isinstance(entry.node, ListNode):
            self.complaints.add(entry.node, "problem.not_a_list", name="fires")
            return None
        rules: dict[str, Place] = {}
        for item in entry.node.items:
            name = self.text(item, "fires")
            rule = self.live.get(name or "")
            if name is not None and name not in self.rules:
                self.complaints.unknown(item, name, self.rules, name="fires")
            elif rule and rule.points:
                self.complaints.add(item, "problem.test_has_points", rule=rule.id)
            elif rule:
                rules[rule.id] = item
        return Fires(entry.key, rules)

    def level(self, node: Node | None) -> Reached | None:
        name = self.text(node, "level") if node else None
        if node is None or name is None:
            return None
        levels = [level.id for level in self.course.levels]
        if name not in levels:
            self.complaints.unknown(node, name, levels, name="level")
        return Reached(node, name)

    def text(self, node: Node, name: str) -> str | None:
        value = node.value if isinstance(node, Leaf) else None
        if isinstance(value, str):
            return value
        self.complaints.add(node, "problem.not_text", name=name)
        return None
