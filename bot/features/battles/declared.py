"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.battles import tables
from storage.personal import Personal

feature = Feature("battles")

PLAYED, WON = "battle.played", "battle.won"
feature.fact(PLAYED, battle="text", right="number", questions="number")
feature.fact(WON, battle="text", place="number", right="number")
feature.personal(Personal(tables.answer))
