"""The tables of where the bot is, who asks to be let in, and what platforms are in trouble with."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Boolean, Column, Connection, Row, String, Table, Text, delete, select, update
from sqlalchemy import insert as insert_into

from bot.domain.events import JoinRequested, PlaceSeen
from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Address
from storage.columns import Json, Moment
from storage.database import insert, insert_new
from storage.personal import Personal
from storage.tables import Id, metadata, moved_space

place = Table(
    "place",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("chat", String(128), primary_key=True),  # without topic
    Column("title", Text, nullable=False),
    Column("is_in", Boolean(create_constraint=False), nullable=False),  # the bot is there
    Column("lacks", Json, nullable=False),  # ids of the texts that say what it can't do there
    Column("at", Moment, nullable=False),
)

join_request = Table(
    "join_request",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("user", String(128), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", Id),  # a member of staff
    Column("is_admitted", Boolean(create_constraint=False)),
)

PERSONAL = Personal(join_request, path=("platform", "user"), hidden=("decided_by",), goes=True)

platform_trouble = Table(
    "platform_trouble",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("since", Moment, nullable=False),
)


class Standing(NamedTuple):
    """How the bot stood in a chat when it was last looked up."""

    is_in: bool
    lacks: Sequence[str]


def standing_in(db: Connection, address: Address) -> Standing | None:
    """None where nothing is known of the chat yet."""
    mine = (place.c.platform == address.platform) & (place.c.chat == address.room)
    row = db.execute(select(place).where(mine)).one_or_none()
    return Standing(row.is_in, row.lacks) if row else None


def remember(db: Connection, seen: PlaceSeen) -> None:
    """From now on the chat is known to be so. Who is no longer in a chat may not be told its title."""
    now = {"is_in": seen.is_in, "lacks": list(seen.lacks), "at": seen.at}
    row = insert(db, place).values(platform=seen.address.platform, chat=seen.address.room, title=seen.title, **now)
    changed = now | ({"title": seen.title} if seen.title else {})
    db.execute(row.on_conflict_do_update(index_elements=["platform", "chat"], set_=changed))


def title_of(db: Connection, address: Address) -> str:
    """What the chat is called; its address where that is not known."""
    mine = (place.c.platform == address.platform) & (place.c.chat == address.room)
    return db.execute(select(place.c.title).where(mine)).scalar_one_or_none() or address.room


def former_addresses(db: Connection, address: Address) -> list[Address]:
    """Where the chat was before it moved."""
    moves = select(moved_space.c.old).where(
        moved_space.c.platform == address.platform, moved_space.c.new == address.chat
    )
    return [Address(platform=address.platform, chat=old) for old in db.execute(moves).scalars()]


def add_request(db: Connection, course: CourseId, asked: JoinRequested, name: str) -> int:
    """Keep who asks to be let in; the number of the request."""
    row = {"course": course, "platform": asked.address.platform, "chat": asked.address.chat, "at": asked.at}
    added = insert_into(join_request).values(row | {"user": asked.actor.user, "name": name})
    return int(db.execute(added.returning(join_request.c.id)).scalar_one())


def request_of(db: Connection, course: CourseId, number: int) -> Row[tuple[object, ...]] | None:
    mine = (join_request.c.id == number) & (join_request.c.course == course)
    return db.execute(select(join_request).where(mine)).one_or_none()


def decide(db: Connection, number: int, by: MemberId, *, is_admitted: bool, at: datetime) -> bool:
    """Whether nobody has decided before."""
    still_open = (join_request.c.id == number) & join_request.c.decided_at.is_(None)
    decided = update(join_request).where(still_open)
    return db.execute(decided.values(decided_at=at, decided_by=by, is_admitted=is_admitted)).rowcount == 1


def begin_trouble(db: Connection, platform: str, kind: str, since: datetime) -> bool:
    """Whether that is news."""
    row = {"platform": platform, "kind": kind, "since": since}
    return db.execute(insert_new(db, platform_trouble), row).rowcount == 1


def end_trouble(db: Connection, platform: str, kind: str) -> datetime | None:
    """Since when there was this trouble; None where nobody knew of it."""
    mine = (platform_trouble.c.platform == platform) & (platform_trouble.c.kind == kind)
    ended = delete(platform_trouble).where(mine).returning(platform_trouble.c.since)
    return db.execute(ended).scalar_one_or_none()
