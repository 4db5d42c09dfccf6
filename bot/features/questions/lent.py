"""A question as another feature takes it up, such as the list of a live session."""

from sqlalchemy import Connection

from bot.domain.ids import CourseId
from bot.features.questions.declared import feature
from bot.features.questions.store import questions
from bot.features.questions.store.questions import OPEN, Question


@feature.query("questions.asked")
def asked(db: Connection, course: CourseId, number: int) -> Question | None:
    """One that is not settled. Who asks, where `is_anonymous`, is nobody's business."""
    row = questions.by_number(db, course, number)
    return row if row is not None and row.state in OPEN else None
