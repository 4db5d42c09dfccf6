"""`/privacy`: what is kept, why and for how long; whether others see a member on boards and in praise, and as whom."""

from bot.features.privacy.handlers import feature

__all__ = ["feature"]
