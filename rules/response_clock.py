"""The clock of an answer, which homework and questions share: its keys, and what of it does not go together."""

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.office_hours import Rest
from bot.domain.response import Rung, Shift
from rules.complaints import Complaints
from rules.coursebook import quiet_days_of
from rules.fields import WEEKDAYS, Account, PositiveDuration, TimeOfDay, Weekdays, as_tuple
from rules.nodes import Node, find
from rules.schema import CourseShape

_MOST_SHIFTS = 20  # of one day


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class NightsShape(_Shape):
    begins: TimeOfDay = Field(alias="from")
    until: TimeOfDay


class ShiftShape(_Shape):
    """Without times, all day; without one of them, from or to midnight."""

    who: Account
    begins: TimeOfDay | None = Field(default=None, alias="from")
    until: TimeOfDay | None = None


def _as_shift(value: object) -> object:
    """An account alone is on duty all day."""
    return value if isinstance(value, dict) else {"who": value}


_Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_Shift = Annotated[ShiftShape, BeforeValidator(_as_shift, json_schema_input_type=Account | ShiftShape)]
_Shifts = Annotated[tuple[_Shift, ...], Field(min_length=1, max_length=_MOST_SHIFTS)]
_OneOrMoreShifts = Annotated[_Shifts, BeforeValidator(as_tuple, json_schema_input_type=Account | ShiftShape | _Shifts)]


class ClockShape(_Shape):
    """What every clock says, with what is usual for homework."""

    within: PositiveDuration = timedelta(hours=24)
    warn_at: Annotated[int, Field(ge=1, le=99)] = 75
    nights: NightsShape | None = None
    rests_on: Weekdays = frozenset()
    quiet_days: bool = False
    ladder: Annotated[tuple[Rung, ...], Field(min_length=1)] = ("on_duty", "assistants", "admins")
    step: PositiveDuration = timedelta(hours=4)
    claim_for: PositiveDuration = timedelta(hours=2)
    duty: dict[_Weekday, _OneOrMoreShifts] = {}


def clock_of(shape: ClockShape, node: Node, complaints: Complaints, course: CourseShape | None) -> dict[str, Any]:
    """The keys of a `ResponseClock`. With complaints, they count for nothing."""
    rest = _rest(shape, course)
    _check_rest(shape, rest, node, complaints)
    _check_ladder(shape, node, complaints)
    _check_shifts(shape, node, complaints)
    return {
        "within": shape.within,
        "warn_at": shape.warn_at,
        "rest": rest,
        "ladder": shape.ladder,
        "step": shape.step,
        "claim_for": shape.claim_for,
        "duty": _duty(shape),
    }


def _rest(shape: ClockShape, course: CourseShape | None) -> Rest:
    quiet = quiet_days_of(course) if course and shape.quiet_days else None
    return Rest(
        nights=(shape.nights.begins, shape.nights.until) if shape.nights else None,
        weekdays=shape.rests_on | (quiet.weekdays if quiet else frozenset()),
        dates=quiet.dates if quiet else frozenset(),
    )


def _duty(shape: ClockShape) -> Mapping[int, tuple[Shift, ...]]:
    return {WEEKDAYS.index(weekday): tuple(map(_shift, shifts)) for weekday, shifts in shape.duty.items()}


def _shift(shape: ShiftShape) -> Shift:
    return Shift(account=shape.who, begins=shape.begins, ends=shape.until)


def _check_rest(shape: ClockShape, rest: Rest, node: Node, complaints: Complaints) -> None:
    """A clock that always stands never runs out."""
    if shape.nights and shape.nights.begins == shape.nights.until:
        complaints.add(find(node, ("nights", "until")).node, "problem.same_time")
    if len(rest.weekdays) == len(WEEKDAYS):
        asked = "rests_on" if shape.rests_on else "quiet_days"
        complaints.add(find(node, (asked,)).node, "problem.never_due")


def _check_ladder(shape: ClockShape, node: Node, complaints: Complaints) -> None:
    for number, rung in enumerate(shape.ladder):
        if rung in shape.ladder[:number]:
            at = find(node, ("ladder", number)).node
            complaints.add(at, "problem.twice", name="ladder", value=rung)


def _check_shifts(shape: ClockShape, node: Node, complaints: Complaints) -> None:
    """No time at all is a slip: somebody who is on duty all day needs no times."""
    for weekday, shifts in shape.duty.items():
        for number, shift in enumerate(shifts):
            if shift.until is not None and (shift.begins or time()) == shift.until:
                at = find(node, ("duty", weekday, number, "until")).node
                complaints.add(at, "problem.same_time")
