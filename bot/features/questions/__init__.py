"""Questions: asked anywhere, answered in time, and found by the next who asks the same."""

from bot.features.questions.declared import feature
from bot.features.questions.store import tables

__all__ = ["feature", "tables"]
