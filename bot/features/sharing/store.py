"""Sessions and what was shared in them; the texts stand in a table of their own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from bot.domain.events import OccurrenceDue
from storage.among import among
from storage.columns import LocalDate, Moment
from storage.database import insert_new
from storage.tables import Id, metadata, profile

session = Table(
    "sharing_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("closes_at", Moment, nullable=False),  # what is posted before this counts, however late it reaches us
    Column("closed_at", Moment),  # when the summary was posted
    UniqueConstraint("course", "ritual", "space", "local_date"),
    Index(None, "course", "space", "closes_at"),
)

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("session", Id, ForeignKey("sharing_session.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("message", String(200)),  # the object of the message that it is
    UniqueConstraint("session", "member"),
    Index(None, "message"),
)

share_text = Table(
    "share_text",
    metadata,
    Column("share", Id, ForeignKey("share.id"), primary_key=True),
    Column("text", Text, nullable=False),
)


def open_session(db: Connection, due: OccurrenceDue, closes_at: datetime) -> None:
    row = {"course": due.course, "ritual": due.ritual, "space": due.space, "local_date": due.local_date}
    db.execute(insert_new(db, session), [{**row, "opened_at": due.at, "closes_at": closes_at}])


def sessions_in(db: Connection, course: str, spaces: Collection[str], since: datetime) -> Sequence[Row[Any]]:
    """The sessions of these spaces that were open at this moment or after it."""
    return db.execute(_SINCE, {"of": course, "spaces": spaces, "since": since}).all()


_SINCE = (
    select(session)
    .where(session.c.course == bindparam("of"), among(session.c.space, "spaces"))
    .where(session.c.closes_at > bindparam("since", type_=Moment()))
    .order_by(session.c.id)
)


def close_session(db: Connection, due: OccurrenceDue) -> Row[Any] | None:
    """Close it; None where it was never opened."""
    mine = (
        (session.c.course == due.course)
        & (session.c.ritual == due.ritual)
        & (session.c.space == due.space)
        & (session.c.local_date == due.local_date)
        & session.c.closed_at.is_(None)
    )
    return db.execute(update(session).where(mine).values(closed_at=due.at).returning(*session.c)).one_or_none()


def sharers(db: Connection, id: int) -> set[int]:
    return set(db.execute(select(share.c.member).where(share.c.session == id)).scalars())


def keep(db: Connection, id: int, member: int, text: str, *, message: str, at: datetime) -> None:
    """Keep a member's share in a session; of several, the longest text."""
    mine = (share.c.session == id) & (share.c.member == member)
    row = db.execute(select(share.c.id, share_text.c.text).join(share_text).where(mine)).one_or_none()
    if row is None:
        new = insert(share).values(session=id, member=member, message=message, at=at)
        number = db.execute(new.returning(share.c.id)).scalar_one()
        db.execute(insert(share_text).values(share=number, text=text))
    elif len(text) > len(row.text):
        db.execute(update(share_text).where(share_text.c.share == row.id).values(text=text))
        db.execute(update(share).where(share.c.id == row.id).values(message=message))


def withdraw(db: Connection, message: str) -> Row[Any] | None:
    """Forget the share that this message was: its member, and its session; None where it was none."""
    row = db.execute(
        select(share.c.id, share.c.member, share.c.session).where(share.c.message == message)
    ).one_or_none()
    if row is None:
        return None
    db.execute(delete(share_text).where(share_text.c.share == row.id))
    db.execute(delete(share).where(share.c.id == row.id))
    return db.execute(select(session, literal(row.member).label("member")).where(session.c.id == row.session)).one()


def summary(db: Connection, id: int, *, limit: int) -> tuple[int, list[Any]]:
    """How many shared, and name and text of the first."""
    count = db.execute(select(func.count()).where(share.c.session == id)).scalar_one()
    query = select(profile.c.name, share_text.c.text).join(share, share.c.member == profile.c.member)
    query = query.join(share_text, share_text.c.share == share.c.id).where(share.c.session == id)
    return count, list(db.execute(query.order_by(share.c.at, share.c.id).limit(limit)).all())
