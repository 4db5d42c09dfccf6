"""What two members have been given and one person could not have been. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.domain.ids import RuleId
from bot.domain.rules import LedgerEntry, Rule, Tally
from rules.fold import count
from rules.judge import limited

Given = tuple[str, str]
"""A kind of fact and its object."""


def doubled(
    entries: Iterable[LedgerEntry],
    one_side: Collection[int],
    rules: Mapping[RuleId, Rule],
    to_oneself: Collection[Given] = (),
) -> Iterator[LedgerEntry]:
    """Of awards that stand, in the order in which they were given: those that the other side leaves no room for.

    The same rule for the same thing (a date, a level), or what the rule's limits allow one person no more; and what
    follows from a fact between the two (`to_oneself`). What one side was given too much by itself stays.
    """
    whole: defaultdict[RuleId, Tally] = defaultdict(Tally)
    sides: defaultdict[tuple[RuleId, bool], Tally] = defaultdict(Tally)
    for entry in entries:
        united, own = whole[entry.rule], sides[entry.rule, entry.member in one_side]
        is_between = (entry.fact, entry.object) in to_oneself
        if is_between or (_is_refused(entry, united, rules) and not _is_refused(entry, own, rules)):
            yield entry
        else:
            count(united, entry)
            count(own, entry)


def _is_refused(entry: LedgerEntry, tally: Tally, rules: Mapping[RuleId, Rule]) -> bool:
    rule = rules.get(entry.rule)
    if tally.has_given(entry.object):
        return True
    return rule is not None and limited(rule, entry, tally, entry.points) is not None
