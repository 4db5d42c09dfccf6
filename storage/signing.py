"""The key pairs that we sign with. Each is made once, whoever needs it first, and is the same for all processes."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, Connection, String, Table, select

from storage.columns import Moment
from storage.database import insert_new
from storage.tables import metadata

signing_key = Table(
    "signing_key",
    metadata,
    Column("name", String(32), primary_key=True),  # what it signs
    Column("private", String(64), nullable=False),  # who can read the database or a backup can sign
    Column("public", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)


class Pair(NamedTuple):
    """As it is kept."""

    private: str
    public: str


def key_pair(db: Connection, name: str, make: Callable[[], tuple[str, str]], at: datetime) -> Pair:
    """The pair of this name, made where there is none: of two processes that make one, the first one's counts.

    The unique name makes the second wait for the first, and then it reads what that has kept.
    """
    if found := known(db, name):
        return found
    private, public = make()
    db.execute(insert_new(db, signing_key), [{"name": name, "private": private, "public": public, "at": at}])
    made = known(db, name)
    assert made is not None, "it was there, or has just been made"
    return made


def known(db: Connection, name: str) -> Pair | None:
    """None where nothing was signed yet."""
    row = db.execute(select(signing_key).where(signing_key.c.name == name)).one_or_none()
    return Pair(row.private, row.public) if row else None
