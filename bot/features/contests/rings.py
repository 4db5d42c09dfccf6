"""Votes that go round: groups whose members vote for one another contest after contest. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from math import comb, log10

from bot.features.contests.choices import Choices

_LARGEST = 8  # members of a ring
_OUTSIDE = 2  # voters for each of them, in all and in each contest that is to say something of what is usual
_INSIDE = 2 / 3  # of the votes of each of them at least
_REPEATED = 2  # votes of each
_STRENGTH = 1.0  # powers of ten for each of them, by which a ring is rarer than what chance makes


def rings(contests: Sequence[Choices], without: frozenset[int] = frozenset()) -> list[frozenset[int]]:
    """The groups of those who vote in the newest contest whose votes go round; none shares a member with another.

    The newest contest comes first. It is judged as if some had not voted; and each group is compared with people who
    are in no clearer one.
    """
    found: list[frozenset[int]] = []
    while taken := list(_clearest(contests, without.union(*found))):
        found += taken
    return found


def _clearest(contests: Sequence[Choices], without: frozenset[int]) -> Iterator[frozenset[int]]:
    """The rings that are seen at once, the clearest first; those after it only if they are rings without it, too."""
    graph = _Graph(contests, without)
    firsts = sorted(who for who in contests[0].by_voter if _may_be_inside(who, graph))
    seen = {ring for first in firsts if (ring := _ring_of(first, graph))}
    gone = frozenset[int]()
    for ring in sorted(seen, key=lambda ring: (-_strength(ring, graph), sorted(ring))):
        if not ring & gone and (not gone or _is_ring(ring, _Graph(contests, without | gone))):
            gone |= ring
            yield ring


class _Graph:
    """Who has voted for whom, each once a contest; but for some, who have not voted.

    What there is to know of a person is worked out when it is asked for: of most it never is.
    """

    def __init__(self, contests: Sequence[Choices], without: frozenset[int]) -> None:
        self.contests = contests
        self.voters = frozenset[int]().union(*(contest.by_voter for contest in contests)) - without
        self.given, self.taken, self.between = cache(self._given), cache(self._taken), cache(self._between)
        self.degree, self.votes_in, self.votes_for = cache(self._degree), cache(self._votes_in), cache(self._votes_for)

    def _given(self, one: int) -> Counter[int]:
        """Their votes, by author."""
        if one not in self.voters:
            return Counter()
        return Counter(author for contest in self.contests for author in contest.by_voter.get(one, ()))

    def _taken(self, one: int) -> Counter[int]:
        """The votes for them, by voter."""
        voters = Counter(voter for contest in self.contests for voter in contest.by_author.get(one, ()))
        return Counter({voter: count for voter, count in voters.items() if voter in self.voters})

    def _between(self, one: int) -> Counter[int]:
        """Their votes and those of others for each other, of others who both vote and are voted for."""
        both = self.given(one) + self.taken(one)
        return Counter({other: count for other, count in both.items() if self.given(other) and self.taken(other)})

    def _degree(self, one: int) -> int:
        """How many votes there are of them and for them."""
        return self.given(one).total() + self.taken(one).total()

    def _votes_in(self, contest: int) -> int:
        return sum(len(chosen) for who, chosen in self.contests[contest].by_voter.items() if who in self.voters)

    def _votes_for(self, author: int, contest: int) -> int:
        return sum(who in self.voters for who in self.contests[contest].by_author.get(author, ()))


def _may_be_inside(one: int, graph: _Graph) -> bool:
    """Whether somebody votes, is voted for, and has so few favourites that all their votes can stay in one ring."""
    given = graph.given(one)
    most = sum(sorted(given.values())[-(_LARGEST - 1) :])
    return _stay_inside(most, given.total()) and bool(graph.taken(one))


def _stay_inside(votes: int, given: int) -> bool:
    return votes >= _REPEATED and votes >= _INSIDE * given


def _ring_of(first: int, graph: _Graph) -> frozenset[int] | None:
    """The group around somebody that stands out most; None where none does."""
    group, best, strength = [first], None, 0.0
    between = Counter[int]()  # votes of others and the group for each other
    for _ in range(1, _LARGEST):
        between.update(graph.between(group[-1]))
        near = [one for one in between if one not in group]
        if not near:
            break
        # Who has most to do with the group, and least with others.
        group.append(max(near, key=lambda one: (between[one] ** 2 / graph.degree(one), -one)))
        if not _may_be_inside(group[-1], graph):
            break
        if _goes_round(group, graph) and (found := _strength(group, graph)) >= strength:
            best, strength = frozenset(group), found
    return best


def _is_ring(group: Collection[int], graph: _Graph) -> bool:
    return _goes_round(group, graph) and _strength(group, graph) >= 0


def _goes_round(group: Collection[int], graph: _Graph) -> bool:
    """Whether everybody's votes stay inside, everybody has had one from there, and enough others vote, too."""
    if len(graph.voters) < (1 + _OUTSIDE) * len(group):
        return False
    for one in group:
        given = graph.given(one)
        if not _stay_inside(sum(given[other] for other in group), given.total()):
            return False
        if not any(graph.given(other)[one] for other in group):
            return False
    return True


def _strength(group: Collection[int], graph: _Graph) -> float:
    """By how many powers of ten such a group is rarer than one of chance among so many voters; less its size.

    Where hardly anybody else has voted, nobody can say how rare it is: such a contest adds nothing.
    """
    surprise = 0.0
    for number, contest in enumerate(graph.contests):
        theirs = {one: contest.by_voter[one] for one in group if one in contest.by_voter}
        mine = Counter(author for chosen in theirs.values() for author in chosen)
        others = graph.votes_in(number) - mine.total()
        if others < _OUTSIDE * len(group):
            continue
        outside = {author: graph.votes_for(author, number) - mine[author] for author in group}
        for one, chosen in theirs.items():
            own = outside[one]  # nobody votes for their own work
            usual = (sum(outside.values()) - own + 1) / (others - own + 2)
            surprise -= log10(usual) * sum(author in outside for author in chosen)
    return surprise - log10(comb(len(graph.voters), len(group))) - _STRENGTH * len(group)
