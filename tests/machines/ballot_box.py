"""A weekly contest as it is promised, kept by hand: works, votes, places. Knows nothing of the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

OPENS, SHOWN_AFTER, CLOSES_AFTER = 10, timedelta(days=4), timedelta(days=6)
APPEALS = timedelta(days=1)


@dataclass
class Work:
    """What somebody has entered."""

    by: str
    text: str
    at: datetime
    number: int = 0
    message: int = 0
    is_removed: bool = False
    was_left_out: bool = False  # when the votes were counted


@dataclass
class Contest:
    """One of them. `votes` are by the account that gave them, the latest last."""

    id: int
    opened: datetime
    tie_break: str
    works: list[Work] = field(default_factory=list)
    shown: list[Work] = field(default_factory=list)
    votes: dict[str, Work] = field(default_factory=dict)
    phase: str = "taking"
    counted: dict[str, Work] = field(default_factory=dict)  # by person, as they were when it ended
    appealed: set[str] = field(default_factory=set)

    def work_no(self, number: int) -> Work | None:
        return next((one for one in self.shown if one.number == number), None)

    def places(self) -> list[tuple[int, Work, int]]:
        """Place, work, votes; the best first. Equal ones share the better place."""
        stand = [one for one in self.shown if not one.is_removed and not one.was_left_out]
        found = [(one, sum(chosen is one for chosen in self.counted.values())) for one in stand]
        by_votes = self.tie_break == "shared"
        ranked = sorted((-votes, one.at if not by_votes else self.opened, one.number) for one, votes in found if votes)
        places = []
        for votes, at, number in ranked:
            better = sum((other, when) < (votes, at) for other, when, _ in ranked)
            work = self.work_no(number)
            assert work
            places.append((better + 1, work, -votes))
        return places


@dataclass
class Contests:
    """All of them, and who is there."""

    away: set[str] = field(default_factory=set)
    linked: tuple[str, str] | None = None
    all: list[Contest] = field(default_factory=list)

    def person(self, who: str) -> str:
        return self.linked[0] if self.linked and who in self.linked else who

    def is_same(self, one: str, other: str) -> bool:
        return self.person(one) == self.person(other)

    @property
    def last(self) -> Contest | None:
        return self.all[-1] if self.all else None

    def own(self, contest: Contest, who: str) -> Work | None:
        return next((one for one in contest.works if self.is_same(one.by, who)), None)

    def is_there(self, work: Work) -> bool:
        return not work.is_removed and self.person(work.by) not in self.away

    def show(self, contest: Contest) -> None:
        """Works of those who are there, if they are enough."""
        contest.shown = [one for one in contest.works if self.is_there(one)]
        contest.phase = "voting" if len(contest.shown) >= 2 else "over"

    def count(self, contest: Contest) -> None:
        """One vote for each person who is there, the last one that they gave, and none for oneself."""
        contest.phase = "closed"
        for work in contest.shown:
            work.was_left_out = self.person(work.by) in self.away and not work.is_removed
        for who, work in contest.votes.items():
            person = self.person(who)
            if person not in self.away:
                contest.counted[person] = work
        contest.counted = {who: work for who, work in contest.counted.items() if not self.is_same(who, work.by)}

    def points(self, who: str) -> int:
        """Five for a work that takes part, fifteen for each of the first two places."""
        total = 0
        for contest in self.all:
            total += 5 * sum(self.is_same(one.by, who) and not one.is_removed for one in contest.works)
            if contest.phase == "closed":
                total += 15 * sum(place <= 2 and self.is_same(work.by, who) for place, work, _ in contest.places())
        return total
