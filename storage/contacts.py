"""Who can be written to in private: the people who have opened a chat with the bot, and have not closed it since."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from storage.among import among
from storage.database import insert
from storage.tables import contact

_KEY = ["platform", "user"]
_ARE_OPEN = select(contact.c.user, contact.c.is_open).where(
    contact.c.platform == bindparam("on"), among(contact.c.user, "users")
)


def are_open(db: Connection, platform: str, users: Collection[str]) -> dict[str, bool]:
    """Whether these people have opened a private chat with the bot; False: closed it. Of others nothing is known."""
    return {row.user: row.is_open for row in db.execute(_ARE_OPEN, {"on": platform, "users": list(users)})}


def is_open(db: Connection, platform: str, user: str) -> bool | None:
    """The same for one; None where nothing is known."""
    return are_open(db, platform, [user]).get(user)


def forget(db: Connection, platform: str, user: str) -> None:
    """From now on nothing is known of this person's private chat."""
    db.execute(delete(contact).where(contact.c.platform == platform, contact.c.user == user))


def change(db: Connection, platform: str, user: str, *, is_open: bool, at: datetime) -> bool:
    """Note that a private chat is open, or is no more; whether that is news."""
    row = insert(db, contact).values(platform=platform, user=user, is_open=is_open, at=at)
    news = row.on_conflict_do_update(
        index_elements=_KEY, set_={"is_open": is_open, "at": at}, where=contact.c.is_open != is_open
    )
    return db.execute(news.returning(contact.c.user)).one_or_none() is not None
