"""What students have said in groups within the last day: the words of a message that gets a ❓."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.features.questions.store.tables import heard
from storage.database import insert_new

Heard = Row[Any]


def keep(db: Connection, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.execute(insert_new(db, heard), rows)


def of(db: Connection, object: str) -> Heard | None:
    return db.execute(select(heard).where(heard.c.object == object)).one_or_none()


def change(db: Connection, object: str, text: str) -> None:
    db.execute(update(heard).where(heard.c.object == object).values(text=text))


def forget(db: Connection, object: str) -> None:
    db.execute(delete(heard).where(heard.c.object == object))
