"""Rituals that are in each other's way in one space."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.errors import Problem
from bot.domain.ids import RitualId
from bot.planning.places import Places
from bot.planning.plan import Act, Plan


class _Opening(NamedTuple):
    """A ritual that begins in a space, and until when it goes on there."""

    act: Act
    ends_at: datetime | None  # None: it is no session


def clashes(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    """Each pair of rituals once, with the first time, where the later one of them stands."""
    told: set[frozenset[RitualId]] = set()
    for earlier, later in _meetings(plan, acts):
        pair = frozenset((earlier.ritual.id, later.ritual.id))
        if pair not in told:
            told.add(pair)
            id = "plan.same_minute" if earlier.due_at == later.due_at else "plan.overlap"
            at, space = later.due_at.astimezone(plan.course.tzinfo), later.occurrence.space
            yield places.about_ritual(later.ritual.id, id, other=earlier.ritual.id, space=space, at=at)


def _meetings(plan: Plan, acts: Sequence[Act]) -> Iterator[tuple[Act, Act]]:
    """In the order of time; of two at the same minute, that which stands first in the file comes first."""
    places_in_file = {ritual.id: number for number, ritual in enumerate(plan.rituals)}
    going_on: dict[str, list[_Opening]] = {}
    acting = [act for act in acts if act.is_opening and not act.is_skipped and not plan.is_aside(act.ritual)]
    for act in sorted(acting, key=lambda act: (act.due_at, places_in_file[act.ritual.id])):
        length = plan.lasts(act.ritual)
        here = _Opening(act, act.due_at + length if length else None)
        others = [one for one in going_on.get(act.occurrence.space, ()) if _goes_on(one, act.due_at)]
        for other in others:
            if other.act.due_at == act.due_at or (other.ends_at and here.ends_at):
                yield other.act, act
        going_on[act.occurrence.space] = [*others, here]


def _goes_on(opening: _Opening, at: datetime) -> bool:
    return opening.act.due_at == at or (opening.ends_at is not None and opening.ends_at > at)
