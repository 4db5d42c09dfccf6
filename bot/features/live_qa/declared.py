"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.live_qa import store
from storage.personal import Personal

feature = Feature("live_qa")
feature.fact("live.asked", has_text=True, length="number")
feature.fact("live.attended", minutes="number")
feature.personal(Personal(store.question, texts=("text",), emptied={"object": None}), Personal(store.attendance))

ACTION = "live_qa"
"""What its rituals do."""
