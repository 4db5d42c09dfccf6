"""Rituals that never take place, or only where nobody is."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.errors import Problem
from bot.domain.rituals import AnchorKind, Around, Ritual
from bot.planning.places import Places
from bot.planning.plan import Act, Plan

_NO_ANCHOR: Mapping[AnchorKind, str] = {"lesson": "plan.no_lesson", "deadline": "plan.no_deadline"}


def idle(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    planned = {act.ritual.id for act in acts if act.is_opening}
    done = {act.ritual.id for act in acts if act.is_opening and not act.is_skipped}
    for ritual in plan.rituals:
        dates = {"first": ritual.first.isoformat(), "last": ritual.last.isoformat()}  # a slip may be in the year
        if ritual.id not in planned:
            id = _NO_ANCHOR[ritual.when.kind] if isinstance(ritual.when, Around) else "plan.never"
            yield places.about_ritual(ritual.id, id, **dates)
        elif ritual.id not in done:
            yield places.about_ritual(ritual.id, "plan.only_quiet")
        elif not _is_in_course(plan, ritual):
            yield places.about_ritual(ritual.id, "plan.outside", **dates)


def _is_in_course(plan: Plan, ritual: Ritual) -> bool:
    """Those who have finished are still there after the course."""
    kinds = {space.id: space.kind for space in plan.course.spaces}
    is_for_alumni = all(kinds[space] == "alumni" for space in ritual.spaces)
    return is_for_alumni or (ritual.first <= plan.course.ends and ritual.last >= plan.course.starts)
