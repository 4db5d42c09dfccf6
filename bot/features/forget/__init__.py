"""`/forget`: a person's names, accounts, texts and files go."""

from bot.features.forget.handlers import feature

__all__ = ["feature"]
