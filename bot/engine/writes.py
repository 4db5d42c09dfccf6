"""What a batch has decided, until it is written with one statement per table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import Connection, insert

from bot.domain.rules import Fact, LedgerEntry, Verdict
from storage.database import insert_new
from storage.outbox import Queued, enqueue
from storage.tables import audit, fact, ledger


@dataclass(slots=True)
class Writes:
    """Facts with their verdicts, ledger entries, outgoing messages, audit lines."""

    facts: list[dict[str, Any]] = field(default_factory=list)
    entries: list[LedgerEntry] = field(default_factory=list)
    outgoing: list[Queued] = field(default_factory=list)
    audits: list[dict[str, Any]] = field(default_factory=list)

    def add_fact(self, found: Fact, verdicts: Sequence[Verdict], snapshot: int) -> None:
        self.facts.append(
            {
                "course": found.course,
                "member": found.member,
                "kind": found.kind,
                "object": found.object,
                "at": found.at,
                "local_date": found.local_date,
                "cause": found.cause,
                "snapshot": snapshot,
                "values": found.values,
                "verdicts": verdicts,
            }
        )

    def flush_decisions(self, db: Connection) -> None:
        """Write facts, ledger entries and audit lines, so that what follows reads them."""
        if self.facts:
            db.execute(insert(fact), self.facts)
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
