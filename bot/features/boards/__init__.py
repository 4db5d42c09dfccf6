"""The boards as members see them: `/rank`, and the words that open each of them."""

from bot.features.boards.handlers import feature

__all__ = ["feature"]
