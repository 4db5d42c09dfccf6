"""Runs the tests in rules.yaml: what came out instead of what was expected."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.rules import GRANTED, SPENT, Verdict
from rules.complaints import Complaints
from rules.fold import LEVEL_REACHED, Judged
from rules.nodes import Place
from rules.replay import Replay
from rules.trials import STUDENT, Awards, Fires, Points, Reached, Trial

MAX_JUDGEMENTS = 300_000  # of rules on facts, in all tests of a course together


class Failure(NamedTuple):
    """What is not as a test expects it."""

    at: Place
    text: Text


def run(trials: Iterable[Trial], complaints: Complaints, course: Course) -> None:
    """Complain about whatever does not come out as it should."""
    judgements = 0
    for trial in trials:
        judgements += _judgements(course, trial)
        if judgements > MAX_JUDGEMENTS:
            complaints.add(trial.at, "problem.test_too_much", test=trial.name)
            return
        for failure in failures(trial, course):
            complaints.take(failure.at, failure.text)


def failures(trial: Trial, course: Course) -> Iterator[Failure]:
    """Nothing where all is as expected."""
    outcome = _Outcome(trial, course)
    if trial.awards:
        yield from outcome.other_awards(trial.awards)
    if trial.fires:
        yield from outcome.other_fires(trial.fires)
    if trial.level:
        yield from outcome.other_level(trial.level)


def _judgements(course: Course, trial: Trial) -> int:
    """At most so many verdicts there will be; a fact may be followed by the news of a level."""
    rules = course.rules_by_fact
    following = len(rules.get(LEVEL_REACHED, ())) if course.levels else 0
    return sum(1 + following + len(rules.get(fact.kind, ())) for fact in trial.facts)


class _Outcome:
    """What came of the facts of one test."""

    def __init__(self, trial: Trial, course: Course) -> None:
        self.trial = trial
        self.course = course
        self.rules = {str(rule.id): rule for rule in course.rules}
        self.names = {id: name for name, id in trial.members.items()}
        self.kinds: set[str] = set()
        self.fired: dict[str, None] = {}  # rules without points, in the order in which they acted first
        self.quiet: dict[tuple[str | None, str], Verdict] = {}  # by member, None for anybody, and rule: the last ones
        self.replay = Replay()
        for fact in trial.facts:
            for judged in self.replay.take(course, fact):
                self.note(judged)
        self.points: defaultdict[tuple[str, str], int] = defaultdict(int)
        for entry in self.replay.entries:
            if entry.category not in (GRANTED, SPENT):
                self.points[self.names[entry.member], entry.rule] += entry.points

    def note(self, judged: Judged) -> None:
        self.kinds.add(judged.fact.kind)
        member = self.names[judged.fact.member]
        for verdict in judged.verdicts:
            if not verdict.fired:
                self.quiet[member, verdict.rule] = self.quiet[None, verdict.rule] = verdict
        for firing in judged.firings:
            if not (firing.rule.points or firing.verdict.is_shadow):
                self.fired[firing.rule.id] = None

    def other_awards(self, expected: Awards) -> Iterator[Failure]:
        """Rules that are not named should give nothing."""
        for member, rule in {**expected.points, **self.points}:
            wanted = expected.points.get((member, rule), Points(expected.at, 0))
            given = self.points[member, rule]
            if given != wanted.points:
                yield Failure(wanted.at, self.said_of_points(member, rule, given, wanted.points))

    def said_of_points(self, member: str, rule: str, given: int, wanted: int) -> Text:
        id = "problem.test_points" if list(self.trial.members) == [member] else "problem.test_points_of"
        values = {"test": self.trial.name, "rule": rule, "member": member, "count": given, "expected": wanted}
        return Text(id=id, values={**values, "why": self.why_quiet(rule, member) if given < wanted else ""})

    def other_fires(self, expected: Fires) -> Iterator[Failure]:
        for rule, at in expected.rules.items():
            if rule not in self.fired:
                values = {"test": self.trial.name, "rule": rule, "why": self.why_quiet(rule)}
                yield Failure(at, Text(id="problem.test_not_fired", values=values))
        for rule in [rule for rule in self.fired if rule not in expected.rules]:
            yield Failure(expected.at, Text(id="problem.test_fired", values={"test": self.trial.name, "rule": rule}))

    def other_level(self, expected: Reached) -> Iterator[Failure]:
        student = self.trial.members.get(STUDENT, MemberId(0))
        level, totals = self.replay.level_of(self.course, student), self.replay.fold.totals[student]
        if level != expected.level:
            sums = {"activity": totals.activity, "contribution": totals.contribution}
            values = {"test": self.trial.name, "level": level, "expected": expected.level, **sums}
            yield Failure(expected.at, Text(id="problem.test_level", values=values))

    def why_quiet(self, id: str, member: str | None = None) -> Text | str:
        """Why a rule did not do what was expected of it, as far as we know."""
        rule = self.rules[id]
        if rule.shadow is not None:
            return Text(id="problem.test_in_shadow")
        if rule.when not in self.kinds:
            return Text(id="problem.test_no_such_fact", values={"fact": rule.when})
        quiet = self.quiet.get((member, id))
        if quiet is None:
            return ""
        return Text(id="problem.test_quiet", values={"reason": Text(id=quiet.why, values=quiet.values)})
