"""Check-ins as they are promised, kept by hand: dates, runs and what they earn. Knows nothing of the code."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
BONUS = {3: 10, 7: 20}
"""Points for a run of so many days."""


@dataclass(eq=False)
class Award:
    """Points for one thing. It is given to an account; linked accounts have it but once."""

    what: tuple[str, str]  # why, and what it is for: a date counts once, also where it was made up for
    points: int
    is_doubled: bool = False


@dataclass
class Page:
    """What one account has done by itself."""

    dates: dict[date, bool] = field(default_factory=dict)  # and whether it was made up for
    awards: list[Award] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(one.points for one in self.awards if not one.is_doubled)


@dataclass
class Diary:
    """All accounts of a course with its first and last day, and those on which it rests."""

    starts: date
    ends: date
    rests: Collection[date]
    within: int
    at_most: int
    price: int = 5
    pages: dict[str, Page] = field(default_factory=dict)
    linked: tuple[str, str] | None = None

    # --- people -------------------------------------------------------------------------------------------------------

    def person(self, who: str) -> tuple[str, ...]:
        return self.linked if self.linked and who in self.linked else (who,)

    def page(self, who: str) -> Page:
        """Where what they do now is written: of two who are one, at the one that was there first."""
        return self.pages.setdefault(self.person(who)[0], Page())

    def _all(self, who: str) -> Iterable[Page]:
        return (self.pages.setdefault(one, Page()) for one in self.person(who))

    def dates(self, who: str) -> set[date]:
        return {day for page in self._all(who) for day in page.dates}

    def points(self, who: str) -> int:
        return sum(page.points for page in self._all(who))

    def link(self, stays: str, goes: str, order: list[Award]) -> None:
        """What both have counts once, for who had it first; `order`: all awards as they came."""
        self.linked = (stays, goes)
        seen = set[tuple[str, str]]()
        for one in order:
            if not one.is_doubled and (one in self.pages[stays].awards or one in self.pages[goes].awards):
                one.is_doubled = one.what in seen
                seen.add(one.what)

    def part(self) -> None:
        assert self.linked
        for page in self._all(self.linked[0]):
            for one in page.awards:
                one.is_doubled = False
        self.linked = None

    # --- runs ---------------------------------------------------------------------------------------------------------

    def runs(self, dates: Collection[date]) -> list[list[date]]:
        """Dates that follow each other; a day on which the course rests may be left out."""
        found: list[list[date]] = []
        for day in sorted(dates):
            if found and all(between in self.rests for between in _between(found[-1][-1], day)):
                found[-1].append(day)
            else:
                found.append([day])
        return found

    def streak(self, who: str, today: date) -> int:
        """The run that still lives: nothing is missing between it and today, which is still open."""
        past = [day for day in self.dates(who) if day <= today]
        for run in self.runs(past):
            if all(day in self.rests for day in _between(run[-1], today)):
                last = run
                break
        else:
            return 0
        later = [day for day in self.dates(who) if day > today]
        return next(len(run) for run in self.runs([*past, *later]) if last[-1] in run)

    # --- acts ---------------------------------------------------------------------------------------------------------

    def is_on(self, today: date) -> bool:
        return self.starts <= today <= self.ends

    def missed(self, who: str, today: date) -> list[date]:
        """What can be made up for, the latest first."""
        window = [today - n * DAY for n in range(1, self.within + 1)]
        return [day for day in window if day >= self.starts and day not in self.dates(who) and day not in self.rests]

    def makeups(self, who: str) -> int:
        return len({day for page in self._all(who) for day, is_makeup in page.dates.items() if is_makeup})

    def add(self, who: str, day: date, *, is_makeup: bool, is_student: bool) -> list[Award]:
        """One more date; what it earns."""
        before = {tuple(run): len(run) for run in self.runs(self.dates(who))}
        page = self.page(who)
        page.dates[day] = is_makeup
        run = next(run for run in self.runs(self.dates(who)) if day in run)
        longest = max((length for old, length in before.items() if set(old) <= set(run)), default=0)
        earned = [Award(("check_in", day.isoformat()), 2)] if is_makeup else []
        if not is_makeup and is_student:
            earned.append(Award(("check_in", day.isoformat()), self.price))
        for length, points in BONUS.items():
            if longest < length <= len(run):
                earned.append(Award((f"streak_{length}", f"{length} days from {run[0]}"), points))
        had = {one.what for one in self._awards(who)}
        earned = [one for one in earned if one.what not in had]
        page.awards += earned
        return earned

    def _awards(self, who: str) -> Iterable[Award]:
        return (one for page in self._all(who) for one in page.awards)


def _between(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range(1, (last - first).days)]
