"""The evening's case sharing: opens by ritual, collects what members post, closes with a summary."""

from bot.features.sharing import offered
from bot.features.sharing.handlers import feature

__all__ = ["feature", "offered"]
