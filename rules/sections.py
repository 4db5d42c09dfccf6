"""The sections of rules.yaml beside the rules: named conditions, levels, badges, titles."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.ids import Language
from bot.domain.rules import FactKind, Field, Honour, Level
from rules.complaints import Complaints
from rules.conditions import CHOICES, Conditions
from rules.entries import check_id, made_of
from rules.nodes import Entry, MapNode, Node, is_empty
from rules.schema import BadgeShape, LevelShape, TitleShape
from rules.shapes import fit, mapping
from rules.vocabulary import Vocabulary

SECTIONS = ("conditions", "levels", "badges", "titles", "tests")
MAX_ENTRIES = 100
"""Of one section: every fact that gives points goes through all levels."""


class Sections(NamedTuple):
    """What the rules of a course may refer to."""

    conditions: Conditions
    levels: tuple[Level, ...]
    badges: Mapping[str, Honour]
    titles: Mapping[str, Honour]


def sections_of(root: Node, complaints: Complaints, vocabulary: Vocabulary, language: Language) -> Sections:
    """Something wrong with the levels refuses the file, for everybody's hangs on it; else only the entry is off."""
    reader = _SectionReader(root, complaints, language)
    levels = reader.levels()
    return Sections(
        conditions=reader.conditions(vocabulary, levels),
        levels=levels,
        badges=reader.honours("badges", BadgeShape),
        titles=reader.honours("titles", TitleShape),
    )


class _SectionReader:
    """Reads the sections of one file."""

    def __init__(self, root: Node, complaints: Complaints, language: Language) -> None:
        self.root = root
        self.complaints = complaints
        self.language = language

    def entries(self, section: str) -> list[Entry]:
        node = self.root.get(section) if isinstance(self.root, MapNode) else None
        if node is None or is_empty(node):
            return []
        found = mapping(node, self.complaints, name=section)
        entries = list(found.entries.values()) if found else []
        if len(entries) > MAX_ENTRIES:
            self.complaints.add(entries[MAX_ENTRIES].key, "problem.too_many", name=section, most=MAX_ENTRIES)
        return entries[:MAX_ENTRIES]

    def honours(self, section: str, shape: type[BadgeShape]) -> dict[str, Honour]:
        def make(entry: Entry, complaints: Complaints) -> Honour | None:
            read = fit(shape, entry.node, complaints, name=entry.key.name, language=self.language)
            if read is None:
                return None
            lasts = read.lasts if isinstance(read, TitleShape) else None
            return Honour(id=entry.key.name, title=read.title, icon=read.icon or "", lasts=lasts)

        return {honour.id: honour for honour in made_of(self.entries(section), self.complaints.within(section), make)}

    def levels(self) -> tuple[Level, ...]:
        """From the first one up: neither threshold may sink, and the first asks for nothing."""
        levels: list[Level] = []
        for number, entry in enumerate(self.entries("levels")):
            shape = fit(LevelShape, entry.node, self.complaints, name=entry.key.name, language=self.language)
            if shape is None:
                continue
            level = Level(
                id=entry.key.name, title=shape.title, activity=shape.activity, contribution=shape.contribution
            )
            self.check_level(entry, level, levels[-1] if levels else None)
            if number == 0 and (level.activity or level.contribution):
                self.complaints.add(entry.key, "problem.first_level", value=level.id)
            levels.append(level)
        return tuple(levels)

    def check_level(self, entry: Entry, level: Level, below: Level | None) -> None:
        check_id(entry.key, self.complaints)
        if below and not _is_above(level, below):
            self.complaints.add(entry.key, "problem.level_order", value=level.id, before=below.id)

    def conditions(self, vocabulary: Vocabulary, levels: Sequence[Level]) -> Conditions:
        """Each may use those that stand above it, so that none can use itself."""
        entries = self.entries("conditions")
        known = [level.id for level in levels]
        choices = {**CHOICES, "member.level": known, "level": known}
        conditions = Conditions({entry.key.name for entry in entries}, choices)
        anything = FactKind(name="", fields=_all_fields(vocabulary))

        def make(entry: Entry, complaints: Complaints) -> str:
            """Held against the fields of all facts; whether it suits a fact is seen where it is used."""
            name = entry.key.name
            found, problems = conditions.read(anything, name, entry.node)
            for problem in problems.problems:
                complaints.take(problem, problem.text)
            conditions.named[name] = entry.node if found and not complaints.problems else None
            return name

        made_of(entries, self.complaints.within("conditions"), make)
        return conditions


def _is_above(level: Level, below: Level) -> bool:
    grows = level.activity >= below.activity and level.contribution >= below.contribution
    return grows and (level.activity, level.contribution) != (below.activity, below.contribution)


def _all_fields(vocabulary: Vocabulary) -> dict[str, Field]:
    return {name: field for fact in vocabulary.facts.values() for name, field in fact.fields.items()}
