"""Facts against the live rules: tallies loaded once, verdicts in order, what fired handed on."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from bot.domain.course import Course
from bot.domain.rules import Fact, Firing, Limit, Rule, Tally, Verdict
from rules.judge import judge, record
from storage.among import among
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

    def load(self, db: Connection, course: Course, facts: Sequence[Fact], *, are_new: bool = False) -> None:
        """Read what the limits of the candidate rules look at, unless it is here already.

        `are_new`: the objects of these facts were never seen before, so nothing was given for them.
        """
        rules = [rule for kind in {fact.kind for fact in facts} for rule in course.rules_by_fact.get(kind, ())]
        if not rules or not facts:
            return
        if not are_new:
            self._load_objects(db, facts, rules)
        new = [fact for fact in facts if (fact.member, fact.kind) not in self._loaded]
        self._loaded.update((fact.member, fact.kind) for fact in new)
        limited = [rule for rule in rules if rule.limit != Limit()]
        if new and limited:
            self._load_recent(db, new, limited)
            self._load_ever(db, new, [rule for rule in limited if rule.limit.once_per == "member"])

    def _load_recent(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        longest = max((rule.limit.cool_down or timedelta(0) for rule in rules), default=timedelta(0))
        first = min(fact.local_date for fact in facts)
        since = min(first - timedelta(days=first.weekday()), first - longest - timedelta(days=1))
        bound = {**_bound(facts, rules), "course": facts[0].course, "since": since}
        for member, rule, day, times, points, last_at in db.execute(_RECENT, bound):
            tally = self.of(member, rule)
            tally.by_date[day], tally.points_by_date[day] = times, points
            tally.last_at = max(tally.last_at, last_at) if tally.last_at else last_at

    def _load_ever(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        if rules:
            for member, rule in db.execute(_EVER, _bound(facts, rules)):
                self.of(member, rule).ever = True

    def _load_objects(self, db: Connection, facts: Sequence[Fact], rules: Sequence[Rule]) -> None:
        objects = {fact.object for fact in facts}
        for member, rule, object in db.execute(_OBJECTS, {**_bound(facts, rules), "objects": objects}):
            self.of(member, rule).objects.add(object)


def _bound(facts: Iterable[Fact], rules: Iterable[Rule]) -> dict[str, Any]:
    return {"members": {fact.member for fact in facts}, "rules": {rule.id for rule in rules}}


_OF = among(ledger.c.member, "members") & among(ledger.c.rule, "rules")
_RECENT = (
    select(ledger.c.member, ledger.c.rule, ledger.c.local_date)
    .add_columns(func.count().label("times"), func.sum(ledger.c.points).label("points"))
    .add_columns(func.max(ledger.c.at).label("last_at"))
    .where(ledger.c.course == bindparam("course"), ledger.c.local_date >= bindparam("since"), _OF)
    .group_by(ledger.c.member, ledger.c.rule, ledger.c.local_date)
)
_EVER = select(ledger.c.member, ledger.c.rule).where(_OF).distinct()
_OBJECTS = select(ledger.c.member, ledger.c.rule, ledger.c.object).where(_OF, among(ledger.c.object, "objects"))


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
