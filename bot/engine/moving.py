"""A chat that has another address from now on: the course stays in it."""

from datetime import datetime

from sqlalchemy import Connection

from bot.domain.places import Address
from storage import outbox
from storage.database import insert_new
from storage.tables import moved_space


def move_space(db: Connection, old: Address, new: Address, at: datetime) -> None:
    """What the chat was bound to stays so, and what waits for it goes to the new address. Twice is as good as once."""
    row = {"platform": old.platform, "old": old.chat, "new": new.chat, "at": at}
    db.execute(insert_new(db, moved_space), row)
    outbox.readdress(db, old, new, now=at)
