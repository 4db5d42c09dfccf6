"""Messages that were posted: whose they are, as their facts tell it."""

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from bot.domain.ids import CourseId
from bot.domain.places import Address, Member
from bot.engine.messages import FACT, message_object
from bot.engine.roster import member_of
from rules.fold import RETRACTED
from storage.tables import fact


class Post(NamedTuple):
    """A message in a space of a course."""

    object: str
    author: Member
    is_deleted: bool


def post_of(db: Connection, course: CourseId, address: Address, message: str) -> Post | None:
    """None for a message that nobody knows: one of the bot's, a command, one from before the bot came."""
    object = message_object(address, message)
    rows = db.execute(_FACTS, {"of": object, "course": course}).all()
    author = next((row.member for row in rows if row.kind == FACT), None)
    if author is None:
        return None
    is_deleted = any(row.kind == RETRACTED and row[2]["fact"] == FACT for row in rows)
    return Post(object, member_of(db, author), is_deleted)


_FACTS = select(fact.c.kind, fact.c.member, fact.c["values"]).where(
    fact.c.object == bindparam("of"), fact.c.course == bindparam("course"), fact.c.kind.in_((FACT, RETRACTED))
)
