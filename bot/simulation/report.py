"""The report on a term: what became of the students, how staff kept up, and what the core did."""

from collections.abc import Mapping

import msgspec

from bot.simulation.cast import Kind
from bot.simulation.storm import Trouble


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    """Students of one kind, or of all."""

    kind: Kind | None
    students: int
    active: tuple[float, ...]  # by week: share of the student-days on which something was done
    checked_in: tuple[float, ...]  # by week: share of the student-days with a check-in
    regular: int  # who have checked in on most days
    completed: int | None  # by the course's own rule; None where it has none


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """How soon staff replied to students' questions; None where nobody replied."""

    questions: int
    answered: int
    median_minutes: float | None
    p90_minutes: float | None


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How soon one assistant answered what was handed in, in counted hours."""

    name: str
    answers: int
    median_hours: float
    p90_hours: float
    in_time: int  # percent


class Homework(msgspec.Struct, frozen=True, kw_only=True):
    """What was handed in, and what came of it."""

    handed_in: int
    versions: int
    late: int  # of those versions
    graded: int
    returned: int  # times
    mean_score: float | None  # percent; None where nothing was graded
    alike: int  # pairs of texts that staff were shown
    paces: tuple[Pace, ...]


class Points(msgspec.Struct, frozen=True, kw_only=True):
    """The points of the students of one kind, or of all."""

    kind: Kind | None
    least: int
    lower: float  # quartiles
    median: float
    upper: float
    most: int


class Rituals(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the occurrences of one ritual."""

    ritual: str
    done: int
    late: int  # of those done: more than a minute after they were due
    skipped: int
    failed: int


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """What the core was given."""

    by_students: int
    by_others: int  # staff; coming and going
    per_student_and_day: float  # over all students and days, whoever was there
    least_a_day: int  # of any student on a day that they were there
    set_aside: int  # events that failed
    messages: int  # what the bot posted, edited and answered


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All of it."""

    course: str
    weeks: int
    students: int
    assistants: int
    seed: int
    participation: tuple[Participation, ...]  # by kind; then all
    answers: Answers
    homework: Homework
    points: tuple[Points, ...]  # by kind; then all
    categories: dict[str, int]  # what points were for -> sum
    boards: dict[str, list[tuple[str, int]]]  # the first of each: name, points
    rituals: tuple[Rituals, ...]
    events: Events
    troubles: Mapping[Trouble, int]  # what went wrong on purpose
    state: str  # hash of the final state
    cpu_seconds: float = 0.0

    @property
    def microseconds_per_event(self) -> float:
        return self.cpu_seconds / (self.events.by_students + self.events.by_others) * 1e6
