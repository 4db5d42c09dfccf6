"""Collects what is wrong with a file, each problem once and at its place."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from bot.domain.errors import Problem
from bot.domain.messages import Text
from rules.nodes import Key, Place
from rules.reader import Flaw
from rules.suggest import unknown_word
from rules.unreadable import Unreadable

_MAY_REPEAT = ("problem.missing_key", "problem.test_points", "problem.test_points_of", "problem.test_fired")
"""One mapping may lack several keys, and a test's outcome may hold several that it does not name."""
_MAX_SUGGESTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """About one file; or about one rule of it, which is then off while the others live."""

    file: str
    rule: str | None = None
    section: str = ""  # where the rule is none, but an entry of this section
    problems: list[Problem] = field(default_factory=list)
    _places: set[tuple[int, int]] = field(default_factory=set)
    _suggestions: list[str] = field(default_factory=list)  # words that were compared, shared with `about`

    def about(self, rule: str | None) -> "Complaints":
        """An empty collection for one rule of the file, or for another part that does not put it off."""
        return replace(self, rule=rule, problems=[], _places=set())

    def within(self, section: str) -> "Complaints":
        """The same collection, for entries of a section."""
        return replace(self, section=section)

    def add(self, at: Place, id: str, /, **values: str | int | Text) -> None:
        """The first complaint about a place counts: others would only be its echo."""
        self.take(at, Text(id=id, values=values))

    def unknown(
        self, at: Place, word: str, known: Iterable[str], *, id: str = "problem.unknown", **values: str
    ) -> None:
        """A word that is none of the known ones, perhaps with a suggestion."""
        variant, said = unknown_word(word, known, id, suggest=self._may_suggest(word))
        self.add(at, variant, **values, **said)

    def unknown_key(self, key: Key, known: Iterable[str]) -> None:
        variant, said = unknown_word(key.name, known, "problem.unknown_key", suggest=self._may_suggest(key.name))
        self.add(key, variant, key=said.pop("value"), **said)

    def _may_suggest(self, word: str) -> bool:
        """Comparing takes time, which thousands of unknown words would add up to minutes."""
        self._suggestions.append(word)
        return len(self._suggestions) <= _MAX_SUGGESTIONS

    def take(self, at: Place | Flaw | Unreadable, text: Text) -> None:
        place = (at.line, at.column)
        if text.id not in _MAY_REPEAT:
            if place in self._places:
                return
            self._places.add(place)
        problem = Problem(file=self.file, line=at.line, column=at.column, text=text, rule=self.rule)
        self.problems.append(structs.replace(problem, section=self.section) if self.rule else problem)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By file, then from top to bottom."""

    def place(problem: Problem) -> Any:
        return problem.file, problem.line, problem.column

    return sorted(problems, key=place)
