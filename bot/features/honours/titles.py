"""Titles: how a rule names one, and when it ends. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from bot.domain.course import Course
from rules.fields import CalendarDate, Duration, mistake

_WEEK = timedelta(days=7)


class GivenTitle(BaseModel):
    """`title: active_star`, or `title: {name: active_star, lasts: 3d}`, or with `until: 2027-04-01`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
    name: str
    lasts: Duration | None = None
    until: CalendarDate | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if not isinstance(value, dict):
            raise mistake("problem.not_text")
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


def ends_at(course: Course, given: GivenTitle, at: datetime) -> datetime:
    """What the rule says goes before what the title says; a date is included."""
    if given.until:
        midnight = datetime.combine(given.until + timedelta(days=1), time(), course.tzinfo)
        return midnight.astimezone(UTC)
    return at + (given.lasts or course.titles[given.name].lasts or _WEEK)


def last_day(course: Course, until: datetime) -> date:
    """The last local date on which a title that ends then is held."""
    return course.date_at(until - timedelta(microseconds=1))
