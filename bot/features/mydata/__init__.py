"""`/mydata`: everything that is kept about a person, for themselves."""

from bot.features.mydata.handlers import feature

__all__ = ["feature"]
