"""What rituals should post and the calendar lacks; what the calendar holds and no ritual posts."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import get_args

from bot.domain.course import Day
from bot.domain.errors import Problem
from bot.domain.messages import Text
from bot.planning.places import Places
from bot.planning.plan import Act, Plan
from rules.vocabulary import CalendarPart

PARTS: tuple[CalendarPart, ...] = get_args(CalendarPart)


def gaps(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    """One warning for several times in a row that have nothing to post."""
    for part in PARTS:
        rituals: dict[date, list[str]] = {}
        lacking: set[date] = set()
        for act in acts:
            if act.needs == part and not act.is_skipped and plan.course.is_on(act.local_date):
                rituals.setdefault(act.local_date, []).append(act.ritual.id)
                lacking |= {act.local_date} if plan.lacks(act) else set()
        for is_gap, run in groupby(sorted(rituals), key=lacking.__contains__):
            if is_gap:
                days = [*run]
                names = [*dict.fromkeys(name for day in days for name in rituals[day])]
                yield _gap(plan, part, days, names, places)


def _gap(plan: Plan, part: CalendarPart, days: Sequence[date], rituals: Sequence[str], places: Places) -> Problem:
    first, last = (plan.course.day_number(day) for day in (days[0], days[-1]))
    what, times = _name(part), len(days)
    if first == last:
        return places.about_day(first, "plan.gap", day=first, what=what, rituals=rituals)
    return places.about_day(first, "plan.gaps", first=first, last=last, what=what, rituals=rituals, times=times)


def unposted(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    """What the calendar holds for nobody. One warning for several days in a row, as the calendar has them."""
    for part in PARTS:
        days = [day for day in plan.course.days if getattr(day, part) is not None]
        if not days:
            continue
        if not any(part in plan.takes(ritual) for ritual in plan.rituals):
            actions = plan.actions_that_take(part)
            yield places.about_day(days[0].number, "plan.never_posted", part=part, what=_name(part), actions=actions)
            continue
        posted = {plan.course.day_number(act.local_date) for act in acts if part in act.takes and not act.is_skipped}
        for (is_posted, is_quiet), run in groupby(days, key=lambda day: _fate(plan, day, posted)):
            if not is_posted:
                yield _unposted(part, [*run], places, is_quiet=is_quiet)


def _fate(plan: Plan, day: Day, posted: set[int]) -> tuple[bool, bool]:
    return day.number in posted, plan.course.is_quiet(plan.date_of(day.number))


def _unposted(part: CalendarPart, days: Sequence[Day], places: Places, *, is_quiet: bool) -> Problem:
    first, last = days[0].number, days[-1].number
    if first == last:
        id = "plan.quiet_day" if is_quiet else "plan.unposted_day"
        return places.about_day(first, id, part=part, day=first, what=_name(part))
    id = "plan.quiet_days" if is_quiet else "plan.unposted_days"
    return places.about_day(first, id, part=part, first=first, last=last, what=_name(part))


def _name(part: CalendarPart) -> Text:
    return Text(id=f"part.{part}")
