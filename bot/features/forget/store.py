"""Who has asked to be forgotten and not yet said yes."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, ForeignKey, Table, select

from storage.columns import Moment
from storage.database import insert
from storage.tables import Id, metadata

wish = Table(
    "forget_wish",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment, nullable=False),
)

ASKED_FOR = timedelta(minutes=10)
"""How long a yes is taken as the answer."""


def ask(db: Connection, who: int, *, at: datetime) -> None:
    row = insert(db, wish).values(member=who, at=at)
    db.execute(row.on_conflict_do_update(index_elements=["member"], set_={"at": at}))


def was_asked(db: Connection, who: int, now: datetime) -> bool:
    query = select(wish.c.member).where(wish.c.member == who, wish.c.at > now - ASKED_FOR)
    return db.execute(query).first() is not None
