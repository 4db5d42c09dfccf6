"""Seed students (种子学员): whose homework and activity stand out, and making them assistants."""

from bot.features.seeds import command, linked, ritual
from bot.features.seeds.declared import feature

__all__ = ["command", "feature", "linked", "ritual"]
