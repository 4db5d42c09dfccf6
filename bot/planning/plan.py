"""The acts of a course: every occurrence with what it takes of the calendar, and whether its day is one of rest."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from bot.domain.course import Course
from bot.domain.rituals import Around, Occurrence, Ritual
from rules.vocabulary import USES_NOTHING, Action, BeforeOptions, CalendarPart, Uses
from scheduler.dates import LONGEST_REST
from scheduler.occurrences import occurrences

_MARGIN = timedelta(days=2)  # a local date may begin a day earlier, and end a day later, than that of UTC


class Act(NamedTuple):
    """One occurrence of one step of a ritual."""

    ritual: Ritual
    occurrence: Occurrence
    is_opening: bool  # its first step that is no announcement
    takes: tuple[CalendarPart, ...] = ()  # what it posts of its day, where that is there
    needs: CalendarPart | None = None  # without this part of its day it has nothing to post
    is_skipped: bool = False  # its day is quiet

    @property
    def name(self) -> str:
        """The ritual of the files, also where this is what the course does by itself before it."""
        options = self.ritual.options
        return options.ritual if isinstance(options, BeforeOptions) else self.ritual.id

    @property
    def due_at(self) -> datetime:
        return self.occurrence.due_at

    @property
    def local_date(self) -> date:
        return self.occurrence.local_date


class Plan:
    """A course, and what its actions do."""

    def __init__(self, course: Course, actions: Mapping[str, Action]) -> None:
        self.course = course
        self.actions = actions
        self.rituals = tuple(ritual for ritual in course.rituals if not ritual.is_built_in)

    def between(self, since: datetime, until: datetime) -> list[Act]:
        """What is due after a moment and up to another, in the order of time."""
        found = occurrences(self.course, since, until)
        return [self._act(one) for one in found]

    def whole(self) -> list[Act]:
        """All that ever happens."""
        reaches = [_reach(ritual) for ritual in self.course.rituals]
        if not reaches:
            return []
        return self.between(min(first for first, _ in reaches), max(last for _, last in reaches))

    def takes(self, ritual: Ritual) -> tuple[CalendarPart, ...]:
        """What a ritual posts of a day, where that is there."""
        action = self.actions.get(ritual.action)
        return action.uses.takes(ritual.options) if action else ()

    def actions_that_take(self, part: CalendarPart) -> list[str]:
        """Whose options are left as they are."""
        actions = self.actions.values()
        return [action.name for action in actions if part in action.uses.takes(action.options.model_construct())]

    def date_of(self, day: int) -> date:
        return self.course.starts + timedelta(days=day - 1)

    def lasts(self, ritual: Ritual) -> timedelta | None:
        """How long a session goes on: as it says, or to the first step after its opening that must come.

        None: it is no session.
        """
        uses = self._uses(ritual)
        if uses.lasts:
            return uses.lasts(ritual.options)
        if not uses.is_session:
            return None
        opening = opening_of(ritual)
        begin = ritual.steps[opening]
        closes = (step for step in ritual.steps[opening + 1 :] if step and step.is_needed)
        end = next(closes, None)
        return end.after - begin.after if begin and end else None

    def is_aside(self, ritual: Ritual) -> bool:
        """It is in nobody's way."""
        return ritual.is_built_in or self._uses(ritual).is_aside

    def _uses(self, ritual: Ritual) -> Uses:
        action = self.actions.get(ritual.action)
        return action.uses if action else USES_NOTHING

    def lacks(self, act: Act) -> CalendarPart | None:
        """What it should post and the calendar does not hold."""
        if act.needs is None or act.is_skipped or not self.course.is_on(act.local_date):
            return None
        return None if holds(self.course, act.local_date, act.needs) else act.needs

    def _act(self, occurrence: Occurrence) -> Act:
        ritual = self.course.ritual(occurrence.ritual)
        assert ritual is not None, "occurrences are those of the course's rituals"
        is_skipped = ritual.on_quiet_days == "skip" and self.course.is_quiet(occurrence.local_date)
        if occurrence.step != opening_of(ritual):
            return Act(ritual, occurrence, is_opening=False, is_skipped=is_skipped)
        return Act(ritual, occurrence, True, self.takes(ritual), self._uses(ritual).needs, is_skipped)


def holds(course: Course, day: date, part: CalendarPart) -> bool:
    """Whether the calendar has this for that date."""
    found = course.day(day)
    return found is not None and getattr(found, part) is not None


def opening_of(ritual: Ritual) -> int:
    """The number of the first step at the ritual's own time or after it: what comes before only announces."""
    opening = (number for number, step in enumerate(ritual.steps) if step and step.after >= timedelta(0))
    return next(opening, 0)


def _reach(ritual: Ritual) -> tuple[datetime, datetime]:
    """Two moments between which it takes place, whatever its zone."""
    opens, ends = ritual.span
    by = ritual.when.by if isinstance(ritual.when, Around) else timedelta(0)
    first = datetime.combine(ritual.first, time(), UTC) + opens + min(by, timedelta(0))
    last = datetime.combine(ritual.last, time(), UTC) + ends + max(by, timedelta(0)) + LONGEST_REST
    return first - _MARGIN, last + _MARGIN
