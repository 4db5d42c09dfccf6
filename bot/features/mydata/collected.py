"""Everything that is kept about a person, as plain values."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from bot.domain.rules import ANONYMOUS
from storage.erasing import contents_in
from storage.personal import Person, Personal, rows_read_by
from storage.tables import audit, fact
from storage.traces import documents_of, messages_to, set_aside_of

Rows = list[dict[str, Any]]


class Collected(NamedTuple):
    """Rows by table, which of them are for a spreadsheet, and the files that they name: content to name."""

    rows: dict[str, Rows]
    sheets: frozenset[str]
    files: dict[str, str]


def collect(db: Connection, whose: Person, personals: Sequence[Personal]) -> Collected:
    rows: dict[str, Rows] = {}
    for personal in personals:
        rows.setdefault(personal.table.name, []).extend(rows_read_by(db, personal, whose))
    rows[fact.name] = [_masked(row) for row in rows[fact.name]]
    rows["outbox"] = [_message(row) for row in messages_to(db, whose)]
    rows["set_aside"] = [{"at": row.at, "event": row.event} for row in set_aside_of(db, whose)]
    mine = select(audit.c.at, audit.c.course, audit.c.action, audit.c.details)
    mine = mine.where(audit.c.member.in_(whose.members)).order_by(audit.c.id)
    rows["audit"] = [dict(row) for row in db.execute(mine).mappings()]
    rows["adapter_document"] = [{"kind": row.kind, "value": row.value} for row in documents_of(db, whose)]
    sheets = frozenset(personal.table.name for personal in personals if personal.is_sheet)
    return Collected({name: found for name, found in rows.items() if found}, sheets, dict(_files(rows.values())))


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    """An anonymous fact is masked for everyone: who finds the file must not learn what it was."""
    if ANONYMOUS not in row["values"]:
        return row
    return {name: row[name] for name in ("id", "course", "member", "local_date")}


def _message(row: Any) -> dict[str, Any]:
    text = "".join(span["text"] if isinstance(span, dict) else span[0] for span in row.message["body"])
    return {"at": row.not_before, "platform": row.platform, "state": row.state, "text": text}


def _files(values: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """What names the content of a file, with the file's name where it stands beside it."""
    for value in values:
        if isinstance(value, dict):
            named = str(value.get("name") or "file")
            yield from ((content, named) for name in ("sha256", "ref") for content in contents_in(value.get(name)))
            yield from _files(value.values())
        elif isinstance(value, list | tuple):
            yield from _files(value)
