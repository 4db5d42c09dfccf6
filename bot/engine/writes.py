"""What a batch has decided, until it is written with one statement per table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from bot.domain.rules import Fact, LedgerEntry, Verdict
from storage.bulk import insert_stored
from storage.columns import encode_json, stored_moment
from storage.database import insert_new
from storage.outbox import Queued, enqueue
from storage.tables import audit, fact, ledger

_FACT = ("course", "member", "kind", "object", "at", "local_date", "cause", "snapshot", "values", "verdicts")


@dataclass(slots=True)
class Writes:
    """Facts with their verdicts, ledger entries, outgoing messages, audit lines."""

    facts: list[tuple[Any, ...]] = field(default_factory=list)  # as they are stored
    entries: list[LedgerEntry] = field(default_factory=list)
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

    def flush_decisions(self, db: Connection) -> None:
        """Write facts, ledger entries and audit lines, so that what follows reads them."""
        if self.facts:
            insert_stored(db, fact, _FACT, self.facts)
        if self.entries:
            # One award per (member, rule, object, round), whatever happens above this line.
            db.execute(insert_new(db, ledger), [msgspec.structs.asdict(entry) for entry in self.entries])
        if self.audits:
            db.execute(insert(audit), self.audits)
        self.facts, self.entries, self.audits = [], [], []

    def flush(self, db: Connection) -> None:
        """Write everything."""
        self.flush_decisions(db)
        if self.outgoing:
            enqueue(db, self.outgoing)
        self.outgoing = []

    def say(self, messages: Iterable[Queued]) -> None:
        self.outgoing.extend(messages)
