"""Indexes in memory, one for each course: made when somebody searches, and anew when what is known has changed."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from bot.domain.ids import CourseId
from bot.engine.known import Known
from bot.engine.retrieval import Entry, Hit, Index, build_index

_MOST = 16
"""Courses whose indexes are kept; one of a large course takes some megabytes."""


class Shelf(NamedTuple):
    """All that is known in a course at one moment."""

    mark: Hashable
    words: Index
    known: Mapping[str, Known]

    def search(self, query: str, limit: int) -> list[tuple[Known, Hit]]:
        """The best first."""
        return [(self.known[hit.id], hit) for hit in self.words.search(query, limit=limit)]


class Finder:
    """Keeps the shelves of a process. A mark that a rolled-back transaction has seen may be given out again."""

    def __init__(self, build: Callable[[list[Entry]], Index] = build_index) -> None:
        self._build = build
        self._committed: dict[CourseId, Shelf] = {}
        self._fresh: dict[CourseId, Shelf] = {}

    def shelf(self, course: CourseId, mark: Hashable, read: Callable[[], Sequence[Known]]) -> Shelf:
        """The shelf of a course as of this transaction; `mark` is another one when what `read` gives is."""
        kept = self._fresh.get(course) or self._committed.get(course)
        if kept is None or kept.mark != mark:
            known = {one.id: one for one in read()}
            index = self._build([Entry(one.id, one.asked, one.answer) for one in known.values()])
            kept = self._fresh[course] = Shelf(mark, index, known)
        return kept

    def committed(self) -> None:
        self._committed |= self._fresh
        while len(self._committed) > _MOST:
            del self._committed[next(iter(self._committed))]
        self._fresh = {}

    def rolled_back(self) -> None:
        self._fresh = {}
