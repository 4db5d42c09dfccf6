"""The feature."""

from bot.engine.feature import Feature
from bot.features.handbook.store import tables
from storage.personal import Personal

feature = Feature("handbook", needs=("questions.settled", "questions.forgotten"))
feature.personal(Personal(tables.version, texts=("note",)))
