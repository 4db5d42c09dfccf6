"""Facts against the live rules: tallies loaded once, verdicts in order, what fired handed on."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.rules import Fact, Rule, Tally, Verdict
from bot.engine.feature import Firing
from rules.judge import judge, record
from storage.tables import ledger

Key = tuple[int, str]
"""Member, rule."""


class Tallies:
    """What the rules have given so far, for the members of one batch and one course."""

    def __init__(self) -> None:
        self._by_key: dict[Key, Tally] = {}
        self._loaded: set[tuple[Any, ...]] = set()

    def of(self, member: int, rule: str) -> Tally:
        found = self._by_key.get((member, rule))
        if found is None:
            found = self._by_key[member, rule] = Tally()
        return found

    def load(self, db: Connection, course: Course, facts: Sequence[Fact]) -> None:
        """Read what the limits of the candidate rules look at, unless it is here already."""
        rules = [rule for kind in {fact.kind for fact in facts} for rule in course.rules_by_fact.get(kind, ())]
        new = [fact for fact in facts if (fact.member, fact.kind) not in self._loaded]
        self._loaded.update((fact.member, fact.kind) for fact in new)
        if not rules or not facts:
            return
        if new:
            self._load_week(db, new, rules)
            self._load_ever(
                db, new, [rule for rule in rules if rule.limit.once_per == "member" or rule.limit.cool_down]
            )
        self._load_objects(db, facts, rules)

    def _load_week(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        first = min(fact.local_date - timedelta(days=fact.local_date.weekday()) for fact in facts)
        query = select(ledger.c.member, ledger.c.rule, ledger.c.local_date, func.count(), func.sum(ledger.c.points))
        mine = _of(facts, rules) & (ledger.c.course == facts[0].course) & (ledger.c.local_date >= first)
        for member, rule, day, count, points in db.execute(
            query.where(mine).group_by(ledger.c.member, ledger.c.rule, ledger.c.local_date)
        ):
            tally = self.of(member, rule)
            tally.by_date[day], tally.points_by_date[day] = count, points

    def _load_ever(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        if not rules:
            return
        query = select(ledger.c.member, ledger.c.rule, func.max(ledger.c.at).label("last_at"))
        for row in db.execute(query.where(_of(facts, rules)).group_by(ledger.c.member, ledger.c.rule)):
            tally = self.of(row.member, row.rule)
            tally.ever, tally.last_at = True, row.last_at

    def _load_objects(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        objects = {fact.object for fact in facts}
        query = select(ledger.c.member, ledger.c.rule, ledger.c.object).where(_of(facts, rules))
        for member, rule, object in db.execute(query.where(ledger.c.object.in_(objects))):
            self.of(member, rule).objects.add(object)


def _of(facts: Iterable[Fact], rules: Iterable[Rule]) -> Any:
    members = {fact.member for fact in facts}
    return ledger.c.member.in_(members) & ledger.c.rule.in_([rule.id for rule in rules])


def judged(course: Course, fact: Fact, tallies: Tallies) -> tuple[list[Verdict], list[Firing]]:
    """A verdict for every rule on this kind of fact; those that fired are counted for the facts that follow."""
    verdicts, firings = [], []
    for rule in course.rules_by_fact.get(fact.kind, ()):
        tally = tallies.of(fact.member, rule.id)
        verdict = judge(rule, fact, tally)
        verdicts.append(verdict)
        if verdict.fired:
            record(tally, fact, verdict)
            firings.append(Firing(rule=rule, fact=fact, verdict=verdict))
    return verdicts, firings
