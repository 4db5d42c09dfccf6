"""The daily check-in (打卡), its streak, and the make-up check-in (补卡)."""

from bot.features.checkin import growing, offered, suggested
from bot.features.checkin.handlers import feature

__all__ = ["feature", "growing", "offered", "suggested"]
