"""The weekly contest of works: opens and closes by ritual; `/enter`, `/vote`, `/contest`, `/champions`."""

from bot.features.contests import (
    acts,
    appeals,
    champions,
    cut_off,
    entering,
    files,
    inviting,
    leaving,
    offered,
    removing,
    ritual,
    showing,
    voting,
)
from bot.features.contests.declared import feature

__all__ = [
    "acts",
    "appeals",
    "champions",
    "cut_off",
    "entering",
    "feature",
    "files",
    "inviting",
    "leaving",
    "offered",
    "removing",
    "ritual",
    "showing",
    "voting",
]
