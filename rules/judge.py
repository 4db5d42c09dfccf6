"""What the rules make of a fact. Pure: the same rule, fact and tally always give the same verdict."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from bot.domain.rules import (
    MARK,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Fact,
    Has,
    Is,
    LedgerEntry,
    Limit,
    Not,
    Rule,
    Tally,
    Verdict,
)

Leaf = Is | Has | Between
_PLAIN = (str, int, float, bool)


def judge(rule: Rule, fact: Fact, tally: Tally, texts: Collection[str] = ()) -> Verdict:
    """Whether the rule fires on this fact, and if not, why it stays quiet.

    `texts` are the fingerprints of what the rule has rewarded already, whoever wrote it.
    """
    if rule.where is not None and (false := first_false(rule.where, fact.values)):
        return _unmet(rule, false, fact.values)
    if tally.has_given(fact.object):
        return _quiet(rule, "verdict.object")
    if quiet := limited(rule, fact, tally, rule.points):
        return quiet
    if rule.limit.novelty and fact.values.get(MARK) in texts:
        return _quiet(rule, "verdict.novelty")
    return Verdict(rule=rule.id, fired=True, points=rule.points, is_shadow=rule.shadow is not None)


def first_false(condition: Condition, values: Mapping[str, Any]) -> Leaf | Not | None:
    """The part that makes the condition false; None where the condition holds."""
    # Plain type tests: this runs for every rule on every message, and `match` costs three times as much.
    if isinstance(condition, AllOf):
        return _first_false_of(condition.conditions, values)
    if isinstance(condition, Is):
        return None if values.get(condition.field) in condition.values else condition
    if isinstance(condition, Has):
        return None if set(condition.values) & set(values.get(condition.field, ())) else condition
    if isinstance(condition, Between):
        seen = values.get(condition.field)
        return None if _lies_between(seen, condition.at_least, condition.at_most) else condition
    if isinstance(condition, AnyOf):
        failed = [first_false(part, values) for part in condition.conditions]
        return None if None in failed else failed[0]
    return None if first_false(condition.condition, values) else condition


def _first_false_of(parts: tuple[Condition, ...], values: Mapping[str, Any]) -> Leaf | Not | None:
    for part in parts:
        if type(part) is Is:  # by far the most; a call for each would be a tenth of a message's cost
            if values.get(part.field) not in part.values:
                return part
        elif false := first_false(part, values):
            return false
    return None


def _unmet(rule: Rule, false: Leaf | Not, values: Mapping[str, Any]) -> Verdict:
    """The verdict on a condition that is not met: the field, what was seen, what the rule wants to see."""
    if isinstance(false, Not):
        field = _first_field(false)
        return _quiet(rule, "verdict.excluded", field=field, value=_shown(values.get(field)))
    seen = {"field": false.field, "value": _shown(values.get(false.field)), "wanted": _wanted(false)}
    return Verdict(rule=rule.id, fired=False, why="verdict.condition", values=seen, is_shadow=rule.shadow is not None)


@lru_cache(maxsize=4096)  # asked for on nearly every message, and always the same for a rule
def _wanted(leaf: Leaf) -> str | list[Any]:
    """A range as one text; of single values a list, each of them as it is shown."""
    if not isinstance(leaf, Between):
        return [_shown(value) for value in leaf.values]
    ends = [f"≥ {leaf.at_least:.15g}"] if leaf.at_least is not None else []
    return " ".join(ends + ([f"≤ {leaf.at_most:.15g}"] if leaf.at_most is not None else []))


def _first_field(condition: Condition) -> str:
    if isinstance(condition, Leaf):
        return condition.field
    if isinstance(condition, Not):
        return _first_field(condition.condition)
    return _first_field(condition.conditions[0])


def _lies_between(seen: Any, low: float | None, high: float | None) -> bool:
    return isinstance(seen, int | float) and (low is None or seen >= low) and (high is None or seen <= high)


def limited(rule: Rule, fact: Fact | LedgerEntry, tally: Tally, points: int) -> Verdict | None:
    """Which limit keeps a rule from giving so many points now, after all that the tally has; None where none does."""
    limit, today = rule.limit, fact.local_date
    if limit.once_per == "day" and tally.by_date.get(today):
        return _quiet(rule, "verdict.once_per_day")
    if limit.once_per == "week" and _this_week(fact, tally):
        return _quiet(rule, "verdict.once_per_week")
    if limit.once_per == "member" and tally.ever:
        return _quiet(rule, "verdict.once_per_member")
    if limit.points_per_day is not None and tally.points_by_date.get(today, 0) + points > limit.points_per_day:
        return _quiet(rule, "verdict.points_per_day", limit=limit.points_per_day)
    if limit.points_per_week is not None and _points_this_week(fact, tally) + points > limit.points_per_week:
        return _quiet(rule, "verdict.points_per_week", limit=limit.points_per_week)
    return _cooling(rule, fact, tally, limit)


def _cooling(rule: Rule, fact: Fact | LedgerEntry, tally: Tally, limit: Limit) -> Verdict | None:
    if limit.cool_down is None or tally.last_at is None or abs(fact.at - tally.last_at) >= limit.cool_down:
        return None
    return _quiet(rule, "verdict.cool_down", time=limit.cool_down)


def _this_week(fact: Fact | LedgerEntry, tally: Tally) -> bool:
    return any(times for day, times in tally.by_date.items() if _is_same_week(day, fact))


def _points_this_week(fact: Fact | LedgerEntry, tally: Tally) -> int:
    return sum(points for day, points in tally.points_by_date.items() if _is_same_week(day, fact))


def _is_same_week(day: date, fact: Fact | LedgerEntry) -> bool:
    """A fact may reach us late: days after its own count, too."""
    monday = fact.local_date - timedelta(days=fact.local_date.weekday())
    return monday <= day < monday + timedelta(days=7)


def _quiet(rule: Rule, why: str, **values: Any) -> Verdict:
    return Verdict(rule=rule.id, fired=False, why=why, values=values, is_shadow=rule.shadow is not None)


def _shown(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "–"
    return value if isinstance(value, _PLAIN) else str(value)
