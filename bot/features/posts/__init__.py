"""What rituals post in words of their own: texts in turn, pictures, files, polls."""

from bot.features.posts.handlers import feature

__all__ = ["feature"]
