"""The shapes of the course files. What needs the vocabulary (`where`, `then`, options, sections) is read elsewhere."""

from datetime import time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.domain.ids import Role
from bot.domain.places import SpaceKind
from bot.domain.rituals import AnchorKind, CatchUp, OnQuietDays
from bot.domain.rules import Category, Per
from rules.fields import (
    Account,
    CalendarDate,
    Chat,
    CourseDays,
    CourseLanguage,
    CourseText,
    CronLine,
    Duration,
    MonthDays,
    PersonId,
    Slug,
    TimeOfDay,
    Weekdays,
    Words,
    Zone,
    as_tuple,
)

Count = Annotated[int, Field(ge=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class SpaceShape(_Shape):
    id: Slug
    kind: SpaceKind
    telegram: Chat | None = None
    discord: Chat | None = None
    local: Words | None = None


class StaffShape(_Shape):
    admins: tuple[Account, ...] = ()
    assistants: tuple[Account, ...] = ()


class QuietRange(_Shape):
    starts: CalendarDate
    ends: CalendarDate


_QuietDates = Annotated[tuple[CalendarDate | QuietRange, ...], Field(max_length=100)]


class QuietDaysShape(_Shape):
    weekdays: Weekdays = frozenset()
    dates: _QuietDates = ()


class CourseShape(_Shape):
    """course.yaml without the sections of features."""

    title: CourseText
    language: CourseLanguage
    time_zone: Zone
    starts: CalendarDate
    ends: CalendarDate
    spaces: tuple[SpaceShape, ...]
    staff: StaffShape = StaffShape()
    quiet_days: QuietDaysShape = QuietDaysShape()


class MomentShape(_Shape):
    """A lesson or a deadline."""

    at: TimeOfDay
    title: CourseText | None = None


def _as_moment(value: object) -> object:
    return {"at": value} if isinstance(value, str) else value


_Moment = Annotated[MomentShape, BeforeValidator(_as_moment, json_schema_input_type=TimeOfDay | MomentShape)]


class DayShape(_Shape):
    day: Count
    title: CourseText
    task: CourseText
    material: CourseText | None = None
    sharing: CourseText | None = None
    reminder: CourseText | None = None
    lesson: _Moment | None = None
    deadline: _Moment | None = None


class CalendarShape(_Shape):
    days: tuple[DayShape, ...] = ()


class LimitShape(_Shape):
    once_per: Per | None = None
    points_per_day: Count | None = None
    points_per_week: Count | None = None
    cool_down: Duration | None = None
    novelty: bool = False


class RuleShape(_Shape):
    """A rule without `where` and `then`."""

    title: CourseText | None = None
    when: Words
    limit: LimitShape = LimitShape()
    counts_as: Category = "activity"
    shadow: Duration | None = None


_Threshold = Annotated[int, Field(ge=0, le=1_000_000)]


class LevelShape(_Shape):
    title: CourseText
    activity: _Threshold = 0
    contribution: _Threshold = 0


class BadgeShape(_Shape):
    title: CourseText
    icon: Annotated[Words, Field(max_length=8)] | None = None


class TitleShape(BadgeShape):
    lasts: Duration | None = None  # None: until it is said otherwise where it is given


class GivenShape(_Shape):
    """A fact that a test gives, without its kind and its fields."""

    day: Annotated[int, Field(ge=1, le=400)] = 1
    at: TimeOfDay = time(9)
    times: Count = 1
    every: Duration = timedelta(0)
    text: str | None = None  # None: one that nobody has written before
    member: Words = "student"
    object: Words | None = None  # None: one of its own
    retract: bool = False


class RitualShape(_Shape):
    """A ritual without the options of its action. Exactly one of the first six keys says when."""

    every: Weekdays | None = None
    monthly: MonthDays | None = None
    on_day: CourseDays | None = None
    before: AnchorKind | None = None
    after: AnchorKind | None = None
    cron: CronLine | None = None
    at: TimeOfDay | None = None
    by: Duration = timedelta(0)
    time_zone: Zone | None = None  # None: the course's
    starts: CalendarDate | None = None
    ends: CalendarDate | None = None
    spaces: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None  # None: the main space
    on_quiet_days: OnQuietDays = "skip"
    late_within: Duration = timedelta(hours=2)
    catch_up: CatchUp = "late_within"
    do: Words


class PersonShape(_Shape):
    id: PersonId
    name: Words
    role: Role


class ClassmateShape(_Shape):
    id: PersonId
    name: Words


_Days = Annotated[tuple[Count, ...], Field(min_length=1)]


class LineShape(_Shape):
    day: Annotated[_Days, BeforeValidator(as_tuple, json_schema_input_type=Count | _Days)]
    at: TimeOfDay
    who: Words
    says: Words
    replies_to: Words | None = None


class DemoShape(_Shape):
    people: tuple[PersonShape, ...] = ()
    classmates: tuple[ClassmateShape, ...] = ()
    script: tuple[LineShape, ...] = ()
