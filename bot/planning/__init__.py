"""What the calendar and the rituals of a course make of its days, and where they do not fit: pure functions."""

from bot.planning.plan import Act, Plan
from bot.planning.warnings import warnings_of

__all__ = ["Act", "Plan", "warnings_of"]
