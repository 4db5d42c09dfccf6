"""What the code inside one open transaction works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.events import Event
from bot.domain.ids import CourseId
from bot.domain.places import Member, Space
from bot.domain.rules import Fact, Verdict
from bot.engine.feature import Registry
from bot.engine.finding import Finder
from bot.engine.library import Library
from bot.engine.live import Live
from bot.engine.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What every context of the process shares."""

    registry: Registry
    voice: Voice
    library: Library
    finder: Finder


class Wish(NamedTuple):
    """What an event has asked to be done at the end of its batch, with a context for that event."""

    act: Callable[[Any], None]
    event: Event
    course: CourseId
    space: Space | None
    member: Member | None
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """What everything inside one open transaction works with."""

    engine: Engine
    db: Connection
    live: Live
    said_at: datetime | None = None  # where events of the past are handled again, what they lead to is said now
    afterwards: dict[str, Wish] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """Where an event belongs and whose it is, as far as that is known."""

    course: Course | None = None
    space: Space | None = None
    member: Member | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A fact that was announced, and what the rules made of it."""

    fact: Fact
    verdicts: Sequence[Verdict]

    @property
    def points(self) -> int:
        """What the member got, also for what followed from the fact."""
        return sum(verdict.points for verdict in self.verdicts if not verdict.is_shadow)
