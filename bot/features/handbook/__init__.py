"""The handbook (课程答疑手册): what was answered once, reviewed by staff, for everybody to look up."""

from bot.features.handbook import exporting, known, noticing, reading, reviewing, searching, writing
from bot.features.handbook.declared import feature
from bot.features.handbook.store import tables

__all__ = ["exporting", "feature", "known", "noticing", "reading", "reviewing", "searching", "tables", "writing"]
