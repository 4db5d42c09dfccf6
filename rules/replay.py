"""The ledger that facts lead to, from nothing: for tests of rules, and for other rules over the same facts."""

from collections import defaultdict

import msgspec

from bot.domain.course import Course
from bot.domain.rules import Fact, LedgerEntry, Rule, Verdict
from rules.fold import (
    LEVEL_REACHED,
    LINKED,
    POINTS_GRANTED,
    POINTS_SETTLED,
    POINTS_SPENT,
    RETRACTED,
    REWARD_GRANTED,
    UNLINKED,
    Fold,
    Judged,
    does_the_same,
    entry_of,
    given_back,
    granted,
    reversal,
    settled,
    spent,
)

DERIVED = (LEVEL_REACHED,)
"""Facts that follow from others by the rules; whoever gives the others makes them."""


class Replay:
    """One course's facts, taken in the order in which they happened. Nothing of it touches a database."""

    def __init__(self) -> None:
        self.fold = Fold()
        self.entries: list[LedgerEntry] = []  # in order, with those that take back others
        self.shadows: list[LedgerEntry] = []  # what rules in the shadow would have given
        self._open: defaultdict[tuple[int, str, str], list[tuple[LedgerEntry, bool]]] = defaultdict(list)
        self._merged: dict[int, int] = {}  # member -> the one that it is now
        self._staff: set[int] = set()
        self._trials: dict[str, Rule] = {}  # as they began

    def enter(self, course: Course) -> None:
        """From here on the course is another: everybody's level is what its thresholds say. Staff have none."""
        for member in self.fold.totals.keys() - self._staff:
            self.fold.relevel(course, member)
        dark = {rule.id: rule for rule in course.rules if rule.shadow is not None}
        began = {id: self._trials.get(id, rule) for id, rule in dark.items()}
        going_on: set[str] = {id for id, rule in dark.items() if does_the_same(began[id], rule)}
        self._trials = {id: began[id] if id in going_on else rule for id, rule in dark.items()}
        self._forget_trials_but(going_on)

    def _forget_trials_but(self, on_trial: set[str]) -> None:
        """What a trial that is over has counted never counts for the next one."""
        self.shadows = [entry for entry in self.shadows if entry.rule in on_trial]
        for key in [key for key in self.fold.tallies if key[1][:1] == "~" and key[1][1:] not in on_trial]:
            del self.fold.tallies[key]
        for rule in [rule for rule in self.fold.texts if rule[:1] == "~" and rule[1:] not in on_trial]:
            del self.fold.texts[rule]
        for object, given in self._open.items():
            self._open[object] = [(e, is_shadow) for e, is_shadow in given if not is_shadow or e.rule in on_trial]

    def level_of(self, course: Course, member: int) -> str:
        """The member's level so far."""
        return self.fold.levels.get(member) or (course.levels[0].id if course.levels else "")

    def take(self, course: Course, fact: Fact) -> list[Judged]:
        """What comes of a fact: its verdicts, then those on the facts that follow. Derived ones are passed over.

        Which level the member had is our own finding, whatever the fact says.
        """
        if fact.kind in DERIVED:
            return []
        fact = self._seen(course, fact)
        if fact.kind == RETRACTED:
            return [self._take_back(course, fact)]
        if fact.kind in (LINKED, UNLINKED):
            self._regroup(course, fact)
            return [Judged(fact, [], [])]
        if fact.kind == POINTS_SETTLED:
            for entry in settled(fact):
                self._give(entry)
            return [Judged(fact, [], [])]
        judged = self._judged(course, fact)
        if fact.kind == POINTS_GRANTED:
            self._give(granted(fact))
        elif fact.kind in (POINTS_SPENT, REWARD_GRANTED):
            self._give(spent(fact))
        return judged

    def _seen(self, course: Course, fact: Fact) -> Fact:
        is_student = fact.values.get("member.role", "student") == "student"
        if is_student and fact.member in self._staff:
            self._staff.discard(fact.member)
            self.fold.relevel(course, fact.member)
        elif not is_student:
            self._staff.add(fact.member)
        level = self.level_of(course, fact.member)
        if fact.values.get("member.level") == level:
            return fact
        return msgspec.structs.replace(fact, values={**fact.values, "member.level": level})

    def _judged(self, course: Course, fact: Fact) -> list[Judged]:
        found: list[Judged] = []
        following: Fact | None = fact
        while following:
            judged = self.fold.judge(course, following)
            following = self.fold.risen(course, judged) if judged.firings else None
            for firing in judged.firings:
                self._give(entry_of(firing), is_shadow=firing.verdict.is_shadow)
            found.append(judged)
        return found

    def _give(self, entry: LedgerEntry, *, is_shadow: bool = False) -> None:
        (self.shadows if is_shadow else self.entries).append(entry)
        self._open[entry.member, entry.fact, entry.object].append((entry, is_shadow))

    def _take_back(self, course: Course, fact: Fact) -> Judged:
        """Close what is open for the fact's member, object and kind; the level may fall, and nothing follows."""
        members = self._members_of(fact.member)
        given = [one for who in members for one in self._open.pop((who, fact.values["fact"], fact.object), [])]
        if len(members) > 1:
            given.sort(key=lambda one: (self.shadows if one[1] else self.entries).index(one[0]))
        verdicts = []
        for entry, is_shadow in given:
            back = reversal(entry, fact)
            (self.shadows if is_shadow else self.entries).append(back)
            self.fold.take_back(entry, shadow=is_shadow)
            if not is_shadow:
                verdicts.append(Verdict(rule=back.rule, fired=True, points=back.points))
        for who in members if len(members) > 1 else ():
            self._recount(who)
        if verdicts and fact.member not in self._staff:
            self.fold.relevel(course, fact.member)
        return Judged(fact, verdicts, [])

    # --- one person, several members ----------------------------------------------------------------------------------

    def person(self, member: int) -> int:
        """Who a member now is."""
        return self._merged.get(member, member)

    def _members_of(self, person: int) -> list[int]:
        return [person, *(who for who, whole in self._merged.items() if whole == person)]

    def _regroup(self, course: Course, fact: Fact) -> None:
        """Who is one person changes as the fact says, with the entries that it closes or gives back."""
        persons = dict(fact.values["persons"])
        before = {self.person(who) for who in persons}
        self._merged = {who: whole for who, whole in {**self._merged, **persons}.items() if who != whole}
        for *name, is_shadow in fact.values["entries"]:
            kept = self.shadows if is_shadow else self.entries
            found = next((one for one in kept if [one.member, one.rule, one.object, one.round] == name), None)
            if found is None:  # under other rules it was never given
                continue
            if fact.kind == LINKED:
                self._close(found, fact, is_shadow=is_shadow)
            else:
                self._give(given_back(found, fact), is_shadow=is_shadow)
                self._count_text(found, 1, is_shadow=is_shadow)
        for person in {*before, *persons.values()}:
            self._recount(person)
            self.fold.relevel(course, person)

    def _close(self, entry: LedgerEntry, fact: Fact, *, is_shadow: bool) -> None:
        still = self._open[entry.member, entry.fact, entry.object]
        if (entry, is_shadow) in still:
            still.remove((entry, is_shadow))
            (self.shadows if is_shadow else self.entries).append(reversal(entry, fact))
            self._count_text(entry, -1, is_shadow=is_shadow)

    def _count_text(self, entry: LedgerEntry, times: int, *, is_shadow: bool) -> None:
        if entry.text:
            self.fold.count_text(f"~{entry.rule}" if is_shadow else entry.rule, entry.text, times)

    def _recount(self, person: int) -> None:
        members = set(self._members_of(person))
        lit, dark = ([entry for entry in kept if entry.member in members] for kept in (self.entries, self.shadows))
        self.fold.recount(person, lit, dark)
