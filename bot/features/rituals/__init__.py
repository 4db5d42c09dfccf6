"""What staff see of the course's rituals, and change by hand."""

from bot.features.rituals import changing, showing
from bot.features.rituals.declared import feature

__all__ = ["changing", "feature", "showing"]
