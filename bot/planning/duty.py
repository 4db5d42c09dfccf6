"""Rotas that leave a day to everybody, or name somebody who is none of the staff."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.errors import Problem
from bot.domain.messages import Text
from bot.domain.response import ResponseClock
from bot.planning.places import Places
from bot.planning.plan import Act, Plan
from rules.fields import WEEKDAYS


class _Rota(NamedTuple):
    """The rota of a clock, and where it stands."""

    clock: ResponseClock
    file: str
    path: tuple[str, ...]


def duty_gaps(plan: Plan, acts: Sequence[Act], places: Places) -> Iterator[Problem]:
    course = plan.course
    rotas = (
        _Rota(course.book.grading, "homework.yaml", ("grading", "duty")),
        _Rota(course.answering, "questions.yaml", ("duty",)),
    )
    for rota in rotas:
        yield from _unnamed(rota, places)
        yield from _strangers(rota, course, places)


def _unnamed(rota: _Rota, places: Places) -> Iterator[Problem]:
    """On days that count. A course without a rota has left it to everybody on purpose."""
    count = [day for day in range(len(WEEKDAYS)) if day not in rota.clock.rest.weekdays]
    days = [Text(id=f"weekday.{WEEKDAYS[day]}") for day in count if day not in rota.clock.duty]
    if rota.clock.duty and days:
        yield places.about(rota.file, rota.path, "plan.nobody_on_duty", days=days)


def _strangers(rota: _Rota, course: Course, places: Places) -> Iterator[Problem]:
    """Each account once, where it stands first."""
    told = {*course.admins, *course.assistants}
    for day, shifts in rota.clock.duty.items():
        for number, shift in enumerate(shifts):
            if shift.account not in told:
                told.add(shift.account)
                path: tuple[str | int, ...] = (*rota.path, WEEKDAYS[day], number, "who")
                yield places.about(rota.file, path, "plan.stranger_on_duty", account=shift.account)
