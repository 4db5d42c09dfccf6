"""What a term has led to: who was given which points for what, and a hash of everything that counts.

Numbers that the database or the chat gave out are replaced by what they stand for: they depend on what arrived first,
and mean nothing.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, select

from bot.simulation.acts import Post
from storage.tables import account, ledger, metadata

_TRAFFIC = frozenset(
    ("adapter_document", "audit", "clock", "event_claim", "heartbeat", "horizon", "lease", "outbox", "snapshot")
)
"""Tables that say how it came to pass, not what came to pass."""

_PASSING = frozenset(("id", "cause", "snapshot", "values", "verdicts", "code", "salt"))
"""Columns of the same kind. A `code` and a `salt` are secrets, and so others each time."""

_NUMBERED = re.compile(r"\blocal:(?:[^\s:]+:|[a-z]+-)(\d+)\b|\bmember (\d+)\b|\bthanks (\d+) to (\d+)\b")
"""A message, as its object or its event is named; a member."""


class Given(NamedTuple):
    """An entry of the ledger, without its numbers."""

    member: str  # the account's user
    rule: str
    object: str
    points: int


class Names:
    """What the numbers of members and messages stand for."""

    def __init__(self, db: Connection, posts: Mapping[int, Post]) -> None:
        self.members: dict[int, str] = {row.member: row.user for row in db.execute(select(account))}
        self._posts = posts

    def in_text(self, text: str) -> str:
        """The text with names for numbers."""
        return _NUMBERED.sub(self._named, text)

    def _named(self, found: re.Match[str]) -> str:
        message, member, giver, taker = found.groups()
        if message:
            return self._posts.get(int(message), "-")
        if member:
            return f"member {self._member(member)}"
        return f"thanks {self._member(giver)} to {self._member(taker)}"

    def _member(self, number: str) -> str:
        return self.members.get(int(number), "-")


def given_in(db: Connection, names: Names) -> Counter[Given]:
    """The ledger as a multiset."""
    query = select(ledger.c.member, ledger.c.rule, ledger.c.object, ledger.c.points)
    rows = db.execute(query).all()
    return Counter(Given(names.members[row[0]], row[1], names.in_text(row[2]), row[3]) for row in rows)


def state_hash(db: Connection, names: Names) -> str:
    """SHA-256 over all rows of what the course is about, in an order of their own."""
    digest = hashlib.sha256()
    stands_for: dict[str, Mapping[int, str]] = {"member": names.members}
    for table in metadata.sorted_tables:
        if table.name in _TRAFFIC:
            continue
        rows = _rows(db, table, names, stands_for)
        stands_for.setdefault(table.name, rows)
        digest.update(f"\n# {table.name}\n".encode())
        digest.update("\n".join(sorted(rows.values())).encode())
    return digest.hexdigest()


def _rows(db: Connection, table: Table, names: Names, stands_for: Mapping[str, Mapping[int, str]]) -> Mapping[int, str]:
    """Each row as a line, by its number; where rows have none, by their place. As stored: that is the same for ever."""
    columns = [column for column in table.columns if column.name not in _PASSING]
    number = "id" if "id" in table.columns else "null"
    shown = ", ".join(f'"{column.name}"' for column in columns)
    found = db.exec_driver_sql(f'select {number}, {shown} from "{table.name}"').all()  # noqa: S608 - our own names
    targets = [(place, target) for place, column in enumerate(columns) if (target := _target(column))]

    def line(values: list[Any]) -> str:
        for place, target in targets:
            if values[place] is not None:
                values[place] = stands_for[target][values[place]]
        return names.in_text("\t".join(map(str, values)))

    return {place if id is None else id: line(values) for place, (id, *values) in enumerate(found)}


def _target(column: Column[Any]) -> str | None:
    """The table that a column refers to."""
    return next((key.column.table.name for key in column.foreign_keys), None)
