"""Points: `/points`, and what staff give by `/grant`."""

from bot.features.points import growing
from bot.features.points.handlers import feature

__all__ = ["feature", "growing"]
