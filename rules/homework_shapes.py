"""The shapes of homework.yaml: its two sections, and one homework."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.homework import LONGEST, TAKEN, Taken, Tier
from rules.fields import (
    CourseDay,
    CourseText,
    Duration,
    PersonId,
    PositiveDuration,
    Slug,
    TimeOfDay,
    Words,
    as_tuple,
    mistake,
    unknown_mistake,
)
from rules.response_clock import ClockShape

MAX_TEXT = LONGEST
"""Characters that anybody hands in at once."""

_Percent = Annotated[int, Field(ge=0, le=100)]
_UpTo100 = Annotated[int, Field(ge=1, le=100)]
_ManyWords = Annotated[tuple[Words, ...], Field(min_length=1, max_length=20)]
_OneOrMoreWords = Annotated[_ManyWords, BeforeValidator(as_tuple, json_schema_input_type=Words | _ManyWords)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


# --- the two sections -------------------------------------------------------------------------------------------------


class GradingShape(ClockShape):
    revise_within: PositiveDuration = timedelta(days=2)
    alike_from: _UpTo100 = 60


class ExtensionsShape(_Shape):
    tokens: Annotated[int, Field(ge=0, le=100)] = 0
    each: PositiveDuration = timedelta(hours=24)


# --- one homework -----------------------------------------------------------------------------------------------------


class LocalTimeShape(_Shape):
    """A time of a day of the course."""

    day: CourseDay
    at: TimeOfDay


class LateShape(_Shape):
    accepted_for: PositiveDuration | None = None
    loses: _Percent = 0
    per: PositiveDuration = timedelta(days=1)
    at_most: _UpTo100 = 100


def _as_late(value: object) -> object:
    """`refused` becomes nothing, `accepted` a policy that takes nothing away."""
    if value is None:
        raise mistake("problem.empty")
    if not isinstance(value, str):
        return value
    if value not in ("accepted", "refused"):
        raise unknown_mistake(value, ("accepted", "refused"))
    return {} if value == "accepted" else None


def _as_attempts(value: object) -> object:
    """`any` is no number: as many as one likes."""
    if value is None:
        raise mistake("problem.empty")
    if isinstance(value, str) and value != "any":
        raise unknown_mistake(value, ("any", "1"))
    return None if value == "any" else value


_Attempts = Annotated[int, Field(ge=1, le=100)]
_Late = Annotated[
    LateShape | None, BeforeValidator(_as_late, json_schema_input_type=Literal["accepted", "refused"] | LateShape)
]
_AttemptsOrAny = Annotated[
    _Attempts | None, BeforeValidator(_as_attempts, json_schema_input_type=Literal["any"] | _Attempts)
]
_Option = Annotated[int, Field(ge=1, le=8)]
_Options = Annotated[tuple[_Option, ...], Field(min_length=1)]
_TwoToEight = Annotated[tuple[CourseText, ...], Field(min_length=2, max_length=8)]


class QuestionShape(_Shape):
    """One of `options`, `fill` and `order` says how it is answered."""

    ask: CourseText
    options: _TwoToEight | None = None
    right: Annotated[_Options, BeforeValidator(as_tuple, json_schema_input_type=_Option | _Options)] | None = None
    fill: _OneOrMoreWords | None = None
    order: _TwoToEight | None = None
    because: CourseText | None = None
    covers: Words | None = None
    points: _UpTo100 = 1
    id: Slug | None = None


class CriterionShape(_Shape):
    title: CourseText
    points: Annotated[int, Field(ge=1, le=1000)]
    problems: Annotated[dict[PersonId, CourseText], Field(max_length=8)] = {}


class LengthShape(_Shape):
    at_least: Annotated[int, Field(ge=0, le=MAX_TEXT)] = 0
    at_most: Annotated[int, Field(ge=1, le=MAX_TEXT)] = MAX_TEXT


class AudienceShape(_Shape):
    levels: _OneOrMoreWords = ()
    tags: _OneOrMoreWords = ()
    groups: _OneOrMoreWords = ()


class TeamShape(_Shape):
    size: Annotated[int, Field(ge=2, le=10)]


class HomeworkShape(_Shape):
    """One homework as it is written; what goes with what is looked at elsewhere."""

    title: CourseText
    tier: Tier
    about: CourseText | None = None
    lesson: CourseDay | None = None
    covers: _OneOrMoreWords = ()
    opens: LocalTimeShape
    due: LocalTimeShape
    grace: Duration = timedelta(0)
    late: _Late = None
    attempts: _AttemptsOrAny = 1
    questions: Annotated[tuple[QuestionShape, ...], Field(min_length=1, max_length=50)] = ()
    accepts: Annotated[tuple[Taken, ...], Field(min_length=1)] = TAKEN
    max_files: Annotated[int, Field(ge=0, le=10)] = 10
    template: CourseText | None = None
    headings: _OneOrMoreWords = ()
    length: LengthShape = LengthShape()
    rubric: Annotated[dict[PersonId, CriterionShape], Field(min_length=1, max_length=12)] = {}
    audience: AudienceShape = AudienceShape()
    team: TeamShape | None = None
