"""Who runs the course and where it lives, and how the bot stands there."""

from bot.features.access import admitting, binding, claiming, powers, standing, trouble
from bot.features.access.declared import feature

__all__ = ["admitting", "binding", "claiming", "feature", "powers", "standing", "trouble"]
