"""What must have come of all that was said: counted from the record of the platforms' servers, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bench.crash.course import POINTS
from bench.crash.values import ROOMS, Effects, Said

Key = Hashable
_CHECKS_IN = ("word", "command", "button")
_WRITTEN = ("talk", "thought", "word", "homework", "question")
BY_OBJECT = ("thoughtful", "ask")
"""Rules that reward somebody more than once."""
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Of one kind: how often each thing must be there, and how often at the most (where nothing is said: as often)."""

    said: int
    least: Counter[Key]
    most: Counter[Key] = field(default_factory=Counter)

    def against(self, kind: str, found: Mapping[Any, int]) -> Effects:
        """Lost: of what must be there. Doubled: beyond what can be there at all."""
        there: Counter[Key] = Counter(dict(found))
        return Effects(
            kind=kind,
            said=self.said,
            effects=there.total(),
            lost=(self.least - there).total(),
            doubled=(there - (self.least | self.most)).total(),
        )


def wanted(said: Sequence[Said], *, keeps_every_edit: bool) -> dict[str, Wanted]:
    """By kind of effect; `kept.effects` has the same kinds."""
    by_way = {f"check-in by {way}": _once(said, [way], lambda one: one.who) for way in _CHECKS_IN}
    return {
        "message": _messages(said),
        **by_way,
        "homework": _versions(said, keeps_every_edit=keeps_every_edit),
        "edit": _once([one for one in said if one.versions > 1], ["homework"], lambda one: (one.object, one.words)),
        "question": _once(said, ["question"], lambda one: one.object),
        "thanks": _once(said, ["thanks"], lambda one: (one.who, one.taker)),
        "points": _points(said),
        "answer to /points": _once(said, ["points"], lambda one: one.cause),
        "order": _orders(said),
    }


def minutes(since: datetime, until: datetime, zone: str) -> list[str]:
    """The times of day, as posts show them, of every minute that began after the first moment, up to the last."""
    first = since.replace(second=0, microsecond=0) + _MINUTE
    count = max(0, (until - first) // _MINUTE + 1)
    return [f"{(first + number * _MINUTE).astimezone(ZoneInfo(zone)):%H:%M}" for number in range(count)]


def rituals(surely: Iterable[str], perhaps: Iterable[str]) -> Wanted:
    """A post in each room for each of these times of day."""
    least = Counter[Key]((room, time) for time in surely for room in ROOMS)
    return Wanted(said=least.total(), least=least, most=Counter((room, time) for time in perhaps for room in ROOMS))


def _once(said: Sequence[Said], kinds: Sequence[str], key: object) -> Wanted:
    assert callable(key)
    mine = [one for one in said if one.kind in kinds]
    return Wanted(
        said=len(mine),
        least=Counter(key(one) for one in mine if one.is_heard()),
        most=Counter(key(one) for one in mine),
    )


def _messages(said: Sequence[Said]) -> Wanted:
    """Every plain message is a fact once; what is also something else may be one too."""
    written = [one for one in said if one.kind in _WRITTEN]
    plain = [one.object for one in written if one.kind in ("talk", "thought")]
    return Wanted(said=len(plain), least=Counter(plain), most=Counter({one.object for one in written}))


def _versions(said: Sequence[Said], *, keeps_every_edit: bool) -> Wanted:
    essays = [one for one in said if one.kind == "homework"]
    most = Counter[Key]({one.object: one.versions for one in essays})
    least = most if keeps_every_edit else Counter[Key](one.object for one in essays)
    return Wanted(said=len(essays), least=least, most=most)


def _points(said: Sequence[Said]) -> Wanted:
    """By member, rule and thing: what one earns does not make up for another. The rest is done once by each."""
    least, most = Counter[Key](), Counter[Key]()
    for one in said:
        for rule in _earns(one):
            thing = (one.who, rule, one.object if rule in BY_OBJECT else "")
            most[thing] += POINTS[rule]
            least[thing] += POINTS[rule] if one.is_heard() else 0
    return Wanted(said=most.total(), least=least, most=most)


def _earns(one: Said) -> list[str]:
    rules = {"thought": "thoughtful", "homework": "hand_in", "question": "ask", "thanks": "thank"}
    if one.kind in _CHECKS_IN:
        return ["check_in"]
    return [rules[one.kind]] if one.kind in rules else []


def _orders(said: Sequence[Said]) -> Wanted:
    """A post in each room for each order."""
    orders = [one for one in said if one.kind == "run"]
    heard = [one for one in orders if one.is_heard()]
    return Wanted(
        said=len(orders),
        least=Counter((room, one.cause) for one in heard for room in ROOMS),
        most=Counter((room, one.cause) for one in orders for room in ROOMS),
    )
