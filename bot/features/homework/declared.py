"""The feature, and the facts that it announces."""

from bot.engine.feature import Feature
from bot.features.homework.store import leaving, tables
from storage.personal import Personal

feature = Feature("homework")

SUBMITTED, GRADED, FEATURED, ANSWERED = "homework.submitted", "homework.graded", "homework.featured", "grading.done"
feature.fact(SUBMITTED, has_text=True, homework="text", tier="text", late="yes_no", version="number", length="number")
feature.fact(GRADED, homework="text", tier="text", score="number", late="yes_no")
feature.fact(FEATURED, homework="text", tier="text")
feature.fact(ANSWERED, homework="text", tier="text", minutes="number", in_time="yes_no", returned="yes_no")
"""About who has graded: one answer, and how many minutes of counted time it was waited for."""

ALARM = "homework_clock"
"""Rings when what was handed in waits for too long. The object is the number of the hand-in."""
CLAIM_ALARM = "grading_claim"
"""Rings when a draft is kept for too long. The object is its number."""

feature.personal(
    Personal(tables.hand_in, path=("appellant",), texts=("appeal",), reads=leaving.may_read_hand_in),
    Personal(tables.submission, texts=("text", "files"), hidden=("digest",), is_sheet=True),
    Personal(
        tables.grade,
        path=("hand_in", "member"),  # that of a team is another one's by then, as long as there is one
        texts=("comment", "files", "appeal"),
        reads=leaving.may_read_grade,
    ),
    Personal(tables.draft, texts=("comment", "files")),
    Personal(tables.team_member),
    Personal(tables.extension),
    Personal(tables.waiting_work, goes=True),
    Personal(tables.attempt),
    Personal(tables.answer, path=("attempt", "member"), emptied={"given": []}, hidden=("asked",)),
    Personal(tables.text_mark, path=("submission", "member"), goes=True),
)


def object_of(homework: str) -> str:
    """What facts about it are about. The same for all members, so that linked accounts are not paid twice."""
    return f"homework {homework}"
