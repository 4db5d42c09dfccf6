"""Rituals: the scheduled acts of a course, when they are due, and their occurrences."""

from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from bot.domain.ids import CourseId, RitualId, SpaceId
from bot.domain.messages import Localised

AnchorKind = Literal["lesson", "deadline"]
CatchUp = Literal["late_within", "latest", "all"]
"""What is done about what was missed: what is not too late; the newest; everything."""
OnQuietDays = Literal["skip", "run", "postpone"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One act of a ritual, such as the close of a session."""

    after: timedelta = timedelta(0)  # the time of the ritual; negative: before it
    is_needed: bool = False  # done however late, because of what came before it
    keeps_record: bool = False  # too late to be said, it is still recorded: what was done meanwhile counts


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of the calendar that rituals may stand before or after; in the course's zone."""

    kind: AnchorKind
    date: date
    at: time
    title: Localised | None = None


class NthWeekday(msgspec.Struct, frozen=True):
    """The first Monday of a month is (1, 0); the last one (-1, 0)."""

    nth: int
    weekday: int  # 0 is Monday


class OnWeekdays(msgspec.Struct, frozen=True, tag=True):
    weekdays: frozenset[int]  # 0 is Monday


class OnMonthDays(msgspec.Struct, frozen=True, tag=True):
    """-1 is the last day; so are 29 to 31 in a month that is too short for them."""

    days: frozenset[int | NthWeekday]


class OnCourseDays(msgspec.Struct, frozen=True, tag=True):
    numbers: frozenset[int]  # 1 is the course's first date


class Around(msgspec.Struct, frozen=True, tag=True):
    """Before or after each lesson, or each deadline."""

    kind: AnchorKind
    by: timedelta  # negative: before


class ByCron(msgspec.Struct, frozen=True, tag=True):
    line: str  # five fields


When = OnWeekdays | OnMonthDays | OnCourseDays | Around | ByCron


class Ritual(msgspec.Struct, frozen=True, kw_only=True):
    """A scheduled act: on these dates at this local time, in these spaces."""

    id: RitualId
    action: str
    when: When
    at: time = time(0)  # of no meaning around anchors and by cron
    zone: str
    first: date
    last: date
    spaces: tuple[SpaceId, ...]
    steps: tuple[Step | None, ...] = (Step(),)  # in the order of time; None: one that is not wanted
    late_within: timedelta = timedelta(hours=2)  # later than this, a step is skipped and staff are told
    catch_up: CatchUp = "late_within"
    on_quiet_days: OnQuietDays = "skip"
    options: Any = None  # the options model of its action
    is_built_in: bool = False  # the course's own: it needs no space and is done however late

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def next_after(self, step: int) -> timedelta | None:
        """How long after a step the following one is due; None: it is the last."""
        here = self.steps[step]
        following = next((one for one in self.steps[step + 1 :] if one), None)
        return following.after - here.after if here and following else None

    @property
    def span(self) -> tuple[timedelta, timedelta]:
        """The first and the last step, after the time of the ritual."""
        after = [step.after for step in self.steps if step]
        return min(after), max(after)


class Occurrence(msgspec.Struct, frozen=True, kw_only=True):
    """One due instance of a step of a ritual in one space.

    `slot` tells apart what is due on one local date: with n steps, those of the second time of that date begin at n.
    """

    course: CourseId
    ritual: RitualId
    space: SpaceId
    local_date: date
    slot: int
    step: int
    due_at: datetime  # aware UTC
