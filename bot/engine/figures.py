"""What can be counted of a course, as features offer it to reports: `@feature.offer("figures")`."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func

from bot.domain.messages import Text


class Stretch(NamedTuple):
    """Some local dates, both included."""

    first: date
    last: date


class Figure(NamedTuple):
    """What is counted, and how many there were of it in each stretch.

    An offer is asked with the course and the stretches; it counts what students did.
    """

    label: Text
    counts: Sequence[int]


def overlap(day: ColumnElement[date], stretches: Sequence[Stretch]) -> ColumnElement[bool]:
    """Whether the day may lie in any of the stretches: for a WHERE that an index helps."""
    return day.between(min(one.first for one in stretches), max(one.last for one in stretches))


def counts_in(
    day: ColumnElement[date], stretches: Sequence[Stretch], distinct: ColumnElement[Any] | None = None
) -> list[ColumnElement[int]]:
    """A column for each stretch: how many rows lie in it, or how many different values are there."""
    if distinct is None:
        return [func.count(case((day.between(*one), 1))) for one in stretches]
    return [func.count(case((day.between(*one), distinct)).distinct()) for one in stretches]


def sums_in(
    day: ColumnElement[date], stretches: Sequence[Stretch], number: ColumnElement[int]
) -> list[ColumnElement[int]]:
    """A column for each stretch: the sum of a number in it."""
    return [func.coalesce(func.sum(case((day.between(*one), number), else_=0)), 0) for one in stretches]
