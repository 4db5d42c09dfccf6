"""What members get for points, as a course's YAML says it, checked and frozen."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from bot.domain.messages import Localised

Kind = Literal["code", "goods", "privilege", "title"]
"""A code of a pool; something that is sent to an address; something that staff do; a title of rules.yaml."""

Once = Literal["member", "month"]


class Reward(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of the catalogue."""

    id: str
    title: Localised
    about: Localised | None = None
    kind: Kind
    price: int = 0  # points; 0: nobody can buy it, it is only given
    stock: int | None = None  # None: as many as are wanted; of codes, as many as there are in the pool
    once_per: Once | None = None  # for one person
    per_month: int | None = None  # for all together
    needs_approval: bool = False
    levels: frozenset[str] = frozenset()  # who is on one of these may have it; empty: everybody
    gives: str = ""  # the title, of that kind

    @property
    def is_for_sale(self) -> bool:
        return self.price > 0


class Rewards(msgspec.Struct, frozen=True, kw_only=True):
    """All of rewards.yaml. Months are those of the course's calendar."""

    budget: int | None = None  # points that may be spent in a month by all members together
    catalogue: Mapping[str, Reward] = {}
