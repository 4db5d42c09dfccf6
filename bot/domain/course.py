"""A course as its YAML files say it, checked and frozen."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bot.domain.homework import HomeworkBook
from bot.domain.ids import CourseId, Language, SpaceId
from bot.domain.messages import File, Localised
from bot.domain.places import Address, SpaceKind
from bot.domain.questions import Answering, Faq
from bot.domain.rewards import Rewards
from bot.domain.rituals import Anchor, Ritual
from bot.domain.rules import Honour, Level, Rule


class CourseSpace(msgspec.Struct, frozen=True, kw_only=True):
    """A space that the YAML names; where it has no address, `/bind` gives it one."""

    id: SpaceId
    kind: SpaceKind
    addresses: tuple[Address, ...] = ()


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the content calendar; day 1 is the course's first date."""

    number: int
    title: Localised
    task: Localised
    material: Localised | None = None
    sharing: Localised | None = None  # the topic of the evening
    reminder: Localised | None = None


class QuietDays(msgspec.Struct, frozen=True, kw_only=True):
    """The days on which the course rests."""

    weekdays: frozenset[int] = frozenset()  # 0 is Monday
    dates: frozenset[date] = frozenset()


class Course(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One community with its rules, calendar, rituals and staff."""

    id: CourseId
    title: Localised
    language: Language
    zone: str  # an IANA name
    starts: date
    ends: date  # the last day, included
    spaces: tuple[CourseSpace, ...]
    admins: frozenset[str] = frozenset()  # accounts: `telegram:123`
    assistants: frozenset[str] = frozenset()
    days: tuple[Day, ...] = ()
    anchors: tuple[Anchor, ...] = ()  # the lessons and deadlines of the calendar, by date
    quiet_days: QuietDays = QuietDays()
    rules: tuple[Rule, ...] = ()
    levels: tuple[Level, ...] = ()  # ascending; the first asks for nothing
    badges: Mapping[str, Honour] = {}
    titles: Mapping[str, Honour] = {}
    rituals: tuple[Ritual, ...] = ()
    book: HomeworkBook = HomeworkBook()
    answering: Answering = Answering()
    faq: tuple[Faq, ...] = ()
    rewards: Rewards = Rewards()
    settings: Mapping[str, Any] = {}  # section -> the model that its feature declared
    files: Mapping[str, File] = {}  # what may be posted, by the name in its folder: `files/cover.png`

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def rules_by_fact(self) -> dict[str, tuple[Rule, ...]]:
        kinds = dict.fromkeys(rule.when for rule in self.rules)
        return {kind: tuple(rule for rule in self.rules if rule.when == kind) for kind in kinds}

    def date_at(self, moment: datetime) -> date:
        """The local date of the course at this moment."""
        return moment.astimezone(self.tzinfo).date()

    def wall_time(self, moment: datetime) -> datetime:
        """The moment as the course's clocks show it."""
        return moment.astimezone(self.tzinfo)

    def day_number(self, day: date) -> int:
        """1 on the first date; 0 or less before it."""
        return (day - self.starts).days + 1

    def day(self, day: date) -> Day | None:
        """What the calendar holds for this date."""
        return self._days_by_number.get(self.day_number(day))

    @cached_property
    def _rituals_by_id(self) -> dict[str, Ritual]:
        return {ritual.id: ritual for ritual in self.rituals}

    @cached_property
    def _days_by_number(self) -> dict[int, Day]:
        return {day.number: day for day in self.days}

    def ritual(self, id: str) -> Ritual | None:
        return self._rituals_by_id.get(id)

    def is_quiet(self, day: date) -> bool:
        return day.weekday() in self.quiet_days.weekdays or day in self.quiet_days.dates

    def level_at(self, activity: int, contribution: int) -> str:
        """The id of the highest level whose thresholds are both met; empty in a course without levels."""
        met = (
            level.id
            for level in reversed(self.levels)
            if activity >= level.activity and contribution >= level.contribution
        )
        return next(met, self.levels[0].id if self.levels else "")

    def step(self, level: str) -> int:
        """The number of a level, from 0; 0 also for one that the course no longer has."""
        return next((number for number, found in enumerate(self.levels) if found.id == level), 0)

    def is_on(self, day: date) -> bool:
        return self.starts <= day <= self.ends
