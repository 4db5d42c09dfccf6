"""Who has which place, in which order a blind gallery shows the works, and which of them meet in a duel. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from hashlib import blake2b
from typing import Any, Literal, Protocol, TypeVar

TieBreak = Literal["grade", "earlier", "shared"]
"""What decides between works with equally many votes; `shared`: nothing does."""


class Counted(Protocol):
    """Something that was voted for."""

    @property
    def votes(self) -> int: ...

    @property
    def duel(self) -> int: ...

    @property
    def given(self) -> int: ...

    @property
    def at(self) -> datetime: ...

    @property
    def grade(self) -> int | None: ...


Entry = TypeVar("Entry", bound=Counted)
Key = tuple[Any, ...]


def places(entries: Sequence[Entry], tie_break: Sequence[TieBreak]) -> Iterator[tuple[int, Entry]]:
    """The places and who has them, the best first; no vote is no place.

    In duels they go by the share of all votes in one's own, then by how many they are. Whoever is left alone in a duel
    in which nobody was given a vote but they has won against nobody: all real duels go before.
    """
    worth = _worth(entries)
    keys = [_BY[way] for way in tie_break[: _first_shared(tie_break)]]
    voted = [entry for entry in entries if entry.votes]
    ranked = sorted(voted, key=lambda entry: (worth(entry), *(key(entry) for key in keys)))
    place, before = 0, None
    for number, entry in enumerate(ranked, 1):
        rank = (worth(entry), *(key(entry) for key in keys))
        if rank != before:
            place, before = number, rank
        yield place, entry


def has_ties(entries: Sequence[Entry]) -> bool:
    """Whether some works with a place have equally many votes."""
    worth = _worth(entries)
    return any(times > 1 for times in Counter(worth(entry) for entry in entries if entry.votes).values())


def _worth(entries: Sequence[Entry]) -> Callable[[Entry], Key]:
    """What orders by votes alone; less is better."""
    standing = Counter(entry.duel for entry in entries)

    def key(entry: Entry) -> Key:
        if not entry.duel:
            return (-entry.votes,)
        is_unopposed = standing[entry.duel] == 1 and entry.votes == entry.given
        return (is_unopposed, -Fraction(entry.votes, max(entry.given, 1)), -entry.votes)

    return key


def _first_shared(tie_break: Sequence[TieBreak]) -> int:
    return tie_break.index("shared") if "shared" in tie_break else len(tie_break)


def _by_grade(entry: Counted) -> int:
    return 1 if entry.grade is None else -entry.grade


def _by_time(entry: Counted) -> datetime:
    return entry.at


_BY: dict[TieBreak, Callable[[Any], Any]] = {"grade": _by_grade, "earlier": _by_time}


def blind_order(salt: str, works: Sequence[int]) -> list[int]:
    """The works, by their ids, in an order that tells nothing of who came when; always the same with the same salt."""
    return sorted(works, key=lambda work: blake2b(str(work).encode(), key=salt.encode(), digest_size=8).digest())


def duels(count: int) -> list[int]:
    """For so many works in their order the duel of each: two and two, and three in the last where one is left."""
    return [min(number // 2, max(count // 2 - 1, 0)) + 1 for number in range(count)]
