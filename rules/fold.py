"""Judges facts one after the other and counts what was given. Pure: the engine goes on from what its database holds,
a replay starts from nothing, and both must come to the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from bot.domain.course import Course
from bot.domain.ids import ObjectId, RuleId
from bot.domain.messages import Localised
from bot.domain.rules import GRANTED, MARK, SPENT, Fact, Firing, LedgerEntry, Rule, Tally, Verdict
from rules.judge import judge

LEVEL_REACHED = "level.reached"
RETRACTED = "retracted"
LINKED, UNLINKED = "account.linked", "account.unlinked"
"""Two members are one person, or are so no longer: inputs, which name the entries that they close, or give back."""
POINTS_GRANTED = "points.granted"
GRANT = RuleId("grant")
POINTS_SPENT, REWARD_GRANTED = "points.spent", "reward.granted"
"""Somebody has paid for a reward; somebody was given one for nothing."""
POINTS_SETTLED = "account.settled"
"""One person was parted into two: an input, which books what they have spent with who of them has points."""
REDEMPTION = RuleId("redemption")

_HELPING = ("help", "contribution")


class Totals(msgspec.Struct, kw_only=True):
    """What the thresholds of levels look at."""

    activity: int = 0
    contribution: int = 0

    def add(self, category: str, points: int) -> None:
        self.activity += points if category not in (GRANTED, SPENT) else 0
        self.contribution += points if category in _HELPING else 0


class Judged(NamedTuple):
    """One fact, what every candidate rule made of it, and those that fired."""

    fact: Fact
    verdicts: list[Verdict]
    firings: list[Firing]


class Fold:
    """The state that judging a fact looks at, and changes."""

    def __init__(self) -> None:
        self.tallies: defaultdict[tuple[int, str], Tally] = defaultdict(Tally)
        self.texts: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by rule: fingerprint -> how often
        self.totals: defaultdict[int, Totals] = defaultdict(Totals)
        self.levels: dict[int, str] = {}

    def judge(self, course: Course, fact: Fact) -> Judged:
        """A verdict for every rule on this kind of fact; those that fired are counted for the facts that follow."""
        verdicts, firings = [], []
        for rule in course.rules_by_fact.get(fact.kind, ()):
            key = tally_key(rule)
            tally = self.tallies[fact.member, key]
            verdict = judge(rule, fact, tally, self.texts[key] if rule.limit.novelty else ())
            verdicts.append(verdict)
            if verdict.fired:
                firing = Firing(rule=rule, fact=fact, verdict=verdict, round=tally.rounds.get(fact.object, -1) + 1)
                firings.append(firing)
                self._count(key, entry_of(firing), sign=1)
        return Judged(fact, verdicts, firings)

    def risen(self, course: Course, judged: Judged) -> Fact | None:
        """Count what was given towards the member's level; the fact that a higher one was reached. Staff have none.

        The member's totals and level must be as they were before.
        """
        for firing in judged.firings:
            if not firing.verdict.is_shadow:
                self.totals[judged.fact.member].add(firing.rule.counts_as, firing.verdict.points)
        return self._level(course, judged.fact)

    def take_back(self, entry: LedgerEntry, *, shadow: bool = False) -> None:
        """Count an entry as never given."""
        self._count(f"~{entry.rule}" if shadow else entry.rule, entry, sign=-1)
        if not shadow:
            self.totals[entry.member].add(entry.category, -entry.points)

    def recount(self, member: int, entries: Iterable[LedgerEntry], shadows: Iterable[LedgerEntry]) -> None:
        """Count what a person was given anew: all that their members now have, in order."""
        for key in [key for key in self.tallies if key[0] == member]:
            del self.tallies[key]
        self.totals[member] = Totals()
        rounds: dict[tuple[str, str], dict[int, int]] = {}
        for prefix, given in (("", entries), ("~", shadows)):
            for entry in given:
                rule = prefix + entry.rule
                _add(self.tallies[member, rule], entry, 1 if entry.round % 2 == 0 else -1, entry.points)
                rounds.setdefault((rule, entry.object), {})[entry.member] = entry.round
                if not prefix:
                    self.totals[member].add(entry.category, entry.points)
        for (rule, object), last in rounds.items():
            self.tallies[member, rule].rounds[object] = last_round(last.values())

    def relevel(self, course: Course, member: int) -> str:
        """The level that the member's totals give, which may be lower than before."""
        totals = self.totals[member]
        level = self.levels[member] = course.level_at(totals.activity, totals.contribution)
        return level

    def _level(self, course: Course, cause: Fact) -> Fact | None:
        if cause.values.get("member.role", "student") != "student":
            return None
        before = self.levels.get(cause.member, "")
        level = self.relevel(course, cause.member)
        if course.step(level) <= course.step(before):
            return None
        return _reached(course, cause, level)

    def _count(self, key: str, entry: LedgerEntry, *, sign: int) -> None:
        tally = self.tallies[entry.member, key]
        tally.rounds[entry.object] = entry.round if sign > 0 else entry.round + 1
        _add(tally, entry, sign, sign * entry.points)
        if entry.text:
            self.count_text(key, entry.text, sign)

    def count_text(self, key: str, mark: str, times: int) -> None:
        """Count how often a rule has rewarded this text; one that it has not is no longer known."""
        texts = self.texts[key]
        texts[mark] = texts.get(mark, 0) + times
        if texts[mark] <= 0:
            del texts[mark]


