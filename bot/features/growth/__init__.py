"""Growth reports: what a month came to for each learner, in private; for the group without names; for staff."""

from bot.features.growth import command, drawn, ritual
from bot.features.growth.declared import feature

__all__ = ["command", "drawn", "feature", "ritual"]
