"""Hand-ins and a quiz as they are promised, kept by hand: versions, what counts, grades. Knows nothing of the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

GRACE = timedelta(minutes=10)
ACCEPTED_FOR = timedelta(days=3)
REVISE = timedelta(days=2)
DAY = timedelta(days=1)
TRIES = 2


@dataclass
class Version:
    """One of several texts of the same work."""

    number: int
    text: str
    at: datetime
    is_late: bool


@dataclass
class HandIn:
    """All that one student has handed in."""

    number: int
    versions: list[Version] = field(default_factory=list)
    state: str = "waiting"
    chosen: int | None = None
    sent_back: int = 0  # versions up to this one count no more
    revise_until: datetime | None = None
    was_late: bool = False  # what was sent back
    judged: int | None = None  # the version that was graded last
    score: int | None = None  # with what it lost for being late, as of when it was graded
    before: tuple[str, int, int | None, int | None] | None = None  # the return

    @property
    def counts(self) -> Version | None:
        """What was graded; else what was picked, or the newest; a late one only where none is in time."""
        if self.state == "graded":
            return next(one for one in self.versions if one.number == self.judged)
        able = [one for one in self.versions if one.number > self.sent_back]
        able = [one for one in able if not one.is_late] or able
        picked = [one for one in able if one.number == self.chosen]
        return (picked or sorted(able, key=lambda one: one.number))[-1] if able else None

    @property
    def candidates(self) -> list[int]:
        able = [one for one in self.versions if one.number > self.sent_back]
        return [one.number for one in [one for one in able if not one.is_late] or able]

    @property
    def points(self) -> int:
        """Seven in time, two late; twenty for a grade of eighty percent."""
        if self.state not in ("waiting", "graded") or self.counts is None:
            return 0
        worth = 2 if self.counts.is_late else 7
        return worth + (20 if self.state == "graded" and (self.score or 0) >= 80 else 0)

    def loss(self, due: datetime) -> int:
        """Ten percent for each day that has begun since the deadline, half of all at most."""
        late = self.counts.at - due if self.counts and self.counts.is_late else timedelta()
        return min(50, 10 * -(-late // DAY))


@dataclass
class Book:
    """One homework with its deadline, which may be moved."""

    due: datetime
    works: dict[str, HandIn] = field(default_factory=dict)
    tries: dict[str, list[bool]] = field(default_factory=dict)

    @property
    def limit(self) -> datetime:
        return self.due + GRACE

    def closes(self, who: str) -> datetime:
        work, closes = self.works.get(who), self.due + ACCEPTED_FOR
        if work and work.revise_until:
            closes = max(closes, work.revise_until)
        return closes

    def hand_in(self, who: str, text: str, at: datetime, number: int) -> Version:
        """One more version; whatever was withdrawn is back, whatever was returned is mended."""
        work = self.works.setdefault(who, HandIn(number))
        limit = self.limit
        if work.revise_until and not work.was_late:
            limit = max(limit, work.revise_until)
        version = Version(len(work.versions) + 1, text, at, is_late=at > limit)
        work.versions.append(version)
        work.state = "waiting"
        return version

    def move(self, due: datetime) -> None:
        """What is in time by the new deadline is in time; what was in time stays so."""
        self.due = due
        for work in self.works.values():
            for version in work.versions:
                version.is_late = version.is_late and version.at > self.limit

    def grade(self, work: HandIn, score: int) -> bool:
        if work.state not in ("waiting", "graded"):
            return False
        counts, loss = work.counts, work.loss(self.due)
        assert counts
        work.state, work.judged, work.score = "graded", counts.number, round(score * (100 - loss) / 100)
        return True

    def send_back(self, work: HandIn, now: datetime) -> bool:
        if work.state not in ("waiting", "graded") or work.counts is None:
            return False
        work.before = (work.state, work.sent_back, work.score, work.chosen)
        work.was_late = work.counts.is_late
        work.sent_back = work.counts.number
        work.state, work.revise_until, work.score = "returned", now + REVISE, None
        return True

    def undo(self, work: HandIn) -> bool:
        if work.state != "returned" or work.before is None:
            return False
        work.state, work.sent_back, work.score, work.chosen = work.before
        work.before = work.revise_until = None
        return True

    def quiz_points(self, who: str) -> int:
        tries = self.tries.get(who, [])
        return (7 if tries else 0) + (20 if any(tries) else 0)
