"""Who has voted for whom in one contest, found by either; worked out once for all duels that are judged by it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Choices(NamedTuple):
    """How often, by both: who has two works in duels may have two votes of a person."""

    by_voter: Mapping[int, Counter[int]]
    by_author: Mapping[int, Counter[int]]


def choices_of(votes: Iterable[tuple[int, int]]) -> Choices:
    """Of pairs of voter and author."""
    by_voter: dict[int, Counter[int]] = {}
    by_author: dict[int, Counter[int]] = {}
    for (voter, author), times in Counter(votes).items():
        by_voter.setdefault(voter, Counter())[author] = times
        by_author.setdefault(author, Counter())[voter] = times
    return Choices(by_voter, by_author)
