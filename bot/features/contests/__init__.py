"""The weekly contest of works: opens and closes by ritual; `/enter`, `/vote`, `/contest`."""

from bot.features.contests import entering, offered, ritual, showing, voting
from bot.features.contests.declared import feature

__all__ = ["entering", "feature", "offered", "ritual", "showing", "voting"]
