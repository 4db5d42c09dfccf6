"""What the facts tell of a message that is no share, or no more."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from bot.domain.ids import CourseId, MemberId
from bot.engine.messages import FACT
from storage.persons import person_of, same_person
from storage.tables import fact


class Posted(NamedTuple):
    """A message: whose it is, when it was posted, and by which event we heard of it."""

    member: MemberId
    at: datetime
    cause: str


def find(db: Connection, course: CourseId, object: str) -> Posted | None:
    """None for what nobody knows, such as a command."""
    query = select(person_of(fact.c.member), fact.c.at, fact.c.cause)
    mine = (fact.c.course == course) & (fact.c.object == object) & (fact.c.kind == FACT)
    row = db.execute(query.where(mine).order_by(fact.c.id).limit(1)).one_or_none()
    return Posted(*row) if row else None


def was_announced(db: Connection, kind: str, object: str, post: Posted) -> bool:
    """Whether this message was announced once as something of that kind, even if that was taken back."""
    mine = (fact.c.kind == kind) & (fact.c.object == object) & (fact.c.cause == post.cause)
    query = select(fact.c.id).where(mine, same_person(fact.c.member, post.member)).limit(1)
    return db.execute(query).first() is not None
