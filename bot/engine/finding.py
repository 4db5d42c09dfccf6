"""Indexes in memory, one for each course: made when somebody searches, and anew when what is known has changed."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from threading import Lock
from typing import NamedTuple, Protocol

from bot.domain.ids import CourseId
from bot.engine.known import Known
from bot.engine.retrieval import Entry, Hit, Index, build_index

_MOST = 16
"""Courses whose indexes are kept; one of a large course takes some megabytes."""


class Build(Protocol):
    """An index by words of these entries; what has not changed since the one that it is like costs little."""

    def __call__(self, entries: list[Entry], /, *, like: Index | None) -> Index: ...


class Shelf(NamedTuple):
    """All that is known in a course at one moment."""

    mark: Hashable
    words: Index
    known: Mapping[str, Known]
    is_deep: bool = False  # the index is as good as it gets

    def search(self, query: str, limit: int) -> list[tuple[Known, Hit]]:
        """The best first."""
        return [(self.known[hit.id], hit) for hit in self.words.search(query, limit=limit)]


class Finder:
    """Keeps the shelves of a process. A mark that a rolled-back transaction has seen may be given out again.

    A transaction gets an index by words at once; whoever hears `on_new` may put a better one in its place.
    """

    def __init__(self, build: Build = build_index) -> None:
        self.on_new: Callable[[], None] = lambda: None  # in the transaction's thread
        self._build = build
        self._committed: dict[CourseId, Shelf] = {}
        self._fresh: dict[CourseId, Shelf] = {}
        self._lock = Lock()  # of what is committed

    def shelf(self, course: CourseId, mark: Hashable, read: Callable[[], Sequence[Known]]) -> Shelf:
        """The shelf of a course as of this transaction; `mark` is another one when what `read` gives is."""
        kept = self._fresh.get(course) or self._committed.get(course)
        if kept is None or kept.mark != mark:
            known = {one.id: one for one in read()}
            entries = [Entry(one.id, one.asked, one.answer) for one in known.values()]
            kept = self._fresh[course] = Shelf(mark, self._build(entries, like=kept.words if kept else None), known)
        return kept

    def committed(self) -> None:
        if not self._fresh:
            return
        with self._lock:
            self._committed |= self._fresh
            while len(self._committed) > _MOST:
                del self._committed[next(iter(self._committed))]
        self._fresh = {}
        self.on_new()

    def rolled_back(self) -> None:
        self._fresh = {}

    # --- for any thread -----------------------------------------------------------------------------------------------

    def shallow(self) -> tuple[CourseId, Shelf] | None:
        """One that is committed and could be better."""
        with self._lock:
            return next(((course, shelf) for course, shelf in self._committed.items() if not shelf.is_deep), None)

    def deepen(self, course: CourseId, shelf: Shelf, index: Index) -> None:
        """From now on search this shelf so, if it is still the newest."""
        with self._lock:
            if self._committed.get(course) is shelf:
                self._committed[course] = shelf._replace(words=index, is_deep=True)
