"""Questions: asked anywhere, answered in time, and found by the next who asks the same."""

from bot.features.questions import anonymous, command
from bot.features.questions.declared import feature

__all__ = ["anonymous", "command", "feature"]
