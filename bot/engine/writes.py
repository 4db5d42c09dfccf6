"""What a batch has decided, until it is written with one statement per table."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Insert, Table, bindparam, insert, update
from sqlalchemy.sql.dml import ReturningInsert

from bot.domain.rules import Fact, LedgerEntry, Verdict
from storage import boards, changed
from storage.bulk import insert_stored
from storage.columns import encode_json, stored_moment
from storage.database import insert_new
from storage.outbox import Queued, enqueue
from storage.tables import audit, fact, ledger, member, shadow_ledger

_FACT = ("course", "member", "kind", "object", "at", "local_date", "cause", "snapshot", "values", "verdicts")


@dataclass(slots=True)
class Writes:
    """Facts with their verdicts, ledger entries, outgoing messages, audit lines."""

    facts: list[tuple[Any, ...]] = field(default_factory=list)  # as they are stored
    entries: list[LedgerEntry] = field(default_factory=list)
    shadows: list[LedgerEntry] = field(default_factory=list)  # what rules in the shadow would have given
    levels: dict[int, str] = field(default_factory=dict)  # of members who reached another one
    outgoing: list[Queued] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)

    def add_fact(self, found: Fact, verdicts: Sequence[Verdict], snapshot: int) -> None:
        self.facts.append(
            (
                found.course,
                found.member,
                found.kind,
                found.object,
                stored_moment(found.at),
                found.local_date.isoformat(),
                found.cause,
                snapshot,
                encode_json(found.values),
                encode_json(verdicts),
            )
        )

    @property
    def has_decisions(self) -> bool:
        """Whether anything waits to be written that judging would read."""
        return bool(self.facts or self.entries or self.shadows or self.levels)

    def flush_decisions(self, db: Connection) -> None:
        """Write facts, ledger entries, levels and audit lines, so that what follows reads them."""
        if self.facts:
            insert_stored(db, fact, _FACT, self.facts)
        if self.entries:
            boards.add(db, _new(db, ledger, self.entries))
        if self.shadows:
            _new(db, shadow_ledger, self.shadows)
        if self.levels:
            rows = [{"who": who, "level_": level} for who, level in sorted(self.levels.items())]
            db.execute(_LEVEL, rows)
            changed.note(db, sorted(self.levels))
        if self.audits:
            db.execute(insert(audit), self.audits)
        self.facts, self.entries, self.shadows, self.levels, self.audits = [], [], [], {}, []

    def flush(self, db: Connection) -> None:
        """Write everything."""
        self.flush_decisions(db)
        if self.outgoing:
            enqueue(db, self.outgoing)
        self.outgoing = []

    def say(self, messages: Iterable[Queued]) -> None:
        self.outgoing.extend(messages)

    def unsay(self, keys: Collection[str]) -> None:
        """What waits here under these keys is not said."""
        self.outgoing = [queued for queued in self.outgoing if queued.message.key not in keys]


_LEVEL = update(member).where(member.c.id == bindparam("who")).values(level=bindparam("level_"))


def _new(db: Connection, table: Table, entries: Sequence[LedgerEntry]) -> dict[int, LedgerEntry]:
    """Write the entries; those that were not there yet, by their numbers.

    One award per (member, rule, object, round), whatever happens above this line.
    """
    rows = [msgspec.structs.asdict(entry) for entry in entries]
    written = db.execute(_entering(insert_new(db, table), table), rows)
    by_key = {(entry.member, entry.rule, entry.object, entry.round): entry for entry in entries}
    return {number: by_key[tuple(of)] for number, *of in written}


@cache
def _entering(new: Insert, table: Table) -> ReturningInsert[Any]:
    return new.returning(table.c.id, table.c.member, table.c.rule, table.c.object, table.c.round)
