"""The review days, and how many commented on them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    distinct,
    func,
    or_,
    select,
    update,
)

from bot.domain.events import OccurrenceDue
from bot.engine.messages import FACT
from rules.fold import RETRACTED
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.persons import person_of
from storage.tables import Id, fact, metadata

session = Table(
    "review_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False),  # of several on one date
    Column("opened_at", Moment, nullable=False),
    Column("after_fact", Id, nullable=False),  # what was recorded up to here came before, and need not be read
    Column("closed_at", Moment),
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
)


def open_session(db: Connection, due: OccurrenceDue) -> None:
    last = db.execute(select(func.coalesce(func.max(fact.c.id), 0))).scalar_one()
    db.execute(insert_new(db, session).values(**_key(due), opened_at=due.due_at, after_fact=last))


def close_session(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """Close it; None where it was never opened."""
    mine = and_(*(session.c[name] == value for name, value in _key(due).items()), session.c.closed_at.is_(None))
    return db.execute(update(session).where(mine).values(closed_at=due.due_at).returning(*session.c)).one_or_none()


def _key(due: OccurrenceDue) -> dict[str, Any]:
    """What names a review day."""
    names = ("course", "ritual", "space", "local_date", "number")
    return {name: getattr(due, name) for name in names}


def commenters(db: Connection, found: Row[Any], chats: Sequence[str], until: datetime) -> int:
    """How many members posted there in that time; `chats` are what the objects of its messages begin with."""
    since = (fact.c.id > found.after_fact) & (fact.c.course == found.course)
    here = or_(*(fact.c.object.startswith(chat, autoescape=True) for chat in chats))
    deleted = select(fact.c.object).where(since, fact.c.kind == RETRACTED, here)
    posted = (fact.c.kind == FACT) & (fact.c.at >= found.opened_at) & (fact.c.at < until)
    query = select(func.count(distinct(person_of(fact.c.member)))).where(
        since, here, posted, fact.c.object.not_in(deleted)
    )
    return int(db.execute(query).scalar_one())
