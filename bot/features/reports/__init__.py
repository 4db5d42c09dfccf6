"""The report days: what a week, a month or the whole course came to, for everybody and for staff."""

from bot.features.reports.handlers import feature

__all__ = ["feature"]
