"""What two members have been given and one person could not have been. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from bot.domain.ids import RuleId
from bot.domain.rules import LedgerEntry, Rule, Tally
from rules.fold import count
from rules.judge import first_false, limited

Between = Mapping[tuple[str, str], Mapping[str, Any] | None]
"""Facts by kind and object, and what their values were if both sides had been one person; None: no such fact."""

_NONE: Between = {}
_ONCE = frozenset({"checkin.done"})
"""Facts that a person has but once of an object, here a date: whatever the rules that both sides' were judged by."""


def doubled(
    entries: Iterable[LedgerEntry],
    one_side: Collection[int],
    rules: Mapping[RuleId, Rule],
    between: Between = _NONE,
) -> Iterator[LedgerEntry]:
    """Of awards that stand, in the order in which they were given: those that the other side leaves no room for.

    The same rule for the same thing (a date, a level), or what the rule's limits allow one person no more; a check-in
    of a date that the other side has had one of; and what follows from a fact between the two. What one side was given
    too much by itself stays.
    """
    whole: defaultdict[RuleId, Tally] = defaultdict(Tally)
    sides: defaultdict[tuple[RuleId, bool], Tally] = defaultdict(Tally)
    had_by: dict[tuple[str, str], bool] = {}
    for entry in entries:
        side = entry.member in one_side
        united, own = whole[entry.rule], sides[entry.rule, side]
        is_had = entry.fact in _ONCE and had_by.setdefault((entry.fact, entry.object), side) is not side
        if (
            is_had
            or _is_to_oneself(entry, between, rules)
            or (_is_refused(entry, united, rules) and not _is_refused(entry, own, rules))
        ):
            yield entry
        else:
            count(united, entry)
            count(own, entry)


def _is_to_oneself(entry: LedgerEntry, between: Between, rules: Mapping[RuleId, Rule]) -> bool:
    """Whether it would not have been given if the fact had been one of a single person."""
    if (entry.fact, entry.object) not in between:
        return False
    values, rule = between[entry.fact, entry.object], rules.get(entry.rule)
    return values is None or (rule is not None and not _holds(rule, values))


def _holds(rule: Rule, values: Mapping[str, Any]) -> bool:
    return rule.where is None or first_false(rule.where, values) is None


def _is_refused(entry: LedgerEntry, tally: Tally, rules: Mapping[RuleId, Rule]) -> bool:
    rule = rules.get(entry.rule)
    if tally.has_given(entry.object):
        return True
    return rule is not None and limited(rule, entry, tally, entry.points) is not None
