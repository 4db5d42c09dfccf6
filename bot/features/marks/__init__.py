"""What shows on people's names, where a platform can: their level, their titles, that they assist."""

from bot.features.marks.handlers import feature

__all__ = ["feature"]
