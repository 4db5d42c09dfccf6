"""What a member has asked so far: for the limits, and to find the same again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from bot.domain.ids import CourseId, MemberId
from bot.features.questions.store.questions import Question
from bot.features.questions.store.tables import offer, question
from storage.persons import same_person

_LOOKED_AT = 200  # questions of a member among which the same is looked for


def of_member(db: Connection, course: CourseId, who: MemberId) -> Sequence[Question]:
    """All that may be asked again, the newest first: what was taken back, or was known already, is nothing."""
    mine = (question.c.course == course) & same_person(question.c.member, who)
    there = mine & question.c.state.not_in(("withdrawn", "helped")) & question.c.helped_by.is_(None)
    return db.execute(select(question).where(there).order_by(question.c.id.desc()).limit(_LOOKED_AT)).all()


def count_anonymous(db: Connection, course: CourseId, who: MemberId, since: datetime) -> int:
    """Asked without a name since then, also what was taken back."""
    mine = (question.c.course == course) & same_person(question.c.member, who) & question.c.is_anonymous
    counts = mine & (question.c.at >= since) & (question.c.state != "helped")
    return int(db.execute(select(func.count()).select_from(question).where(counts)).scalar_one())


def drop_draft(db: Connection, number: int) -> None:
    """It was never filed, and never will be."""
    db.execute(delete(offer).where(offer.c.question == number))
    db.execute(delete(question).where(question.c.id == number, question.c.state == "drafted"))
