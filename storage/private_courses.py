"""The course that somebody talks about with the bot alone, of several; and what they asked before they said which."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Boolean, Column, Connection, String, Table, Text, bindparam, delete, select

from bot.domain.ids import CourseId
from bot.domain.places import Actor
from storage.columns import Moment
from storage.database import insert
from storage.tables import metadata

private_course = Table(
    "private_course",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("course", String(32), nullable=False),
    Column("at", Moment, nullable=False),
)

ASKED_LIFE = timedelta(hours=1)

private_asked = Table(
    "private_asked",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("asked", Text, nullable=False),  # a command with its words
    Column("by_link", Boolean(create_constraint=False), nullable=False),  # which somebody else may have made
    Column("at", Moment, nullable=False),
)

_CHOSEN = select(private_course.c.course).where(
    private_course.c.platform == bindparam("on"), private_course.c.user == bindparam("who")
)


def chosen(db: Connection, actor: Actor) -> CourseId | None:
    """What this account chose last, whether or not it still fits."""
    return db.execute(_CHOSEN, {"on": actor.platform, "who": actor.user}).scalar_one_or_none()


def choose(db: Connection, actor: Actor, course: CourseId, *, at: datetime) -> None:
    row = insert(db, private_course).values(platform=actor.platform, user=actor.user, course=course, at=at)
    db.execute(row.on_conflict_do_update(index_elements=["platform", "user"], set_={"course": course, "at": at}))


class Asked(NamedTuple):
    """A command with its words."""

    words: str
    by_link: bool


def keep_asked(db: Connection, actor: Actor, asked: Asked, *, at: datetime) -> None:
    """What is to be done as soon as the course is chosen; a later wish takes the place of an earlier one."""
    wish = {"asked": asked.words, "by_link": asked.by_link, "at": at}
    row = insert(db, private_asked).values(platform=actor.platform, user=actor.user, **wish)
    db.execute(row.on_conflict_do_update(index_elements=["platform", "user"], set_=wish))


def take_asked(db: Connection, actor: Actor, *, at: datetime) -> Asked | None:
    """What this account asked last, once; None where that was done already, or is too long ago."""
    mine = (private_asked.c.platform == actor.platform) & (private_asked.c.user == actor.user)
    row = db.execute(
        delete(private_asked).where(mine).returning(private_asked.c.asked, private_asked.c.by_link, private_asked.c.at)
    ).one_or_none()
    return Asked(row.asked, row.by_link) if row and at < row.at + ASKED_LIFE else None
