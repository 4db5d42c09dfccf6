"""What course files may speak of: the facts, effects, actions and sections that features declare."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.domain.messages import Localised
from bot.domain.rituals import Step
from bot.domain.rules import FactKind
from rules.fields import CourseText

Points = Annotated[int, Field(ge=-10_000, le=10_000)]
"""What one rule may give at once, or take: enough for any course, and no sum of it is ever too large for a database."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What an action takes of the calendar and of a space: where that is missing or taken, `check` warns."""

    takes: Callable[[Any], tuple[CalendarPart, ...]] = _nothing  # from the options: what it posts where it is there
    needs: CalendarPart | None = None  # without this it has nothing to post
    is_session: bool = False  # the space is its own from its time to its first needed step
    is_aside: bool = False  # in private, or an older post that is edited: it is in nobody's way


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

    `names` is the section of rules.yaml that the argument, or its field `name`, must be an id of. What `is_public`
    tells others who it is about: it never follows from an anonymous fact. `shows` are the values that its text may ask
    for, beside the fields of the fact.
    """

    name: str
    argument: Any
    names: Literal["badges", "titles"] | None = None
    is_public: bool = False
    shows: tuple[str, ...] = ()
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
