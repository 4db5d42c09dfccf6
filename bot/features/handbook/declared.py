"""The feature."""

from bot.engine.feature import Feature

feature = Feature("handbook")
