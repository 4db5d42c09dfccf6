"""What rules give beside points: badges, which stay, titles, which end, and the role of an assistant."""

from bot.features.honours.handlers import feature

__all__ = ["feature"]
