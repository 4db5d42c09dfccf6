"""The course that somebody talks about with the bot alone, where they could mean several."""

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, bindparam, select

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

_CHOSEN = select(private_course.c.course).where(
    private_course.c.platform == bindparam("on"), private_course.c.user == bindparam("who")
)


def chosen(db: Connection, actor: Actor) -> CourseId | None:
    """What this account chose last, whether or not it still fits."""
    return db.execute(_CHOSEN, {"on": actor.platform, "who": actor.user}).scalar_one_or_none()


def choose(db: Connection, actor: Actor, course: CourseId, *, at: datetime) -> None:
    row = insert(db, private_course).values(platform=actor.platform, user=actor.user, course=course, at=at)
    db.execute(row.on_conflict_do_update(index_elements=["platform", "user"], set_={"course": course, "at": at}))
