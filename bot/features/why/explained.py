"""Why points came or did not come: facts and their verdicts in a member's words."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from bot.domain.course import Course
from bot.domain.ids import RuleId
from bot.domain.messages import Text, Words
from bot.domain.rules import ANONYMOUS, Rule, Verdict
from bot.engine.wording import Knows, Wording
from bot.features.why.store import FREQUENT
from rules.fold import REDEMPTION

_RULES = 6
"""So many lines for each fact."""
_CONDITIONS = ("verdict.condition", "verdict.excluded")


class Told(msgspec.Struct, kw_only=True):
    """A fact, or several alike, one after the other, with the verdicts that may be read."""

    row: Any  # the latest of them
    verdicts: list[Verdict]
    earliest: int  # its number
    count: int = 1


class Explanation:
    """Facts about a member in words: for staff with everything, for students without what is staff's own."""

    def __init__(self, course: Course, knows: Knows, *, for_staff: bool) -> None:
        self.course = course
        self.for_staff = for_staff
        self.wording = Wording(course, knows, for_staff=for_staff)
        self.rules: Mapping[str, Rule] = {rule.id: rule for rule in course.rules}

    def told(self, rows: Iterable[Any]) -> Iterator[Told]:
        """What there is to say of these facts; frequent ones that came out alike are told once."""
        last: Told | None = None
        for row in rows:
            verdicts = [verdict for verdict in msgspec.convert(row.verdicts, list[Verdict]) if self.is_shown(verdict)]
            if not _is_telling(row, verdicts):
                continue
            if last and _alike(last, row, verdicts):
                last.count, last.earliest = last.count + 1, row.id
                continue
            if last:
                yield last
            last = Told(row=row, verdicts=verdicts, earliest=row.id)
        if last:
            yield last

    def is_shown(self, verdict: Verdict) -> bool:
        """Students read nothing of rules that are for staff, nor why a rule that is gone stayed quiet."""
        if self.for_staff:
            return True
        if verdict.is_shadow:
            return False
        rule = self.rules.get(verdict.rule)
        return bool(verdict.points) or (rule is not None and not rule.is_for_staff)

    def lines(self, told: Told) -> Iterator[Words]:
        """One line for the fact, one for each rule that was considered; of an anonymous one, not what it was."""
        row = told.row
        if row.values.get(ANONYMOUS):
            yield Text(id="fact.masked", values={"date": row.local_date})
            return
        fact = self.fact(row)
        yield Text(id="why.alike", values={"fact": fact, "count": told.count}) if told.count > 1 else fact
        for verdict in sorted(told.verdicts, key=_importance)[:_RULES]:
            yield self.line(verdict)
        if (more := len(told.verdicts) - _RULES) > 0:
            yield Text(id="why.more_rules", values={"count": more})

    def fact(self, row: Any) -> Text:
        id = f"fact.{row.kind}" if self.wording.knows(f"fact.{row.kind}") else "fact.other"
        own = {name: self.wording.value(name, value) for name, value in row.values.items() if "." not in name}
        if "tag" in own:
            own["tag"] = Text(id="fact.tagged", values={"tag": own["tag"]}) if own["tag"] else ""
        return Text(id=id, values={"at": row.at.astimezone(self.course.tzinfo), "kind": row.kind, **own})

    def line(self, verdict: Verdict) -> Text:
        rule = self.rules.get(verdict.rule)
        values = {"rule": rule.shown if rule else _unwritten(verdict.rule), "points": f"{verdict.points:+d}"}
        if not verdict.fired:
            id = "why.quiet" if rule and rule.points > 0 else "why.not_acted"
            return Text(id=id, values={**values, "reason": self.reason(verdict)})
        if verdict.is_shadow:
            return Text(id="why.shadow" if verdict.points else "why.shadow_acted", values=values)
        return Text(id="why.fired" if verdict.points else "why.acted", values=values)

    def reason(self, verdict: Verdict) -> Text:
        """Why it stayed quiet, with the condition's field and values in words."""
        values = dict(verdict.values)
        field = str(values.get("field", ""))
        if self.wording.is_secret(field):
            return Text(id="why.unmet")
        if field:
            values |= {"field": self.wording.label(field), "value": self.wording.value(field, values.get("value"))}
        if "wanted" in values:
            values["wanted"] = self.wording.values(field, _several(values["wanted"]))
        if verdict.why == "verdict.cool_down":
            values["time"] = _length(values)
        return Text(id=verdict.why, values=values)


def _unwritten(rule: RuleId) -> Text | str:
    """What is no rule of the course (any more)."""
    return Text(id="why.redemption") if rule == REDEMPTION else rule


def _is_telling(row: Any, verdicts: list[Verdict]) -> bool:
    """Whether there is more to say of a fact than that it was one of many which no rule speaks of."""
    return row.kind not in FREQUENT or any(verdict.fired or verdict.why not in _CONDITIONS for verdict in verdicts)


def _alike(last: Told, row: Any, verdicts: list[Verdict]) -> bool:
    if row.kind not in FREQUENT or row.kind != last.row.kind or ANONYMOUS in row.values or ANONYMOUS in last.row.values:
        return False
    return _outcome(verdicts) == _outcome(last.verdicts)


def _outcome(verdicts: list[Verdict]) -> list[Any]:
    """Of conditions that were not met, which one it was says nothing new."""
    return [(v.rule, v.fired, v.points, v.why) for v in verdicts if v.why not in _CONDITIONS]


def _importance(verdict: Verdict) -> int:
    """What acted first, then what a limit held back."""
    return 0 if verdict.fired else 2 if verdict.why in _CONDITIONS else 1


def _several(wanted: Any) -> list[Any]:
    """A list; of what earlier versions recorded, one text."""
    return list(wanted) if isinstance(wanted, list | tuple) else str(wanted).split(" / ")


def _length(values: Mapping[str, Any]) -> timedelta:
    """The pause; earlier versions recorded it in minutes."""
    if "minutes" in values:
        return timedelta(minutes=values["minutes"])
    return msgspec.convert(values["time"], timedelta)
