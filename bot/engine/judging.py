"""Facts against the live rules: what was given is loaded once for a batch, then facts are judged in their order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, case, func, select

from bot.domain.course import Course
from bot.domain.places import Member
from bot.domain.rules import MARK, Fact, Limit, Rule, Tally
from rules.fold import Fold, Judged, Totals, last_round, tally_key
from rules.judge import first_false
from storage import boards
from storage.among import among
from storage.persons import by_person, grouped, same_persons
from storage.tables import ledger, shadow_ledger

Pair = tuple[Fact, Rule]
"""A fact and a rule whose condition it meets, so that limits decide."""


class Judging:
    """The fold of one batch and one course, filled from the ledger as far as its facts ask for it."""

    def __init__(self) -> None:
        self.fold = Fold()
        self._loaded: dict[tuple[int, str], date] = {}  # member and tally: since when it is here
        self._objects: set[tuple[int, str, str]] = set()  # member, rule, object: their rounds are here
        self._members: set[int] = set()  # whose totals are wanted with the next ones
        self._counted: set[int] = set()  # whose totals and levels are here

    def take(self, db: Connection, course: Course, fact: Fact) -> Iterator[Judged]:
        """The verdicts on a fact, then those on the facts that follow from it."""
        self.load(db, course, [fact])
        yield from self.judged(db, course, fact)

    def judged(self, db: Connection, course: Course, fact: Fact) -> Iterator[Judged]:
        """The same for a fact whose tallies were loaded with others."""
        found = self.fold.judge(course, fact)
        risen = self._risen(db, course, found)
        yield found
        if risen:
            yield from self.take(db, course, risen)

    def level_of(self, member: Member) -> str:
        """The member's level as of what was judged here."""
        return self.fold.levels.get(member.id, member.level)

    def _risen(self, db: Connection, course: Course, found: Judged) -> Fact | None:
        if not (found.firings and course.levels):
            return None
        self._load_standings(db, found.fact)
        return self.fold.risen(course, found)

    # --- loading ------------------------------------------------------------------------------------------------------

    def load(self, db: Connection, course: Course, facts: Sequence[Fact], *, are_new: bool = False) -> None:
        """Read what the limits of the rules look at whose conditions hold for these facts, unless it is here already.

        `are_new`: the objects of these facts were never seen before, so nothing was given for them.
        """
        held = [
            (fact, rule)
            for fact in facts
            for rule in course.rules_by_fact.get(fact.kind, ())
            if rule.where is None or not first_false(rule.where, fact.values)
        ]
        self._members.update(fact.member for fact, _ in held)
        lit = [pair for pair in held if pair[1].shadow is None]
        dark = [pair for pair in held if pair[1].shadow is not None]
        for read, pairs in ((_LEDGER, lit), (_SHADOW, dark)):
            if pairs and not are_new:
                self._load_objects(db, read, pairs)
            limited = [pair for pair in pairs if pair[1].limit != Limit()]
            once = [pair for pair in limited if pair[1].limit.once_per == "member"]
            self._load_ever(db, read, [pair for pair in once if _tallied(pair) not in self._loaded])
            self._load_recent(db, read, limited)
            self._load_texts(db, read, [pair for pair in limited if pair[1].limit.novelty])

    def _tally(self, read: "_Reading", member: int, rule: str) -> Tally:
        return self.fold.tallies[member, read.prefix + rule]

    def _load_recent(self, db: Connection, read: "_Reading", pairs: Sequence[Pair]) -> None:
        """Rules that look back as far as each other are asked about together: most look at one day alone."""
        alike: defaultdict[date, list[Pair]] = defaultdict(list)
        for fact, rule in pairs:
            alike[_looked_back_to(rule.limit, fact.local_date)].append((fact, rule))
        for since in sorted(alike):
            if missing := [pair for pair in alike[since] if since < self._loaded_of(pair)]:
                self._load_since(db, read, missing, since)

    def _loaded_of(self, pair: Pair) -> date:
        """Since when the entries that count towards the limits of this rule are here."""
        return self._loaded.get(_tallied(pair), date.max)

    def _load_since(self, db: Connection, read: "_Reading", pairs: Sequence[Pair], since: date) -> None:
        """What is here already of later dates is newer than what the ledger says."""
        here = {(fact.member, rule.id): self._loaded_of((fact, rule)) for fact, rule in pairs}
        self._loaded.update((_tallied(pair), since) for pair in pairs)
        seen: set[tuple[int, str, date]] = set()
        bound = {**_bound(pairs), "course": pairs[0][0].course, "since": since}
        for member, rule, day, times, points, last_at in db.execute(read.recent, bound):
            if day >= here.get((member, rule), date.min):  # or nobody asked about it: these go by all rules of all
                continue
            tally = self._tally(read, member, rule)
            if (key := (member, rule, day)) in seen:  # what another account of the same person got
                tally.by_date[day] += times
                tally.points_by_date[day] += points
            else:
                tally.by_date[day], tally.points_by_date[day] = times, points
            seen.add(key)
            if last_at:
                tally.last_at = max(tally.last_at or last_at, last_at)

    def _load_ever(self, db: Connection, read: "_Reading", pairs: Sequence[Pair]) -> None:
        if pairs:
            wanted, found = {(fact.member, rule.id) for fact, rule in pairs}, db.execute(read.ever, _bound(pairs))
            for key, times in grouped(((member, rule), times) for member, rule, times in found):
                if key in wanted:
                    self._tally(read, *key).ever = sum(times)

    def _load_objects(self, db: Connection, read: "_Reading", pairs: Sequence[Pair]) -> None:
        """What this batch itself has given since is newer than what the ledger says."""
        keys = {(fact.member, read.prefix + rule.id, fact.object) for fact, rule in pairs}
        if not keys - self._objects:
            return
        objects = {fact.object for fact, _ in pairs}
        found = db.execute(read.objects, {**_bound(pairs), "objects": objects})
        for (member, rule, object), rounds in grouped(((row[0], row[1], row[2]), row[3]) for row in found):
            if (member, read.prefix + rule, object) not in self._objects:
                self._tally(read, member, rule).rounds[object] = last_round(rounds)
        self._objects |= keys

    def _load_texts(self, db: Connection, read: "_Reading", pairs: Sequence[Pair]) -> None:
        marks = {mark for fact, _ in pairs if (mark := fact.values.get(MARK))}
        rules = {rule.id for _, rule in pairs}
        wanted = {rule for rule in rules if marks - self.fold.texts[read.prefix + rule].keys()}
        if not (marks and wanted):
            return
        bound = {"course": pairs[0][0].course, "rules": wanted, "texts": marks}
        for rule, mark, times in db.execute(read.texts, bound):
            self.fold.texts[read.prefix + rule].setdefault(mark, times)

    def _load_standings(self, db: Connection, fact: Fact) -> None:
        """All members of the batch at once, when the first of them earns something.

        Nothing of this batch is written then, so nothing of it is counted twice.
        """
        if fact.member in self._counted:
            return
        wanted = self._members - self._counted
        self._counted |= wanted
        for who, level, activity, contribution in boards.standings_of(db, fact.course, wanted):
            self.fold.levels[who] = level
            self.fold.totals[who] = Totals(activity=activity, contribution=contribution)


