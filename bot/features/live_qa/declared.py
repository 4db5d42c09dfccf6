"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.live_qa.store import tables
from bot.features.live_qa.store.questions import First
from storage.personal import Personal

ASKED = "questions.asked"
"""The query that finds a question of the feature that answers them."""

feature = Feature("live_qa", needs=(ASKED,))
feature.fact("live.asked", has_text=True, length="number")
feature.fact("live.attended", minutes="number")
feature.personal(
    # What staff noted as the answer is theirs.
    Personal(tables.question, texts=("text",), emptied={"object": None}),
    Personal(tables.vote, goes=True),
    Personal(tables.attendance),
)

ACTION = "live_qa"
"""What its rituals do."""


def object_of(first: First) -> str:
    """What its facts are about: the question, wherever it is carried to."""
    return f"live question {first.session}.{first.number}"
