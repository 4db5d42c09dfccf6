"""Who was given which honour, by which rule and for what. What was given is withdrawn, never deleted."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.domain.ids import MemberId
from bot.domain.rules import Firing, LedgerEntry
from storage import changed
from storage.columns import Moment
from storage.database import insert_new
from storage.persons import by_person, grouped, person_of, same_person, same_persons
from storage.tables import Id, metadata

Kind = Literal["badge", "title", "role"]

table = Table(
    "honour",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("name", String(48), nullable=False),
    Column("rule", String(48), nullable=False),
    Column("object", String(200), nullable=False),
    Column("round", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment),  # NULL: for good
    Column("withdrawn_at", Moment),
    UniqueConstraint("member", "kind", "name", "rule", "object", "round"),
    Index(None, "course", "kind", "until"),
)


def give(db: Connection, kind: Kind, name: str, firing: Firing, until: datetime | None = None) -> None:
    """Each giving is a row: an honour is held as long as one of its rows holds."""
    fact = firing.fact
    row = {"course": fact.course, "member": fact.member, "kind": kind, "name": name, "rule": firing.rule.id}
    row |= {"object": fact.object, "round": firing.round, "at": fact.at, "until": until}
    db.execute(insert_new(db, table), [row])
    changed.note(db, [fact.member])
    if until:
        changed.note(db, [fact.member], until)


def is_known(db: Connection, who: MemberId, kind: Kind, name: str, now: datetime) -> bool:
    """Whether the member has it, or would have it still if it had not been withdrawn, of which nobody tells them."""
    mine = same_person(table.c.member, who) & (table.c.kind == kind) & (table.c.name == name)
    return db.execute(select(table.c.id).where(mine, _runs(now)).limit(1)).first() is not None


def held(db: Connection, who: MemberId, now: datetime) -> Sequence[Any]:
    """Kind, name and end of what the member has, or who they were merged into, oldest first; the latest of its ends."""
    mine = same_person(table.c.member, person_of(literal(who, Id))) & table.c.withdrawn_at.is_(None) & _runs(now)
    query = select(table.c.kind, table.c.name, func.max(table.c.until).label("until")).where(mine)
    return db.execute(query.group_by(table.c.kind, table.c.name).order_by(func.min(table.c.id))).all()


def titles_held(db: Connection, members: Collection[int], now: datetime) -> dict[int, list[str]]:
    """The titles that these people have now, oldest first."""
    mine = (table.c.kind == "title") & table.c.withdrawn_at.is_(None) & _runs(now)
    query = by_person(select(table.c.member, table.c.name, table.c.id).where(mine, same_persons(table.c.member, "who")))
    rows = sorted(db.execute(query, {"who": members}).all(), key=lambda row: row[2])
    return dict(grouped((who, name) for who, name, _ in rows))


def withdrawn(db: Connection, who: MemberId) -> Sequence[Any]:
    """Kind, name and moment of what was withdrawn from the member, oldest first."""
    mine = same_person(table.c.member, who) & table.c.withdrawn_at.is_not(None)
    query = select(table.c.kind, table.c.name, table.c.withdrawn_at).where(mine)
    return db.execute(query.order_by(table.c.withdrawn_at, table.c.id)).all()


def withdraw(db: Connection, entry: LedgerEntry, now: datetime) -> Sequence[Any]:
    """Withdraw what this entry gave; kind and name of each, when it was given, and its end."""
    mine = (table.c.member == entry.member) & (table.c.rule == entry.rule)
    this = mine & (table.c.object == entry.object) & (table.c.round == entry.round) & table.c.withdrawn_at.is_(None)
    gone = update(table).where(this).values(withdrawn_at=now)
    changed.note(db, [entry.member])
    return db.execute(gone.returning(table.c.kind, table.c.name, table.c.at, table.c.until)).all()


def _runs(now: datetime) -> ColumnElement[bool]:
    return or_(table.c.until.is_(None), table.c.until > now)
