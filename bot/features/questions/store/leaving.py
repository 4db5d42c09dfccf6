"""What somebody has asked and answered, in all their courses: for when they are forgotten."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from bot.features.questions.store.answers import Answer
from bot.features.questions.store.questions import Question
from bot.features.questions.store.tables import answer, offer, question


def questions_of(db: Connection, members: Collection[int]) -> Sequence[Question]:
    """All that were ever filed, locked."""
    mine = question.c.member.in_(members) & (question.c.state != "drafted")
    return db.execute(select(question).where(mine).order_by(question.c.id).with_for_update()).all()


def answers_of(db: Connection, members: Collection[int]) -> Sequence[Answer]:
    """All that were not withdrawn, locked."""
    mine = answer.c.member.in_(members) & answer.c.withdrawn_at.is_(None)
    return db.execute(select(answer).where(mine).order_by(answer.c.id).with_for_update()).all()


def drop_drafts(db: Connection, members: Collection[int]) -> None:
    """What was never filed."""
    mine = question.c.member.in_(members) & (question.c.state == "drafted")
    db.execute(delete(offer).where(offer.c.question.in_(select(question.c.id).where(mine))))
    db.execute(delete(question).where(mine))
