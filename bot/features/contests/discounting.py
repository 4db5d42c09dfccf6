"""Which votes of a contest don't count, because of who gives them and whom they gave them to before. Pure.

Four patterns are looked for; each is judged against how the others have voted, so that a popular work keeps its votes:

- only_votes: accounts that do nothing of their own in the course, where those who vote mostly do.
- flood: more accounts of little work behind one author than chance puts there; of them what is too many.
- mutual, ring: two, or up to eight, whose votes go round among themselves contest after contest, while at least twice
  as many others vote, too: without them nobody could say what is usual.
- loyal: several who vote for one author every time, where the others do half as often as for others at most; what is
  more than the others' votes for that author, but two.

More votes for an author never lower what counts for them, whoever gives those: else a winner could be taken down by
votes. The one exception is a ring that is found among those very voters. A first contest knows no earlier one: of who
takes part in the course like everybody, nothing is discounted in it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from math import comb
from statistics import median_low
from typing import Literal, NamedTuple

from bot.features.contests.choices import Choices, choices_of
from bot.features.contests.rings import rings


class Ballot(NamedTuple):
    """Persons: who votes for whose work."""

    voter: int
    author: int
    at: datetime


class Voter(NamedTuple):
    """A person as they were when the vote opened.

    `acts` is how many kinds of work of their own they had done: homework, shares, questions, earlier entries.
    """

    acts: int
    has_entered: bool = False  # this contest: they don't only vote, but it is no work of before


Reason = Literal["only_votes", "flood", "mutual", "ring", "loyal"]

MOST_PAST = 6  # contests

_LITTLE = (1, 0)  # kinds of work, each looked at by itself; who learns has more of them soon
_TYPICAL = 1 / 3  # of a work's voters may have done nothing at most: in such a course it says something of an account
_ENOUGH = 5  # voters, before it says something how they are
_UNSUSPICIOUS = 3  # accounts of little work
_UNLIKELY = 1e-2  # what chance does as rarely as this is not taken for chance

_OFTEN = 3  # votes for one author
_FRIENDS = 2  # who may always vote for an author whatever the others do
_FEW = 1 / 2  # of the votes that others give to the author of a work on average

_NOTHING = Voter(0)


def discounted(ballots: Sequence[Ballot], voters: Mapping[int, Voter], past: Sequence[Choices]) -> dict[int, Reason]:
    """Whose vote among these doesn't count, and why. Who is not among the voters has done nothing.

    `past` are the earlier contests, the newest first; only the first `MOST_PAST` are looked at.
    """
    contests = (choices_of((one.voter, one.author) for one in ballots), *past[:MOST_PAST])
    works = _works(ballots, voters)
    found: dict[int, Reason] = {}
    for author in works:
        found |= _of_little_work(author, works)
    # As if those had not voted: who is judged next is compared with people who don't buy votes.
    rounds = rings(contests, frozenset(found))
    for ring in rounds:
        inside = (one.voter for one in ballots if one.voter in ring and one.author in ring)
        found |= dict.fromkeys(inside, "mutual" if len(ring) == 2 else "ring")
    in_rings = frozenset[int]().union(*rounds)
    for author in works:
        found |= dict.fromkeys(_loyal(author, works, contests, in_rings, found), "loyal")
    return found


# --- accounts that do little else -------------------------------------------------------------------------------------


class _Given(NamedTuple):
    """A vote for a work, and of whom it is."""

    at: datetime
    by: int
    voter: Voter

    @property
    def is_idle(self) -> bool:
        return self.voter == _NOTHING

    @property
    def goes_before(self) -> tuple[int, float, int]:
        """Of several that are too many, those go first who have done least, then the latest."""
        return self.voter.acts, -self.at.timestamp(), -self.by


_Works = Mapping[int, Sequence[_Given]]


def _works(ballots: Sequence[Ballot], voters: Mapping[int, Voter]) -> _Works:
    """The votes by author."""
    works: dict[int, list[_Given]] = {}
    for one in sorted(ballots):
        works.setdefault(one.author, []).append(_Given(one.at, one.voter, voters.get(one.voter, _NOTHING)))
    return works


def _of_little_work(author: int, works: _Works) -> dict[int, Reason]:
    """Of one author's voters, those that only vote, and what is too many of those that have done little."""
    others = [given for other, given in works.items() if other != author]
    tells = _idleness_tells(others)
    idle = [one.by for one in works[author] if tells and one.is_idle]
    left = sorted((one for one in works[author] if one.by not in idle), key=lambda one: one.goes_before)
    many = _too_many(left, [one for given in others for one in given if not (tells and one.is_idle)])
    flood: dict[int, Reason] = {one.by: "only_votes" if one.is_idle else "flood" for one in left[:many]}
    return flood | dict.fromkeys(idle, "only_votes")


