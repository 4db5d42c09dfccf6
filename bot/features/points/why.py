"""Why points came or did not come: a fact and its verdicts in a member's words."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.course import Course
from bot.domain.messages import Text, Words

_KNOWN = frozenset(
    {"checkin.done", "streak.reached", "message.posted", "share.posted", "member.joined", "points.granted"}
)


def explain(course: Course, row: Any) -> Iterator[Words]:
    """One line for the fact, one for each rule that was considered."""
    at = row.at.astimezone(course.tzinfo)
    id = f"fact.{row.kind}" if row.kind in _KNOWN else "fact.other"
    yield Text(id=id, values={"at": at, "kind": row.kind, **_fields(row.values)})
    for verdict in row.verdicts:
        yield _line(course, verdict)


def _line(course: Course, verdict: Mapping[str, Any]) -> Text:
    rule = next((rule for rule in course.rules if rule.id == verdict["rule"]), None)
    title = rule.shown if rule else verdict["rule"]
    if verdict["fired"]:
        id = "why.fired" if verdict["points"] else "why.acted"
        return Text(id=id, values={"rule": title, "points": f"{verdict['points']:+d}"})
    reason = Text(id=verdict["why"], values=dict(verdict["values"]))
    return Text(id="why.quiet", values={"rule": title, "reason": reason})


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if "." not in name}
