"""Who goes with whom: strong and weak together, and no two teams more than one member apart. Pure."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")


class Strength(NamedTuple):
    """What a student is dealt by: the step of their level, then their points."""

    step: int
    points: int


def how_many(students: int, size: int) -> int:
    """How many teams: of at most so many members each, but none of one while there is anybody to go with."""
    return min(-(-students // size), max(1, students // 2))


def ranked(students: Iterable[tuple[int, Strength]], seed: str) -> list[int]:
    """From the strongest to the weakest; who is as strong as another comes by lot, the same with the same seed."""

    def lot(who: int) -> bytes:
        return blake2b(f"{seed} {who}".encode(), digest_size=8).digest()

    by_strength = sorted(students, key=lambda one: (-one[1].step, -one[1].points, lot(one[0]), one[0]))
    return [who for who, _ in by_strength]


def dealt(those: Sequence[Item], count: int) -> list[list[Item]]:
    """Dealt out in a snake: to the last team and back, so that the first of one round is the last of the next."""
    teams: list[list[Item]] = [[] for _ in range(count)]
    for number, one in enumerate(those):
        turn, place = divmod(number, count)
        teams[place if turn % 2 == 0 else count - 1 - place].append(one)
    return teams