def count(tally: Tally, entry: LedgerEntry) -> None:
    """Count an award towards the limits of its rule."""
    tally.rounds[entry.object] = entry.round
    _add(tally, entry, 1, entry.points)


def _add(tally: Tally, entry: LedgerEntry, times: int, points: int) -> None:
    day = entry.local_date
    tally.by_date[day] = tally.by_date.get(day, 0) + times
    tally.points_by_date[day] = tally.points_by_date.get(day, 0) + points
    tally.ever += times
    if times > 0:
        tally.last_at = entry.at


def last_round(rounds: Iterable[int]) -> int:
    """Where a person stands with an object, by the last round of each of their members that had any.

    Even, so given, if one of them still has it; else odd, and above all that any of them has had.
    """
    found = list(rounds)
    return max((one for one in found if one % 2 == 0), default=max(found))


def tally_key(rule: Rule) -> str:
    """Under which name a rule's tallies are kept: what a rule does in the shadow never counts for it in the light."""
    return rule.id if rule.shadow is None else f"~{rule.id}"


def does_the_same(one: Rule, other: Rule) -> bool:
    """Whether two versions of a rule differ in their texts only, or in how long they are on trial."""
    return _silent(one) == _silent(other)


def _silent(rule: Rule) -> Rule:
    then = tuple(effect for effect in rule.then if not isinstance(effect.argument, Localised))
    return msgspec.structs.replace(rule, title=None, shadow=None, then=then)


def entry_of(firing: Firing) -> LedgerEntry:
    """The ledger entry of a rule that fired; of 0 points where it awards none, so that its limits can be counted."""
    fact = firing.fact
    return LedgerEntry(
        course=fact.course,
        member=fact.member,
        points=firing.verdict.points,
        rule=firing.rule.id,
        object=fact.object,
        round=firing.round,
        cause=fact.cause,
        at=fact.at,
        local_date=fact.local_date,
        fact=fact.kind,
        category=firing.rule.counts_as,
        text=fact.values.get(MARK),
    )


def granted(fact: Fact, *, reason: str = "") -> LedgerEntry:
    """The ledger entry of points that staff gave."""
    return LedgerEntry(
        course=fact.course,
        member=fact.member,
        points=fact.values["points"],
        rule=GRANT,
        object=fact.object,
        cause=fact.cause,
        at=fact.at,
        local_date=fact.local_date,
        reason=reason,
        fact=fact.kind,
        category=GRANTED,
    )


def spent(fact: Fact) -> LedgerEntry:
    """The ledger entry of a reward; of 0 points where nobody paid for it, so that it can be taken back, too."""
    return LedgerEntry(
        course=fact.course,
        member=fact.member,
        points=-fact.values.get("points", 0),
        rule=REDEMPTION,
        object=fact.object,
        cause=fact.cause,
        at=fact.at,
        local_date=fact.local_date,
        fact=fact.kind,
        category=SPENT,
    )


def settled(fact: Fact) -> list[LedgerEntry]:
    """What the parting of two members books for each: member, object and points, as the fact says them."""
    return [
        LedgerEntry(
            course=fact.course,
            member=member,
            points=points,
            rule=REDEMPTION,
            object=ObjectId(object),
            cause=fact.cause,
            at=fact.at,
            local_date=fact.local_date,
            fact=fact.kind,
            category=SPENT,
        )
        for member, object, points in fact.values["entries"]
    ]


def reversal(entry: LedgerEntry, fact: Fact) -> LedgerEntry:
    """The entry that takes back another because of this fact; it counts for the day of what it takes back."""
    return msgspec.structs.replace(
        entry, points=-entry.points, round=entry.round + 1, cause=fact.cause, at=fact.at, reason=""
    )


def given_back(entry: LedgerEntry, fact: Fact) -> LedgerEntry:
    """The entry that gives again what was taken back, as if it had never been gone."""
    return msgspec.structs.replace(entry, round=entry.round + 2, cause=fact.cause)


def _reached(course: Course, cause: Fact, level: str) -> Fact:
    common = {name: value for name, value in cause.values.items() if "." in name and name != MARK}
    return msgspec.structs.replace(
        cause,
        kind=LEVEL_REACHED,
        object=ObjectId(level),
        values={"level": level, "step": course.step(level), **common, "member.level": level},
    )
