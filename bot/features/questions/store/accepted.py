"""Whether an asker has accepted an answer, or staff have settled the question by it."""

from sqlalchemy import Connection, select

from bot.features.questions.declared import ACCEPTED, object_of
from bot.features.questions.store.questions import Question
from storage.tables import fact


def is_by_asker(db: Connection, row: Question) -> bool:
    """Of a question that an answer has settled: only what its asker accepts is announced, in the same moment."""
    mine = (fact.c.object == object_of(row.id)) & (fact.c.course == row.course)
    is_one = mine & (fact.c.kind == ACCEPTED) & (fact.c.at == row.closed_at)
    return db.execute(select(fact.c.id).where(is_one).limit(1)).first() is not None
