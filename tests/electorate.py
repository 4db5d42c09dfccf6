"""Who would vote for what over a term of weekly contests: learners of different habits, and those who buy votes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

AUTHORS = [f"author{n}" for n in range(1, 8)]
"""Whose works are the better the lower their number; each enters most weeks."""

LOOKERS = [f"looker{n}" for n in range(1, 15)]
FRIENDS = {f"friend{n}": AUTHORS[0] for n in range(1, 5)} | {f"mate{n}": AUTHORS[3] for n in range(1, 3)}
"""Who votes for one author whenever they take part."""
NEWCOMERS = [f"newcomer{n}" for n in range(1, 4)]
LURKERS = ["lurker1"]
HONEST = (*AUTHORS, *LOOKERS, *FRIENDS, *NEWCOMERS, *LURKERS)

DOUBLED = "doubled"
SECONDS = [f"second{n}" for n in range(1, 11)]
"""Accounts of `doubled` that check in every day, vote, and do nothing else."""
BUYER = "buyer"
BOUGHT = [f"bought{n}" for n in range(1, 11)]
"""They have shared something once, as they were told to."""
PAIR = ("pair1", "pair2")
RINGS = {size: [f"ring{size}{letter}" for letter in "abcdef"[:size]] for size in (3, 4, 5, 6)}
ADVERSARIES = (DOUBLED, *SECONDS, BUYER, *BOUGHT, *PAIR, *(who for ring in RINGS.values() for who in ring))

ACTS = dict.fromkeys((*HONEST, *ADVERSARIES), 3) | dict.fromkeys((*NEWCOMERS, *BOUGHT), 1)
ACTS |= dict.fromkeys((*LURKERS, *SECONDS), 0)
"""How many kinds of work of their own they have done."""

WEEKS = 6


@dataclass(frozen=True)
class Week:
    """One contest: who takes part, and who votes for whom."""

    entrants: Sequence[str]
    choices: dict[str, str]

    def winners(self, *, without: Sequence[str] | set[str] = ()) -> set[str]:
        """Whose work has most votes, but for those of some voters."""
        votes = Counter(author for voter, author in self.choices.items() if voter not in without)
        return {author for author, count in votes.items() if count == max(votes.values())}


def term(seed: int, *, buyers: bool = True) -> Iterator[Week]:
    """The same for the same number."""
    chance = Random(seed)
    for week in range(WEEKS):
        entrants = [who for who in AUTHORS if chance.random() < 0.85] or AUTHORS[:2]
        if buyers:
            entrants += [DOUBLED, BUYER, *PAIR, *(ring[week % size] for size, ring in RINGS.items())]
            entrants += [ring[(week + 1) % size] for size, ring in RINGS.items()]
        choices = dict(_honest(chance, entrants))
        yield Week(entrants, choices | (dict(_bought(chance, entrants, week)) if buyers else {}))


def _honest(chance: Random, entrants: Sequence[str]) -> Iterator[tuple[str, str]]:
    for who in HONEST:
        friend = FRIENDS.get(who)
        if chance.random() < 0.15:  # forgets to vote
            continue
        yield who, friend if friend in entrants and friend else _liked(chance, entrants, who)


def _liked(chance: Random, entrants: Sequence[str], who: str) -> str:
    """Better works more often; those of who buys votes are nothing special."""
    others = [one for one in entrants if one != who]
    weights = [14 - 2 * AUTHORS.index(one) if one in AUTHORS else 1 for one in others]
    return chance.choices(others, weights=weights)[0]


def _bought(chance: Random, entrants: Sequence[str], week: int) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys(SECONDS, DOUBLED).items()
    yield from dict.fromkeys(BOUGHT, BUYER).items()
    yield from zip(PAIR, reversed(PAIR), strict=True)
    for who in (DOUBLED, BUYER):
        yield who, _liked(chance, entrants, who)
    for size, ring in RINGS.items():
        leader, next_one = ring[week % size], ring[(week + 1) % size]
        for who in ring:
            strays = who not in (leader, next_one) and chance.random() < 0.1
            yield who, _liked(chance, entrants, who) if strays else next_one if who == leader else leader
