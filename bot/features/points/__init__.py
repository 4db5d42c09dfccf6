"""Points: the award effect, `/points`, `/rank`, `/why`, `/grant`."""

from bot.features.points.handlers import feature

__all__ = ["feature"]
