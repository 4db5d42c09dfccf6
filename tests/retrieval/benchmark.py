"""What students ask, in two halves, and how a handbook answers it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.engine.retrieval import Entry, Hit, Index, build_index

_FILES = ("xhs-writing.yaml", "python-start.yaml")
FITTED, REPORTED = 0, 1
SHOWN = 3  # hits that somebody looks at


class Question(NamedTuple):
    text: str
    entry: str | None  # what answers it; None: nothing in this handbook
    is_hard: bool = False

    @property
    def half(self) -> int:
        """Decided by the text alone, so that a new question moves no other."""
        return blake2b(self.text.encode(), digest_size=8).digest()[-1] % 2


class Handbook(NamedTuple):
    course: str
    entries: tuple[Entry, ...]
    questions: tuple[Question, ...]


class Asked(NamedTuple):
    """A question, and what was found."""

    question: Question
    hits: list[Hit]

    @property
    def is_found(self) -> bool:
        return self.question.entry in [hit.id for hit in self.hits[:SHOWN]]

    @property
    def is_right(self) -> bool:
        return bool(self.hits) and self.hits[0].id == self.question.entry

    @property
    def score(self) -> float:
        return self.hits[0].score if self.hits else 0.0


def handbooks() -> list[Handbook]:
    return [_read(Path(__file__).parent / name) for name in _FILES]


def _read(file: Path) -> Handbook:
    # Strings only: a question may be 1 or "yes".
    book = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    entries = tuple(Entry(entry["id"], tuple(entry["asked"]), entry["answer"]) for entry in book["entries"])
    return Handbook(file.stem, entries, tuple(_questions(book)))


def _questions(book: dict[str, Any]) -> Iterator[Question]:
    for entry in book["entries"]:
        yield from (Question(text, entry["id"]) for text in entry["found_by"])
        yield from (Question(text, entry["id"], is_hard=True) for text in entry["hard"])
    yield from (Question(text, None) for text in book["out_of_scope"])


def ask_all(*, encoder: bool) -> tuple[Index, list[Asked]]:
    """Every question to its own course's handbook. The last index (thresholds are the same in all), and the answers."""
    answers = []
    for book in handbooks():
        index = build_index(book.entries, encoder=encoder)
        answers += [Asked(question, index.search(question.text)) for question in book.questions]
    return index, answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares of 1."""

    found: float  # in scope, the right entry among the first three
    found_plain: float
    found_hard: float
    first: float
    offered_right: float  # in scope, at or over the threshold
    offered_wrong: float
    offered_out_of_scope: float
    in_scope: int
    out_of_scope: int

    def __str__(self) -> str:
        return (
            f"{self.in_scope} in scope: among the first three {self.found:.1%} (plain {self.found_plain:.1%}, "
            f"hard {self.found_hard:.1%}), first {self.first:.1%}; offered right {self.offered_right:.1%}, "
            f"wrong {self.offered_wrong:.1%} | {self.out_of_scope} out of scope: "
            f"offered {self.offered_out_of_scope:.1%}"
        )


def figures(answers: Iterable[Asked], threshold: float) -> Figures:
    answers = list(answers)
    inside = [asked for asked in answers if asked.question.entry]
    outside = [asked for asked in answers if not asked.question.entry]
    return Figures(
        found=_share(asked.is_found for asked in inside),
        found_plain=_share(asked.is_found for asked in inside if not asked.question.is_hard),
        found_hard=_share(asked.is_found for asked in inside if asked.question.is_hard),
        first=_share(asked.is_right for asked in inside),
        offered_right=_share(asked.is_right and asked.score >= threshold for asked in inside),
        offered_wrong=_share(not asked.is_right and asked.score >= threshold for asked in inside),
        offered_out_of_scope=_share(asked.score >= threshold for asked in outside),
        in_scope=len(inside),
        out_of_scope=len(outside),
    )


def _share(answers: Iterable[bool]) -> float:
    counted = list(answers)
    return sum(counted) / len(counted)
