"""The boards as members see them: `/rank`, the words that open each of them, and the ritual that posts one."""

from bot.features.boards import posted
from bot.features.boards.handlers import feature

__all__ = ["feature", "posted"]
