"""What a course may say of its live sessions, and the steps of one."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from bot.domain.course import Course
from bot.domain.rituals import Step
from rules.fields import CourseText, Duration, PositiveDuration, mistake

ANNOUNCE, AGENDA, OPEN, CLOSE, REPORT = 0, 1, 2, 3, 4
"""The steps of a session."""

STEPS = 5

GRACE = timedelta(minutes=15)
"""How long after the end attendance may still be marked."""

_LINK = r'https?://[^\s<>"]{1,500}'
_NEVER = timedelta(0)


def _link(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_LINK, value):
        raise mistake("problem.not_a_link")
    return value


_Link = Annotated[str, PlainValidator(_link), WithJsonSchema({"type": "string", "pattern": f"^{_LINK}$"})]


class LiveOptions(BaseModel):
    """How long before the session it is announced and its questions are listed, how long it lasts, what and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    announce_before: Duration = timedelta(days=1)
    agenda_before: Duration = Field(default="1h", validate_default=True)  # to be compared even where it is not said
    lasts: PositiveDuration = timedelta(hours=1)
    topic: CourseText | None = None
    link: _Link | None = None

    @field_validator("agenda_before")
    @classmethod
    def _comes_after_the_announcement(cls, value: timedelta, info: ValidationInfo) -> timedelta:
        announced = info.data.get("announce_before", _NEVER)
        if announced and value >= announced:
            raise mistake("problem.agenda_too_early")
        return value


def steps_of(options: LiveOptions) -> tuple[Step | None, ...]:
    """The steps of a session, in the order of their numbers."""
    return (
        _before(options.announce_before),
        _before(options.agenda_before),
        Step(),
        Step(after=options.lasts, is_needed=True),
        Step(after=options.lasts + GRACE, is_needed=True),
    )


def _before(length: timedelta) -> Step | None:
    return Step(after=-length) if length else None


def options_of(course: Course, ritual: str | None) -> LiveOptions:
    """What a ritual says; what is usual where it is gone."""
    found = course.ritual(ritual) if ritual else None
    return found.options if found and isinstance(found.options, LiveOptions) else LiveOptions()
