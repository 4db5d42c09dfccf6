"""Which post is pinned where, by the name under which it was pinned: the next one takes its place."""

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, select

from bot.domain.ids import CourseId
from bot.domain.places import Address
from storage.columns import Moment
from storage.database import insert
from storage.tables import metadata

pinned_post = Table(
    "pinned_post",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("chat", String(128), primary_key=True),
    Column("post", String(240), nullable=False),  # the key of its outbox row, which is kept as long as this one
    Column("at", Moment, nullable=False),
)

_KEY = [column.name for column in pinned_post.primary_key]


def replace(db: Connection, course: CourseId, name: str, address: Address, post: str, *, at: datetime) -> str | None:
    """This post is pinned from now on; the one that was before."""
    place = {"course": course, "name": name, "platform": address.platform, "chat": address.chat}
    here = [pinned_post.c[column] == value for column, value in place.items()]
    before: str | None = db.execute(select(pinned_post.c.post).where(*here)).scalar_one_or_none()
    row = insert(db, pinned_post).values(**place, post=post, at=at)
    db.execute(row.on_conflict_do_update(index_elements=_KEY, set_={"post": post, "at": at}))
    return before
