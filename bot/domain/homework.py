"""Homework as a course's YAML says it, checked and frozen: three tiers, what may be handed in, how it is graded."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Literal

import msgspec

from bot.domain.messages import Localised
from bot.domain.moments import moment_of
from bot.domain.response import ResponseClock

Tier = Literal["base", "practice", "challenge"]
Taken = Literal["text", "link", "photo", "file", "voice", "video"]
TAKEN: tuple[Taken, ...] = ("text", "link", "photo", "file", "voice", "video")
"""What may be handed in."""
LONGEST = 20_000
"""Characters of one text, whatever a homework asks for."""
QuestionKind = Literal["single", "multiple", "fill", "order"]


class LocalTime(msgspec.Struct, frozen=True):
    """A time of day on a date of the course's calendar, in the course's zone."""

    date: date
    at: time

    def moment(self, zone: str) -> datetime:
        """Aware UTC."""
        return moment_of(self.date, self.at, zone)


class Late(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of what is handed in after the deadline and its grace. Percentages are of the points given."""

    accepted_for: timedelta | None = timedelta(0)  # after the deadline; zero: not at all; None: without an end
    loses: int = 0  # percent, for each begun `per`
    per: timedelta = timedelta(days=1)
    at_most: int = 100  # percent, in all

    def loss(self, by: timedelta) -> int:
        """The percentage that is lost by so much lateness."""
        begun = -(-by // self.per) if by > timedelta(0) else 0
        return min(begun * self.loses, self.at_most)


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a rubric."""

    id: str
    title: Localised
    points: int
    problems: Mapping[str, Localised] = {}  # what is often missed here, by id


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question of a quiz."""

    id: str  # `1`, `2`, … unless it has a name
    kind: QuestionKind
    text: Localised
    options: tuple[Localised, ...] = ()  # of an order: in the right one
    right: frozenset[int] = frozenset()  # the right options of a choice, from 0
    accepted: tuple[str, ...] = ()  # what may be filled in
    because: Localised | None = None  # the explanation
    covers: str = ""  # a knowledge point
    points: int = 1


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """For whom it is: everybody who meets all that is named here."""

    levels: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()  # spaces: who has said something there

    @property
    def is_everybody(self) -> bool:
        return not (self.levels or self.tags or self.groups)


class Homework(msgspec.Struct, frozen=True, kw_only=True):
    """One assignment: a quiz where it has questions, else something to be made and handed in."""

    id: str
    title: Localised
    tier: Tier
    about: Localised | None = None  # what is to be done
    lesson: int | None = None  # the day of the calendar that it belongs to
    covers: tuple[str, ...] = ()  # knowledge points
    opens: LocalTime
    due: LocalTime
    grace: timedelta = timedelta(0)  # after the deadline, and still in time; everybody can see it
    late: Late = Late()
    accepts: frozenset[Taken] = frozenset(TAKEN)
    max_files: int = 10
    template: Localised | None = None
    headings: tuple[str, ...] = ()  # must stand in the text
    min_length: int = 0  # characters that one can see
    max_length: int = LONGEST
    rubric: tuple[Criterion, ...] = ()
    audience: Audience = Audience()
    team_size: int | None = None  # as many work together; None: everybody alone
    questions: tuple[Question, ...] = ()
    attempts: int | None = 1  # at a quiz; None: as many as one likes. The best counts

    @property
    def is_quiz(self) -> bool:
        return bool(self.questions)

    @property
    def out_of(self) -> int:
        """The points that can be had."""
        parts = self.questions if self.is_quiz else self.rubric
        return sum(part.points for part in parts)


class Grading(ResponseClock, frozen=True, kw_only=True):
    """How soon what is handed in is answered, and who is told when it is not."""

    revise_within: timedelta = timedelta(days=2)  # what was returned is in time again for as long
    alike_from: int = 60  # percent of a text that is found in another one, from which on staff are shown both


class Extensions(msgspec.Struct, frozen=True, kw_only=True):
    """More time, which students may take themselves."""

    tokens: int = 0  # of each student, in the whole course
    each: timedelta = timedelta(hours=24)


class HomeworkBook(msgspec.Struct, frozen=True, kw_only=True):
    """All of homework.yaml."""

    homework: Mapping[str, Homework] = {}
    grading: Grading = Grading()
    extensions: Extensions = Extensions()
