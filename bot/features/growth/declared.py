"""The feature, and what it keeps of people."""

from bot.engine.feature import Feature
from bot.features.growth import store
from storage.personal import Personal

feature = Feature("growth", needs=("checkin_days",))
feature.personal(Personal(store.report, goes=True), Personal(store.choice, goes=True))
