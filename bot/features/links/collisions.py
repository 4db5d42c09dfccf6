"""What two members have been given and one person could not have been. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from bot.domain.ids import RuleId
from bot.domain.rules import LedgerEntry, Rule
from storage.boards import week_of


def doubled(
    entries: Iterable[LedgerEntry], one_side: Collection[int], rules: Mapping[RuleId, Rule]
) -> Iterator[LedgerEntry]:
    """Of awards that stand, in the order in which they were given: those that the other side had before.

    The same rule for the same thing (a date, a level), or one more than `once_per` allows. What one side was given
    twice by itself stays.
    """
    given: dict[tuple[str, ...], set[bool]] = {}
    for entry in entries:
        side, keys = entry.member in one_side, list(_keys(entry, rules.get(entry.rule)))
        if any((not side) in given.get(key, ()) for key in keys):
            yield entry
            continue
        for key in keys:
            given.setdefault(key, set()).add(side)


def _keys(entry: LedgerEntry, rule: Rule | None) -> Iterator[tuple[str, ...]]:
    yield entry.rule, "object", entry.object
    match rule.limit.once_per if rule else None:
        case "member":
            yield entry.rule, "member"
        case "week":
            yield entry.rule, "week", week_of(entry.local_date)
        case "day":
            yield entry.rule, "day", entry.local_date.isoformat()
        case _:
            pass
