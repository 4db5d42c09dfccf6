"""An account of questions, kept by hand beside the bot: what was done to each, and what staff should read of it.

It knows nothing of the code that it is held against: it walks along the wall clock, minute by minute, and ranks by
itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WITHIN, STEP, RUNGS = 240, 60, 3
WARNED_AFTER = 180
SLIP = timedelta(minutes=15)
ZONE = ZoneInfo("Europe/London")
FALLS, RISES = time(22), time(8)
OPEN = ("waiting", "asked_back", "answered")


def counts(moment: datetime) -> bool:
    """Whether this minute is one of the day."""
    return RISES <= moment.astimezone(ZONE).time() < FALLS


def waited(since: datetime, until: datetime) -> int:
    """In minutes that count."""
    return sum(counts(since + n * MINUTE) for n in range((until - since) // MINUTE))


def after(since: datetime, minutes: int) -> datetime:
    """When so many minutes have counted."""
    while minutes:
        minutes -= counts(since)
        since += MINUTE
    return since


@dataclass
class Given:
    """An answer."""

    number: int
    by: str
    at: datetime
    is_staff: bool
    answers: Wait | None = None  # what it put an end to
    is_gone: bool = False


@dataclass
class Wait:
    """One time that staff were waited for: since, and as far as alarms know it, from."""

    since: datetime
    begun: datetime
    ended: datetime | None = None
    by: str | None = None  # who of the staff was there
    is_void: bool = False

    def told(self) -> Iterator[tuple[datetime, str]]:
        """When staff read of it: what was due before it began is told of at once, together."""
        moments = [after(self.since, WARNED_AFTER)]
        moments += [after(after(self.since, WITHIN), STEP * rung) for rung in range(RUNGS)]
        by_moment = {max(moment, self.begun): "overdue" if rung else "due soon" for rung, moment in enumerate(moments)}
        for moment, what in by_moment.items():
            if self.ended is None or moment <= self.ended:
                yield moment, what


@dataclass
class Question:
    """What somebody asked, and what has become of it."""

    number: int
    asker: str
    tag: str
    at: datetime
    state: str = "waiting"
    waits: list[Wait] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    into: Question | None = None
    reopened: int = 0
    stars: int | None = None
    is_closed_at_last: bool = False
    accepted: Given | None = None

    @property
    def standing(self) -> list[Given]:
        return [one for one in self.given if not one.is_gone]

    def wait(self, now: datetime, since: datetime | None = None) -> None:
        """Staff are waited for, whatever was before."""
        self.end(now)
        self.state, self.is_closed_at_last = "waiting", False
        self.waits.append(Wait(since or now, now))

    def end(self, now: datetime, by: str | None = None) -> Wait | None:
        """Nobody is waited for any more; the wait that somebody of the staff has ended, if there was one."""
        if self.state != "waiting" or not self.waits or self.waits[-1].ended:
            return None
        self.waits[-1].ended, self.waits[-1].by = now, by
        return self.waits[-1]

    def withdraw(self, one: Given, now: datetime) -> None:
        one.is_gone = True
        if one.answers:
            one.answers.is_void = True
        has_counted = self.accepted in (one, None)
        if self.accepted is one:
            self.accepted = None
        if self._waits_again(has_counted):
            is_slip = one.answers and now - one.at <= SLIP
            self.wait(now, one.answers.since if one.answers and is_slip else now)

    def _waits_again(self, has_counted: bool) -> bool:
        by_staff = [other for other in self.standing if other.is_staff]
        if self.state == "answered":  # what staff have said since they were last waited for is left, or not
            last = self.waits[-1]
            ended = next((other for other in self.given if other.answers is last), None)
            if ended:
                return not any(other.number >= ended.number for other in by_staff)
            return not any(last.ended and other.at >= last.ended for other in by_staff)
        return self.state == "closed" and has_counted and not by_staff

    @property
    def is_answered(self) -> bool:
        same = self.into.standing if self.state == "merged" and self.into else []
        return bool(self.standing or same)


# --- what staff should read -------------------------------------------------------------------------------------------


def notices(questions: list[Question], until: datetime) -> dict[datetime, dict[str, set[int]]]:
    """By moment: which questions are told of, and how."""
    found: dict[datetime, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for question in questions:
        for wait in question.waits:
            for moment, what in wait.told():
                if moment <= until:
                    found[moment][what].add(question.number)
    return {moment: dict(whats) for moment, whats in found.items()}


def table(questions: list[Question]) -> list[tuple[str, ...]]:
    """The rows of each assistant, and of all."""
    done = [(wait.by, wait) for question in questions for wait in question.waits if wait.by and not wait.is_void]
    people = Counter(by for by, _ in done)
    rows = [(who, [wait for by, wait in done if by == who]) for who in sorted(people, key=lambda w: (-people[w], w))]
    return [_row(who, waits) for who, waits in [*rows, ("All", [wait for _, wait in done])]] if done else []


def by_tag(questions: list[Question]) -> list[str]:
    """The lines of each tag."""
    found = []
    for tag in ("Content", "How-to", "Beyond", "unsorted"):
        if mine := _answered([question for question in questions if question.tag == tag]):
            _, number, median, in_time = _row(tag, mine)
            found.append(f"{tag}: {number}, median {median}, {in_time} in time")
    return found


def most(questions: list[Question]) -> str:
    """The line that says how soon nearly all were answered."""
    lengths = sorted(waited(wait.since, wait.ended) for wait in _answered(questions) if wait.ended)
    return f"Nine in ten took {_hours(_ranked(lengths, 90))} or less."


def _answered(questions: list[Question]) -> list[Wait]:
    return [wait for question in questions for wait in question.waits if wait.by and not wait.is_void]


def _row(label: str, waits: list[Wait]) -> tuple[str, ...]:
    lengths = sorted(waited(wait.since, wait.ended) for wait in waits if wait.ended)
    in_time = sum(wait.ended <= after(wait.since, WITHIN) for wait in waits if wait.ended)
    return (
        label,
        str(len(lengths)),
        _hours(_ranked(lengths, 50)),
        f"{_percent(in_time, len(lengths))}%",
    )


def _ranked(lengths: list[int], percent: int) -> int:
    """The first that is not exceeded by so many of all."""
    return next(one for one in lengths if sum(other <= one for other in lengths) * 100 >= percent * len(lengths))


def _hours(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _percent(part: int, whole: int) -> int:
    return int(100 * part / whole + 0.5)


def lines(questions: list[Question]) -> list[str]:
    """What stands above the table."""
    answered = [one for one in questions if one.is_answered]
    never = [one for one in questions if not one.is_answered]
    waiting = [one for one in never if one.state in ("waiting", "asked_back")]
    reopened = sum(one.reopened > 0 for one in questions)
    merged = sum(one.state == "merged" for one in questions)
    stars = [one.stars for one in questions if one.stars]
    percent = _percent(len(never), len(questions))
    found = [
        f"{len(questions)} asked, {len(answered)} answered.",
        f"Without any answer: {len(never)} ({percent}%); still waiting: {len(waiting)}.",
        f"Helped by what was known: 0. Reopened: {reopened}. Merged: {merged}.",
    ]
    if stars:
        found.append(f"Satisfaction {sum(stars) / len(stars):.1f} ({len(stars)} rating{'s' * (len(stars) > 1)}).")
    return found
