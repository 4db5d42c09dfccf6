"""`/why`: the last facts about a member, or about a message, and what each rule made of them."""

from bot.features.why import handlers
from bot.features.why.declared import feature

__all__ = ["feature", "handlers"]
