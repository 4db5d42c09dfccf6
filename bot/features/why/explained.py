"""Why points came or did not come: a fact and its verdicts in a member's words."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from bot.domain.course import Course
from bot.domain.ids import ROLES
from bot.domain.messages import Text, Words
from bot.domain.rules import ANONYMOUS, Verdict
from bot.engine.messages import FACT
from rules.fold import RETRACTED
from rules.rituals import DAY_ENDED
from storage.boards import BOARDS, PERIODS

Knows = Callable[[str], bool]
"""Whether the catalogues have a text of this id."""


_FREQUENT = (FACT, "reaction.received", DAY_ENDED, RETRACTED)


def is_telling(row: Any) -> bool:
    """Whether there is more to say of a fact than that it was one of many which no rule speaks of."""
    quiet = ("verdict.condition", "verdict.excluded")
    return row.kind not in _FREQUENT or any(v.get("fired") or v.get("why") not in quiet for v in row.verdicts)


def explain(course: Course, row: Any, knows: Knows) -> Iterator[Words]:
    """One line for the fact, one for each rule that was considered; of an anonymous one, nobody reads what it was."""
    if row.values.get(ANONYMOUS):
        yield Text(id="fact.masked", values={"date": row.local_date})
        return
    at = row.at.astimezone(course.tzinfo)
    id = f"fact.{row.kind}" if knows(f"fact.{row.kind}") else "fact.other"
    yield Text(id=id, values={"at": at, "kind": row.kind, **_fields(course, row.values)})
    for verdict in msgspec.convert(row.verdicts, list[Verdict]):
        yield _line(course, verdict, knows)


def _line(course: Course, verdict: Verdict, knows: Knows) -> Text:
    rule = next((rule for rule in course.rules if rule.id == verdict.rule), None)
    title = rule.shown if rule else verdict.rule
    if verdict.is_shadow:
        id = "why.shadow" if verdict.points else "why.shadow_acted"
        return Text(id=id, values={"rule": title, "points": f"{verdict.points:+d}"})
    if verdict.fired:
        id = "why.fired" if verdict.points else "why.acted"
        return Text(id=id, values={"rule": title, "points": f"{verdict.points:+d}"})
    reason = Text(id=verdict.why, values={**verdict.values, **_named(verdict.values, knows)})
    return Text(id="why.quiet", values={"rule": title, "reason": reason})


def _named(values: Mapping[str, Any], knows: Knows) -> dict[str, Any]:
    """The condition's field and values in a member's words, where we have some."""
    if "field" not in values:
        return {}
    field = values["field"]
    label = Text(id=f"field.{field}") if knows(f"field.{field}") else field
    return {"field": label} | {key: _word(field, values[key]) for key in ("value", "wanted") if key in values}


def _word(field: str, value: Any) -> Any:
    if value in ("yes", "no"):
        return Text(id=f"word.{value}")
    if field in ("member.role", "from_role") and value in ROLES:
        return Text(id=f"role.{value}")
    return value


def _fields(course: Course, values: Mapping[str, Any]) -> dict[str, Any]:
    """The fact's own fields; levels and boards as members know them."""
    titles: dict[tuple[str, str], Any] = {("level", level.id): level.title for level in course.levels}
    titles |= {("board", board): Text(id=f"board.{board}") for board in BOARDS}
    titles |= {("period", period): Text(id=f"period.{period}") for period in PERIODS}
    return {name: titles.get((name, value), value) for name, value in values.items() if "." not in name}
