"""Rewards for points: the catalogue, `/redeem`, codes, goods with an address, and what staff decide."""

from bot.features.rewards import buying, catalogue, granting, leaving, offered, parting, staff
from bot.features.rewards.declared import feature

__all__ = ["buying", "catalogue", "feature", "granting", "leaving", "offered", "parting", "staff"]
