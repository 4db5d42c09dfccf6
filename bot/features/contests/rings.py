"""Votes that go round: groups whose members vote for one another contest after contest. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from math import comb, log10

Contests = Sequence[Sequence[tuple[int, int]]]
"""Of each contest, the newest first, who votes for whom."""

_LARGEST = 8  # members of a ring
_OUTSIDE = 2  # voters for each of them, in all and in each contest that is to say something of what is usual
_INSIDE = 2 / 3  # of the votes of each of them at least
_REPEATED = 2  # votes of each
_STRENGTH = 1.0  # powers of ten for each of them, by which a ring is rarer than what chance makes


def rings(contests: Contests) -> list[frozenset[int]]:
    """The groups of those who vote in the newest contest whose votes go round; none shares a member with another.

    Each is compared with people who are in no clearer one.
    """
    found: list[frozenset[int]] = []
    while taken := list(_clearest(_without(frozenset[int]().union(*found), contests))):
        found += taken
    return found


def _without(voters: Collection[int], contests: Contests) -> Contests:
    return [[choice for choice in contest if choice[0] not in voters] for contest in contests]


def _clearest(contests: Contests) -> Iterator[frozenset[int]]:
    """The rings that are seen at once, the clearest first; those after it only if they are rings without it, too."""
    graph = _Graph(contests)
    firsts = sorted({voter for voter, _ in contests[0] if graph.is_both(voter)})
    seen = {ring for first in firsts if (ring := _ring_of(first, graph))}
    gone = frozenset[int]()
    for ring in sorted(seen, key=lambda ring: (-_strength(ring, graph), sorted(ring))):
        if not ring & gone and (not gone or _is_ring(ring, _Graph(_without(gone, contests)))):
            gone |= ring
            yield ring


class _Graph:
    """Who has voted for whom how often."""

    def __init__(self, contests: Contests) -> None:
        self.choices: list[dict[int, list[int]]] = []  # of each contest, by voter
        self.shares: list[Counter[int]] = []  # and the votes by author
        self.between: dict[int, Counter[int]] = {}  # votes of two for each other, both ways
        self.votes, self.given, self.taken = Counter[tuple[int, int]](), Counter[int](), Counter[int]()
        for contest in contests:
            self._add(sorted(set(contest)))

    def _add(self, contest: Sequence[tuple[int, int]]) -> None:
        choices: dict[int, list[int]] = {}
        for voter, author in contest:
            choices.setdefault(voter, []).append(author)
            self.votes[voter, author] += 1
            self.given[voter] += 1
            self.taken[author] += 1
            self.between.setdefault(voter, Counter())[author] += 1
            self.between.setdefault(author, Counter())[voter] += 1
        self.choices.append(choices)
        self.shares.append(Counter(author for _, author in contest))

    def is_both(self, one: int) -> bool:
        """Whether they vote, and are voted for."""
        return bool(self.given[one] and self.taken[one])


def _ring_of(first: int, graph: _Graph) -> frozenset[int] | None:
    """The group around somebody that stands out most; None where none does."""
    group, best, strength = [first], None, 0.0
    between = Counter[int]()  # votes of others and the group for each other
    for _ in range(1, _LARGEST):
        between.update({one: count for one, count in graph.between[group[-1]].items() if graph.is_both(one)})
        near = [one for one in between if one not in group]
        if not near:
            break
        # Who has most to do with the group, and least with others.
        group.append(max(near, key=lambda one: (between[one] ** 2 / (graph.given[one] + graph.taken[one]), -one)))
        if _goes_round(group, graph) and (found := _strength(group, graph)) >= strength:
            best, strength = frozenset(group), found
    return best


def _is_ring(group: Collection[int], graph: _Graph) -> bool:
    return _goes_round(group, graph) and _strength(group, graph) >= 0


def _goes_round(group: Collection[int], graph: _Graph) -> bool:
    """Whether everybody's votes stay inside, everybody has had one from there, and enough others vote, too."""
    if len(graph.given) < (1 + _OUTSIDE) * len(group):
        return False
    for one in group:
        inside = sum(graph.votes[one, other] for other in group)
        if inside < _REPEATED or inside < _INSIDE * graph.given[one]:
            return False
        if not any(graph.votes[other, one] for other in group):
            return False
    return True


def _strength(group: Collection[int], graph: _Graph) -> float:
    """By how many powers of ten such a group is rarer than one of chance among so many voters; less its size.

    Where hardly anybody else has voted, nobody can say how rare it is: such a contest adds nothing.
    """
    surprise = 0.0
    for choices, shares in zip(graph.choices, graph.shares, strict=True):
        theirs = {one: choices[one] for one in group if one in choices}
        mine = Counter(author for chosen in theirs.values() for author in chosen)
        others = shares.total() - mine.total()
        if others < _OUTSIDE * len(group):
            continue
        outside = {author: shares[author] - mine[author] for author in group}
        for one, chosen in theirs.items():
            own = shares[one] - mine[one]  # nobody votes for their own work
            usual = (sum(outside.values()) - own + 1) / (others - own + 2)
            surprise -= log10(usual) * sum(author in outside for author in chosen)
    return surprise - log10(comb(len(graph.given), len(group))) - _STRENGTH * len(group)
