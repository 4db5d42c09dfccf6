"""Who has which place, and in which order a blind gallery shows the works. Pure."""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Protocol, TypeVar


class Counted(Protocol):
    """Something that was voted for."""

    @property
    def votes(self) -> int: ...


Entry = TypeVar("Entry", bound=Counted)


def places(entries: Sequence[Entry], top: int) -> Iterator[tuple[int, Entry]]:
    """The first places and who has them; equally many votes share the better one, and no vote is no place."""
    place, before = 0, 0
    for number, entry in enumerate(sorted(entries, key=lambda entry: -entry.votes), 1):
        if entry.votes != before:
            place, before = number, entry.votes
        if entry.votes == 0 or place > top:
            return
        yield place, entry


def blind_order(contest: str, works: Sequence[tuple[int, str]]) -> list[int]:
    """The numbers of works, given with what each says, in an order that tells nothing of who came when.

    It is the same every time, and whatever the numbers are.
    """

    def by_chance(work: tuple[int, str]) -> bytes:
        return blake2b(f"{contest}\n{work[1]}".encode("utf-8", "replace"), digest_size=8).digest()

    return [number for number, _ in sorted(works, key=by_chance)]
