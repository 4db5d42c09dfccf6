"""Quiz battles (抢答赛): a few questions one after the other, answered by buttons within seconds; `/battle`."""

from bot.features.battles import command, offered, ritual, running
from bot.features.battles.declared import feature

__all__ = ["command", "feature", "offered", "ritual", "running"]
