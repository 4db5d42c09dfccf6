"""The feature, before its handlers."""

from bot.engine.feature import Feature

feature = Feature("access")
