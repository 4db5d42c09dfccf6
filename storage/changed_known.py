"""What was answered before and is other now, or gone; until whoever keeps it together looks."""

from collections.abc import Iterable

from sqlalchemy import Column, Connection, Select, String, Table, delete, select

from storage.database import insert_new
from storage.tables import metadata

table = Table(
    "changed_known",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("known", String(64), primary_key=True),  # `question:7`
)

_MOST = 500
"""Taken at once."""


def note(db: Connection, course: str, known: Iterable[str]) -> None:
    """These are to be looked at."""
    rows = [{"course": course, "known": one} for one in dict.fromkeys(known)]
    if rows:
        db.execute(insert_new(db, table), rows)


def note_those(db: Connection, found: Select[tuple[str, str]]) -> None:
    """The same for what a query finds: courses, and what is known there."""
    db.execute(insert_new(db, table).from_select(["course", "known"], found))


def take(db: Connection) -> list[tuple[str, str]]:
    """Some of those that are to be looked at, each with its course; they are noted no more."""
    found = [(row.course, row.known) for row in db.execute(_SOME)]
    for course, known in found:
        db.execute(delete(table).where(table.c.course == course, table.c.known == known))
    return found


_SOME = select(table.c.course, table.c.known).order_by(table.c.course, table.c.known).limit(_MOST)
