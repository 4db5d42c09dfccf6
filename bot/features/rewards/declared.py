"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.rewards import pool, tables
from rules.fold import POINTS_SPENT, REWARD_GRANTED
from storage.personal import Personal

feature = Feature("rewards", needs=("title_ends",))

feature.fact(POINTS_SPENT, points="number", reward="text")
"""The object is the redemption, see `object_of`. Refunded, it is retracted."""
feature.fact(REWARD_GRANTED, reward="text")
"""For nothing; taken back likewise."""

feature.personal(
    Personal(tables.redemption, texts=("note",), hidden=("cause", "settled_by"), is_sheet=True),
    Personal(tables.code, path=("redemption", "member"), reads=pool.may_read),
    Personal(tables.address, path=("redemption", "member"), texts=("name", "phone", "address"), goes=True),
)

ADDRESS_ALARM = "reward_address"
"""Rings when an address is not needed any more. The object is the redemption's number."""


def object_of(number: int) -> str:
    """What the facts about a redemption are about."""
    return f"redemption {number}"
