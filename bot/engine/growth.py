"""What can be counted of each member, as features offer it to growth reports: `@feature.offer("growth")`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, Select

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.places import Member
from bot.engine.figures import Stretch
from storage.persons import by_person

Kind = Literal["checkin", "homework", "together", "points"]
KINDS: tuple[Kind, ...] = ("checkin", "homework", "together", "points")
"""In the order in which a report shows them."""


class GrowthAsked(NamedTuple):
    """Whose figures are wanted: of these persons, in each of these stretches, as things are now."""

    course: Course
    members: Sequence[Member]
    stretches: Sequence[Stretch]
    now: datetime

    @property
    def ids(self) -> list[MemberId]:
        return [one.id for one in self.members]


class Grown(NamedTuple):
    """One figure of many members, counted in a few statements however many they are.

    An offer is asked with `GrowthAsked`. Who is not in a mapping has none.
    """

    kind: Kind
    name: str  # what rules of suggestion call it
    label: Text
    counts: Mapping[MemberId, Sequence[int]]  # in each stretch
    of: Mapping[MemberId, Sequence[int]] = {}  # how many there could have been, where that is known
    open: Mapping[MemberId, int] = {}  # of the first stretch: how many are missing and can still be done now
    said: Text | None = None  # the label where no heading says of what it is; None: as it is


def sums_by_person(db: Connection, query: Select[Any], members: Sequence[MemberId]) -> dict[MemberId, tuple[int, ...]]:
    """The rows of a query, a member and numbers each, added up for each person; `members` is bound in it."""
    found: dict[MemberId, tuple[int, ...]] = {}
    for who, *counts in db.execute(by_person(query), {"members": list(members)}):
        before = found.get(who, (0,) * len(counts))
        found[MemberId(who)] = tuple(one + int(more) for one, more in zip(before, counts, strict=True))
    return found