def _looked_back_to(limit: Limit, first: date) -> date:
    """The earliest date that a limit looks at for a fact of this date. Most look at that date alone."""
    days = [timedelta(0)]
    if limit.once_per == "week" or limit.points_per_week is not None:
        days.append(timedelta(days=first.weekday()))
    if limit.cool_down is not None:
        days.append(limit.cool_down + timedelta(days=1))
    return first - max(days)


def _bound(pairs: Iterable[Pair]) -> dict[str, Any]:
    return {"members": {fact.member for fact, _ in pairs}, "rules": {rule.id for _, rule in pairs}}


def _tallied(pair: Pair) -> tuple[int, str]:
    """The member, and under which name their tally is kept."""
    return pair[0].member, tally_key(pair[1])


class _Reading:
    """The questions asked of the ledger, or of the shadow ledger. What was taken back counts as never given.

    Each gives the person that a row counts for, and one row for each of their members.
    """

    def __init__(self, table: Table, prefix: str) -> None:
        self.prefix = prefix
        given = case((table.c.round % 2 == 0, 1), else_=-1)
        mine = same_persons(table.c.member, "members") & among(table.c.rule, "rules")
        recent = (table.c.course == bindparam("course")) & (table.c.local_date >= bindparam("since")) & mine
        last_at = func.max(case((table.c.round % 2 == 0, table.c.at)))
        self.recent = by_person(
            select(table.c.member, table.c.rule, table.c.local_date)
            .add_columns(func.sum(given).label("times"), func.sum(table.c.points).label("points"))
            .add_columns(last_at.label("last_at"))
            .where(recent)
            .group_by(table.c.member, table.c.rule, table.c.local_date)
        )
        by_rule = select(table.c.member, table.c.rule, func.sum(given).label("times")).where(mine)
        self.ever = by_person(by_rule.group_by(table.c.member, table.c.rule))
        objects = select(table.c.member, table.c.rule, table.c.object, func.max(table.c.round).label("round"))
        objects = objects.where(mine, among(table.c.object, "objects"))
        self.objects = by_person(objects.group_by(table.c.member, table.c.rule, table.c.object))
        texts = (table.c.course == bindparam("course")) & among(table.c.text, "texts") & among(table.c.rule, "rules")
        by_text = select(table.c.rule, table.c.text, func.sum(given)).where(texts)
        self.texts: Select[Any] = by_text.group_by(table.c.rule, table.c.text).having(func.sum(given) > 0)


_LEDGER, _SHADOW = _Reading(ledger, ""), _Reading(shadow_ledger, "~")