def _idleness_tells(works: Collection[Sequence[_Given]]) -> bool:
    """Whether those who vote have mostly done something; a flood behind one work doesn't change what is typical.

    An author is judged by the voters of the others: whoever votes for them makes no difference to that.
    """
    busy = sum(not one.is_idle for given in works for one in given)
    return busy >= _ENOUGH and median_low(sum(one.is_idle for one in of) / len(of) for of in works) <= _TYPICAL


def _too_many(given: Sequence[_Given], others: Sequence[_Given]) -> int:
    """How many of these votes are more than chance explains, as the voters of other works are."""
    kept = sum(one.voter.acts not in _LITTLE for one in given)
    for acts in _LITTLE:
        so_little = sum(one.voter.acts == acts for one in given)
        usual = [one for one in others if one.voter.acts >= acts]
        if len(usual) < _ENOUGH:
            kept += so_little  # nobody can say what is usual
        else:
            chance = (sum(one.voter.acts == acts for one in usual) + 1) / (len(usual) + 2)
            kept += _most_by_chance(so_little, kept, chance)
    return len(given) - kept


def _most_by_chance(most: int, others: int, chance: float) -> int:
    """How many, of at most so many, may come together beside so many others; the more of those, the more."""
    for few in range(_UNSUSPICIOUS + 1, most + 1):
        if _at_least(few, few + others, chance) <= _UNLIKELY:
            return few - 1
    return most


def _at_least(hits: int, tries: int, chance: float) -> float:
    """How likely so many hits or more are."""
    return sum(comb(tries, k) * chance**k * (1 - chance) ** (tries - k) for k in range(hits, tries + 1))


# --- votes that are always for one ------------------------------------------------------------------------------------


def _loyal(
    author: int, works: _Works, contests: Sequence[Choices], without: frozenset[int], found: Collection[int]
) -> Iterator[int]:
    """Who always votes for this author, as far as that is too many and they are not found already."""
    if _idleness_tells([given for other, given in works.items() if other != author]):
        without |= {one.by for given in works.values() for one in given if one.is_idle}
    shown = [contest for contest in contests if contest.by_author.get(author, {}).keys() - without]
    loyal = _always(author, shown) - without
    now = contests[0].by_author[author].keys() - without
    too_many = len(loyal & now) - max(_FRIENDS, len(now - loyal))
    if too_many > 0 and _has_few(author, shown, without | loyal):
        too_many -= len(now.intersection(found))
        left = [one for one in works[author] if one.by in loyal and one.by not in found]
        yield from (one.by for one in sorted(left, key=lambda one: one.goes_before)[: max(too_many, 0)])


def _always(author: int, contests: Sequence[Choices]) -> set[int]:
    """Who has voted for this author often, and for nobody else where they might have."""
    votes = Counter[int]()
    for contest in contests:
        votes.update(contest.by_author[author])
    often = {voter for voter, count in votes.items() if count >= _OFTEN}
    return {voter for voter in often if all(contest.by_voter.get(voter, {}).keys() <= {author} for contest in contests)}


def _has_few(author: int, contests: Sequence[Choices], without: frozenset[int]) -> bool:
    """Whether an author has few votes of the others, next to what each work has on average."""
    votes, average = 0, 0.0
    for contest in contests:
        given = Counter[int]()
        for voter in contest.by_voter.keys() - without:
            given.update(contest.by_voter[voter])
        votes += given[author]
        average += given.total() / len(given.keys() | {author})
    return votes <= _FEW * average
