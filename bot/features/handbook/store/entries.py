"""Entries as rows. Whatever changes one leaves a row in the log of changes, and locks the course's log first.

So their numbers grow in the order of the commits: who has seen the newest has seen all before it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.domain.ids import CourseId
from bot.features.handbook.store.tables import change, entry, seed, version
from bot.features.handbook.words import Said
from storage.among import among
from storage.database import insert_new

Entry = Row[Any]
Version = Row[Any]

State = Literal["draft", "published", "doubted", "retired", "dropped", "reopened"]
"""`draft`: waits for staff; `doubted`: everybody reads it, and what it was made of has changed; `dropped`: staff do not
want it; `reopened`: it was a draft, and its question is open again."""
READ: tuple[State, ...] = ("published", "doubted")
"""The states of what everybody may read."""
TO_REVIEW: tuple[State, ...] = ("draft", "doubted")

Kind = Literal["published", "changed", "retired", "restored", "noted"]
"""`noted`: nothing that a reader would see, but what is found may be other."""
LOGGED: tuple[Kind, ...] = ("published", "changed", "retired", "restored")
"""What stands in the handbook's own log."""


# --- read -------------------------------------------------------------------------------------------------------------


def by_number(db: Connection, course: CourseId, number: int, *, lock: bool = False) -> Entry | None:
    query = select(entry).where(entry.c.id == number, entry.c.course == course)
    return db.execute(query.with_for_update() if lock else query).one_or_none()


def by_source(db: Connection, course: CourseId, sources: Collection[str]) -> dict[str, Entry]:
    """Those that were made of these, locked."""
    mine = (entry.c.course == course) & among(entry.c.source, "sources")
    found = db.execute(select(entry).where(mine).order_by(entry.c.id).with_for_update(), {"sources": list(sources)})
    return {row.source: row for row in found}


def of_kind(db: Connection, course: CourseId, kind: str) -> dict[str, Entry]:
    """All that were made of `faq`, or `question`, by what exactly; locked."""
    mine = (entry.c.course == course) & entry.c.source.startswith(f"{kind}:", autoescape=True)
    return {row.source: row for row in db.execute(select(entry).where(mine).order_by(entry.c.id).with_for_update())}


def in_state(db: Connection, course: CourseId, states: Collection[State]) -> Sequence[Entry]:
    """In order."""
    mine = (entry.c.course == course) & entry.c.state.in_(states)
    return db.execute(select(entry).where(mine).order_by(entry.c.id)).all()


def sources_not(db: Connection, course: CourseId, state: State) -> set[str]:
    """What entries in any other state were made of."""
    mine = (entry.c.course == course) & (entry.c.state != state)
    return set(db.execute(select(entry.c.source).where(mine)).scalars())


def newest_version(db: Connection, row: Entry) -> Version | None:
    """The one that is read; None of a draft."""
    mine = (version.c.entry == row.id) & (version.c.version == row.version)
    return db.execute(select(version).where(mine)).one_or_none()


def newest_versions(db: Connection, course: CourseId, states: Collection[State]) -> dict[int, Version]:
    """The same for all entries in these states, by number."""
    same = (version.c.entry == entry.c.id) & (version.c.version == entry.c.version)
    mine = (entry.c.course == course) & entry.c.state.in_(states)
    query = select(version).join(entry, same).where(mine).order_by(entry.c.id)
    return {row.entry: row for row in db.execute(query)}


def newest_versions_of(db: Connection, numbers: Collection[int]) -> dict[int, Version]:
    """Of these entries, by number."""
    same = (version.c.entry == entry.c.id) & (version.c.version == entry.c.version)
    query = select(version).join(entry, same).where(among(entry.c.id, "numbers"))
    return {row.entry: row for row in db.execute(query, {"numbers": list(numbers)})}


def versions_of(db: Connection, number: int) -> Sequence[Version]:
    """The newest first."""
    return db.execute(select(version).where(version.c.entry == number).order_by(version.c.version.desc())).all()


def changed_at(db: Connection, course: CourseId) -> Mapping[int, datetime]:
    """When each entry was last changed for its readers."""
    mine = (change.c.course == course) & change.c.kind.in_(LOGGED)
    newest = select(change.c.entry, func.max(change.c.at)).where(mine).group_by(change.c.entry)
    return {row[0]: row[1] for row in db.execute(newest)}


def log_of(db: Connection, course: CourseId) -> Sequence[Row[Any]]:
    """All that readers have seen change, in order, with the note and the words of its version."""
    same = (version.c.entry == change.c.entry) & (version.c.version == change.c.version)
    words = (version.c.note, version.c.member, version.c.asked, version.c.also, version.c.answer)
    query = select(change, *words).join(version, same)
    query = query.where(change.c.course == course, change.c.kind.in_(LOGGED))
    return db.execute(query.order_by(change.c.at, change.c.entry, change.c.id)).all()


def last_change(db: Connection, row: Entry) -> int:
    """The number of its newest change, of any kind."""
    return int(db.execute(select(func.max(change.c.id)).where(change.c.entry == row.id)).scalar_one() or 0)


def mark(db: Connection, course: CourseId) -> tuple[Any, ...]:
    """Another one whenever anything is changed; of a change that was undone, no other one has it."""
    newest = select(change.c.id, change.c.entry, change.c.version, change.c.kind, change.c.at)
    found = db.execute(newest.where(change.c.course == course).order_by(change.c.id.desc()).limit(1)).one_or_none()
    return tuple(found) if found else ()


# --- written ----------------------------------------------------------------------------------------------------------


def add(db: Connection, course: CourseId, source: str, state: State, **values: Any) -> Entry:
    """A new one, without a word yet."""
    made = {"course": course, "source": source, "state": state, "version": 0, "origin": ""} | values
    return db.execute(insert(entry).values(made).returning(*entry.c)).one()


def change_to(db: Connection, row: Entry, kind: Kind, at: datetime, **values: Any) -> Entry:
    """As it is afterwards; the log says that it has changed."""
    lock_log(db, row.course)
    if values:
        row = db.execute(update(entry).where(entry.c.id == row.id).values(values).returning(*entry.c)).one()
    logged = {"course": row.course, "entry": row.id, "version": row.version, "at": at, "kind": kind}
    db.execute(insert(change).values(logged))
    return row


def add_version(
    db: Connection, row: Entry, said: Said, at: datetime, *, member: int | None = None, note: str = ""
) -> int:
    """The number of the new version."""
    values = {"entry": row.id, "version": row.version + 1, "at": at, "member": member, "note": note}
    words = {"asked": dict(said.asked), "also": list(said.also), "answer": dict(said.answer)}
    db.execute(insert(version).values(values | words))
    return int(row.version) + 1


def lock_log(db: Connection, course: str) -> int:
    """Wait until nobody else writes the log of this course; the snapshot whose faq.yaml is in, 0 for none."""
    db.execute(insert_new(db, seed), {"course": course, "snapshot": 0})
    return int(db.execute(select(seed.c.snapshot).where(seed.c.course == course).with_for_update()).scalar_one())


def seeded(db: Connection) -> dict[str, int]:
    """By course, the snapshot whose faq.yaml is in."""
    return {row.course: row.snapshot for row in db.execute(select(seed))}


def keep_seeded(db: Connection, course: CourseId, snapshot: int) -> None:
    db.execute(update(seed).where(seed.c.course == course).values(snapshot=snapshot))
