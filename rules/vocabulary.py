"""What course files may speak of: the facts, effects, actions and sections that features declare."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.domain.course import Course
from bot.domain.messages import Localised, Text
from bot.domain.rituals import Occurrence, Ritual, Step
from bot.domain.rules import FactKind
from rules.fields import CourseText

Points = Annotated[int, Field(ge=-10_000, le=10_000)]
"""What one rule may give at once, or take: enough for any course, and no sum of it is ever too large for a database."""

Section = Literal["badges", "titles", "rewards"]
"""Where things stand that rules give."""

AWARD = "award"
"""The effect that the core itself has: points. A firing is an entry of the ledger, with or without them."""


class NoOptions(BaseModel):
    """For an action without options."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def at_once(options: Any) -> tuple[Step | None, ...]:
    """For an action of one step."""
    return (Step(),)


CalendarPart = Literal["task", "material", "sharing", "reminder"]
"""What rituals post of a day of the calendar."""


def _nothing(options: Any) -> tuple[CalendarPart, ...]:
    return ()


class BeforeOptions(BaseModel):
    """Of what the course does by itself before a ritual."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ritual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beforehand:
    """What the course does by itself so long before each time of a ritual.

    It is no step of that: who has the ritual done now does not wait for it, and what is planned keeps its numbers.
    """

    action: str  # a built-in one, with `BeforeOptions`
    before: Callable[[Any], timedelta | None]  # from the options of the ritual; None: it is not wanted


class Doubt(NamedTuple):
    """Something in the files that is allowed, and can hardly be meant: `check` warns of it."""

    path: tuple[str | int, ...]  # below the ritual, or below the section of course.yaml
    text: Text


def _no_doubts(course: Course, ritual: Ritual, times: Sequence[Occurrence]) -> Iterable[Doubt]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What an action takes of the calendar and of a space: where that is missing or taken, `check` warns.

    `doubts` says what else is odd about a ritual, from all its occurrences that take place.
    """

    takes: Callable[[Any], tuple[CalendarPart, ...]] = _nothing  # from the options: what it posts where it is there
    needs: CalendarPart | None = None  # without this it has nothing to post
    is_session: bool = False  # the space is its own from its time to its first needed step
    lasts: Callable[[Any], timedelta] | None = None  # the same for a session that no step ends, from the options
    is_aside: bool = False  # in private, or an older post that is edited: it is in nobody's way
    beforehand: Beforehand | None = None
    doubts: Callable[[Course, Ritual, Sequence[Occurrence]], Iterable[Doubt]] = _no_doubts


USES_NOTHING = Uses()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a ritual can do."""

    name: str
    options: type[BaseModel] = NoOptions
    steps: Callable[[Any], tuple[Step | None, ...]] = at_once  # from the options; always as many, in the order of time
    uses: Uses = USES_NOTHING
    is_built_in: bool = False  # for the course's own rituals; no file may ask for it


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectKind:
    """What a rule can do. The argument is any type that pydantic knows, or `Localised`.

    `names` is the section of rules.yaml, or of rewards.yaml, that the argument, or its field `name`, must be an id of.
    What `is_public` tells others who it is about: it never follows from an anonymous fact. `shows` are the values that
    its text may ask for, beside the fields of the fact. `not_on` are facts that it never follows from.
    """

    name: str
    argument: Any
    names: Section | None = None
    is_public: bool = False
    shows: tuple[str, ...] = ()
    not_on: tuple[str, ...] = ()
    adapter: TypeAdapter[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        wanted = CourseText if self.argument is Localised else self.argument
        object.__setattr__(self, "adapter", TypeAdapter(wanted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All words of one bot, by name."""

    facts: Mapping[str, FactKind]
    effects: Mapping[str, EffectKind]
    actions: Mapping[str, Action]
    sections: Mapping[str, type[BaseModel]]  # of course.yaml; each has a default for everything
    doubts: Mapping[str, Callable[[Course], Iterable[Doubt]]] = field(default_factory=dict)  # about sections, by name
