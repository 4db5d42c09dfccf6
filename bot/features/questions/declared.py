"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.questions.store import tables
from storage.personal import Personal

feature = Feature("questions", needs=("handbook.find",))

ASKED, ANSWERED, ACCEPTED = "question.asked", "question.answered", "question.accepted"
feature.fact(ASKED, has_text=True, tag="text", lesson="text")
feature.fact(ANSWERED, has_text=True, tag="text", hours="number")
"""About who has answered; the first answer of each member to a question. `hours`: whole ones since it was asked."""
feature.fact(ACCEPTED, tag="text", hours="number")
"""About whose answer settled it."""

feature.personal(
    Personal(tables.question, texts=("text", "files", "verdict"), is_sheet=True),
    Personal(tables.answer, texts=("text", "files", "note"), is_sheet=True),
    Personal(tables.remark, texts=("text", "files")),
    Personal(tables.response),
    Personal(tables.heard, goes=True),
    Personal(tables.offer, path=("question", "member"), goes=True),
)

ALARM = "question_clock"
"""Rings when a question waits for too long. The object is its number."""
PROMISE_ALARM = "question_promise"
"""Rings at once when other rules promise an answer for another moment. The object is the question's number."""
OVERDUE_ALARM = "question_overdue"
"""Rings every day for as long as something is overdue. The object is the date."""
CLAIM_ALARM = "question_claim"
"""Rings when a question was claimed, and nothing came of it in time. The object is its number."""
DRAFT_ALARM = "question_draft"
"""Rings when somebody was shown what is known, and has not said whether that helps. The object is its number."""
SETTLES = "question_settles"
"""Rings when a day has ended on which somebody asked without a name. The object is the date."""


def object_of(number: int) -> str:
    """What facts about a question are about."""
    return f"question {number}"
