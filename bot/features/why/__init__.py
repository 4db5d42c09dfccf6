"""`/why`: the last facts about a member, and what each rule made of them."""

from bot.features.why.handlers import feature

__all__ = ["feature"]
