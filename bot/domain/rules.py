"""Facts, the rules that admins write about them, and what judging says."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec

from bot.domain.ids import CourseId, EventKey, MemberId, ObjectId, RuleId
from bot.domain.messages import Localised, Template


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """Something true that a feature announced about a member, with every value that a condition may read."""

    kind: str  # `checkin.done`
    course: CourseId
    member: MemberId
    object: ObjectId
    at: datetime
    local_date: date  # in the course's zone
    cause: EventKey
    values: dict[str, Any]  # fields of the fact, and `member.role`, `space.kind`, `course.day`, …


Field = Literal["text", "number", "yes_no", "date", "tags"]
"""`tags` are several words; a condition on them asks whether one of its own is among them."""

MARK = "text.mark"
"""Where the values of a fact with a text hold the text's fingerprint, by which the same text is known again."""


ANSWERED = "reply.to"
"""Where the values of a message that replies to another member hold who that is."""

ANONYMOUS = "fact.is_anonymous"
"""Set in the values of a fact that nobody may connect with its member: it is masked wherever facts are shown."""


class FactKind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of fact that a feature may announce; `fields` are what conditions can read of it."""

    name: str
    fields: dict[str, Field] = {}
    has_text: bool = False  # rules may ask for a text that is new
    has_place: bool = True  # it happens in a space; a fact of the clock does not


class Is(msgspec.Struct, frozen=True, kw_only=True, tag="is"):
    """The value of a field is one of these."""

    field: str
    values: tuple[Any, ...]


class Has(msgspec.Struct, frozen=True, kw_only=True, tag="has"):
    """One of these is among the tags in a field."""

    field: str
    values: tuple[str, ...]


class Between(msgspec.Struct, frozen=True, kw_only=True, tag="between"):
    """The value of a field lies in this range, both ends included; None is open."""

    field: str
    at_least: float | None = None
    at_most: float | None = None


class AllOf(msgspec.Struct, frozen=True, kw_only=True, tag="all"):
    conditions: tuple["Condition", ...]


class AnyOf(msgspec.Struct, frozen=True, kw_only=True, tag="any"):
    conditions: tuple["Condition", ...]


class Not(msgspec.Struct, frozen=True, kw_only=True, tag="not"):
    condition: "Condition"


Condition = Is | Has | Between | AllOf | AnyOf | Not

Per = Literal["day", "week", "object", "member"]
"""`member`: once in the whole course."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How often a rule may act for one member. Weeks begin on Monday, in the course's zone."""

    once_per: Per | None = None
    points_per_day: int | None = None
    points_per_week: int | None = None
    cool_down: timedelta | None = None
    novelty: bool = False  # the same text does not count twice, whoever writes it


Category = Literal["activity", "help", "contribution"]
"""What points are for. Help has a board of its own; help and contribution together are one threshold of a level."""

GRANTED = "other"
"""The category of points that staff gave: they count in the sum, for no threshold."""

SPENT = "spent"
"""The category of points that were paid for a reward: they lower the balance, and no board nor threshold."""


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A step that a member reaches by activity and contribution, both."""

    id: str
    title: Localised
    activity: int = 0  # points for activity, help and contribution
    contribution: int = 0  # points for help and contribution


class Honour(msgspec.Struct, frozen=True, kw_only=True):
    """A badge, which stays, or a title, which ends."""

    id: str
    title: Localised
    icon: str = ""
    lasts: timedelta | None = None  # None: for good


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule does; `argument` has the type that the feature declared for this effect."""

    name: str
    argument: Any


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin wrote: on which fact, under which condition, how often, what follows."""

    id: RuleId
    title: Localised | None = None  # for members: "每日打卡"
    when: str
    where: Condition | None = None
    limit: Limit = Limit()
    then: tuple[Effect, ...]
    counts_as: Category = "activity"
    shadow: timedelta | None = None  # judged and recorded without effect; reported on after this time

    @property
    def shown(self) -> Template | str:
        """How members read of it."""
        return Template(text=self.title) if self.title else self.id

    @property
    def is_for_staff(self) -> bool:
        """Whether members are told nothing of it: it is on trial, or all it does is tell staff."""
        return self.shadow is not None or all(effect.name == "tell_staff" for effect in self.then)

    @property
    def points(self) -> int:
        """What the rule awards in all."""
        return next((effect.argument for effect in self.then if effect.name == "award"), 0)


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one rule made of one fact: it fired, or why it stayed quiet."""

    rule: RuleId
    fired: bool
    points: int = 0
    why: str = ""  # a message id under `verdict.`, empty where it fired
    values: dict[str, Any] = {}
    is_shadow: bool = False  # the rule was on trial: nothing followed from it


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that fired, on which fact, with its verdict."""

    rule: Rule
    fact: Fact
    verdict: Verdict
    round: int = 0


class Tally(msgspec.Struct, kw_only=True):
    """What one rule has given one member so far: the state that limits look at. Updated while a batch is judged.

    What was given and taken back counts as never given, but for the pause after it.
    """

    by_date: dict[date, int] = {}  # how often, in this week
    points_by_date: dict[date, int] = {}
    rounds: dict[str, int] = {}  # object -> its last round; even: given, odd: taken back
    ever: int = 0
    last_at: datetime | None = None

    def has_given(self, object: str) -> bool:
        """Whether this object was rewarded, and not taken back since."""
        return self.rounds.get(object, 1) % 2 == 0


class LedgerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Points for a reason. Never edited: a correction is another entry."""

    course: CourseId
    member: MemberId
    points: int  # may be negative
    rule: RuleId
    object: ObjectId  # what was rewarded; unique with rule, member and round
    round: int = 0  # even: given; odd: what the round before gave is taken back
    cause: EventKey
    at: datetime
    local_date: date  # of a reversal: that of what it takes back, so that sums by date are what remains
    reason: str = ""  # a person's words, for grants
    fact: str = ""  # the kind of fact
    category: str = "activity"
    text: str | None = None  # the fingerprint of what was rewarded
