"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature

feature = Feature("live_qa")
feature.fact("live.asked", has_text=True, length="number")
feature.fact("live.attended", minutes="number")

ACTION = "live_qa"
"""What its rituals do."""
