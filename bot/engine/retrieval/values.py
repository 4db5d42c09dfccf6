"""What is searched, what is found, and what whoever asks may rely on."""

from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """One thing that can be found."""

    id: str  # the caller's own: "entry:12", "question:7"
    asked: tuple[str, ...]  # the question, and other ways to ask it
    answer: str = ""  # searched too, counts for less


class Hit(NamedTuple):
    id: str
    score: float  # 0–1, comparable whatever the size of the collection


class Index(Protocol):
    """One course's handbook, made once and never changed; any number of threads may search it."""

    @property
    def threshold(self) -> float:
        """From this score on the best hit may be offered as an answer unasked."""

    @property
    def similar(self) -> float:
        """From this lower score on a hit may be shown as a similar question; whoever asked decides."""

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        """The best first, those of equal score in the order they were given; only hits with some relation.

        Any text will do: what is too long is cut off, what says nothing finds nothing.
        """
