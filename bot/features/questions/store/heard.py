"""What students have said in groups within the last day: the words of a message that gets a ❓."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, select, update

from bot.engine.pieces import Piece
from bot.features.questions.store.tables import heard
from storage.bulk import insert_stored
from storage.columns import encode_json, stored_moment

Heard = Row[Any]


class Words(NamedTuple):
    """What a student has said in a group."""

    object: str  # the message
    course: str
    member: int
    at: datetime
    user: str  # the author, by the platform's id
    text: str
    files: Sequence[Piece]


def keep(db: Connection, said: Sequence[Words]) -> None:
    """Nearly every message of a course comes this way."""
    if said:
        rows = [(*one[:3], stored_moment(one.at), one.user, one.text, encode_json(one.files)) for one in said]
        insert_stored(db, heard, Words._fields, rows, pass_over_known=True)


def of(db: Connection, object: str) -> Heard | None:
    return db.execute(select(heard).where(heard.c.object == object)).one_or_none()


def change(db: Connection, object: str, text: str) -> None:
    db.execute(update(heard).where(heard.c.object == object).values(text=text))


def forget(db: Connection, object: str) -> None:
    db.execute(delete(heard).where(heard.c.object == object))
