"""The pipeline: a batch of events is one transaction that claims, handles, judges and writes."""

import logging
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any, Literal

from msgspec import structs
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StorageTrouble
from bot.domain.events import Alarm, AlarmsDue, Done, Event, MessagePosted, OccurrenceDue
from bot.domain.ids import EventKey
from bot.engine.afterwards import do_afterwards
from bot.engine.alarms import halves
from bot.engine.aside import set_aside
from bot.engine.dispatch import word_in
from bot.engine.executing import handle_occurrences
from bot.engine.feature import Command
from bot.engine.forms_waiting import answers_among
from bot.engine.live import Live
from bot.engine.messages import handle_messages
from bot.engine.single import handle_one
from bot.engine.together import command_for_many, handle_together
from bot.engine.transaction import Engine, Transaction
from storage.claims import claim_keys
from storage.database import Database, after_commit, savepoint

log = logging.getLogger(__name__)


class Pipeline:
    """Events in, rows out. Runs in the storage thread; awaits nothing."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._looked_at: Live | None = None  # as of the last look that was committed

    def process(self, events: Sequence[Event]) -> None:
        """Give every event its effect exactly once. Raises StorageTrouble, and then nothing was changed.

        A batch that fails is run again event by event; the one that fails alone is set aside and the others live.
        """
        try:
            self._batch(events)
        except StorageTrouble:
            raise
        except Exception:
            log.warning("a batch of %d events failed; running it event by event", len(events), exc_info=len(events) > 1)
            for event in events:
                self._alone(event)

    def _alone(self, event: Event) -> None:
        try:
            self._batch([event])
        except StorageTrouble:
            raise
        except Exception as error:
            left = self._in_parts(event) if isinstance(event, AlarmsDue) else event
            if left is None:
                return
            log.exception("event %r failed and is set aside", event.key)
            with self._database.begin() as db:
                set_aside(self._engine, db, left, f"{type(error).__name__}: {error}")

    def _in_parts(self, event: AlarmsDue) -> AlarmsDue | None:
        """Ring alarms that fail together in parts; those that fail by themselves are left, if any."""
        if len(event.alarms) == 1:
            return event
        log.warning("%d alarms of %s failed; ringing them in parts", len(event.alarms), event.name)
        failed: list[Alarm] = []
        for part in halves(event):
            try:
                self._batch([part])
            except StorageTrouble:
                raise
            except Exception:
                log.warning("%d of them failed again", len(part.alarms), exc_info=len(part.alarms) == 1)
                left = self._in_parts(part)
                failed += left.alarms if left else ()
        return structs.replace(event, alarms=tuple(failed)) if failed else None

    def _batch(self, events: Sequence[Event]) -> None:
        with self._database.begin() as db:
            fresh = _claimed(db, events)
            if fresh:
                self._look_afterwards(self._handled(db, fresh), events[-1].at)

    def _handled(self, db: Connection, fresh: Sequence[Event]) -> Transaction:
        """The transaction as it stands when all of them are handled.

        Chat messages change nothing of what is live but a role that a rule gives, which the next batch sees.
        """
        tx = self._transaction(db)
        answers = answers_among(db, fresh)
        for kind, group in groupby(fresh, lambda event: self._kind(event, answers)):
            run: list[Any] = list(group)
            if kind == "messages":
                handle_messages(tx, run)
                continue
            if kind == "occurrences":
                handle_occurrences(tx, run)
                tx = self._refreshed(tx)
            elif isinstance(kind, Command):
                handle_together(tx, kind, run)
                tx = self._refreshed(tx)
            else:
                for event in run:
                    handle_one(tx, event)
                    tx = self._refreshed(tx)
        do_afterwards(tx)
        return tx

    def look(self, now: datetime) -> None:
        """Let features see that time has passed. Raises StorageTrouble."""
        with self._database.begin() as db:
            self._look_afterwards(self._transaction(db), now)

    def _look_afterwards(self, tx: Transaction, now: datetime) -> None:
        if tx.live is not self._looked_at:
            self._look_at_courses(tx, now)
        for look in self._engine.registry.looks:
            look(tx, now)

    def _look_at_courses(self, tx: Transaction, now: datetime) -> None:
        """One that fails is left until the files change again: it is theirs, and no event has to wait for it."""
        for look in self._engine.registry.course_looks:
            try:
                with savepoint(tx.db):
                    look(tx, now)
            except DBAPIError:
                raise
            except Exception:
                log.exception("what follows from the courses' files could not be done; it is tried when they change")
        after_commit(tx.db, lambda _: self._has_looked_at(tx.live))

    def _has_looked_at(self, live: Live) -> None:
        self._looked_at = live

    def _transaction(self, db: Connection) -> Transaction:
        return Transaction(self._engine, db, self._engine.library.refresh(db))

    def _refreshed(self, tx: Transaction) -> Transaction:
        return replace(tx, live=self._engine.library.refresh(tx.db))

    def _kind(self, event: Event, answers: Set[EventKey]) -> Literal["messages", "occurrences", "alone"] | Command:
        """Plain messages go together, occurrences, and commands that are for many at once; all else goes alone.

        In the order in which it happened.
        """
        if isinstance(event, OccurrenceDue):
            return "occurrences"
        if event.key in answers or not isinstance(event, Done) or event.address.private:
            return "alone"
        if isinstance(event, MessagePosted) and not word_in(event, self._engine.registry):
            return "messages"
        return command_for_many(event, self._engine.registry) or "alone"


def _claimed(db: Connection, events: Sequence[Event]) -> list[Event]:
    """The events that were never seen before, claimed now."""
    by_key = {event.key: event for event in events}
    if not by_key:
        return []
    fresh = claim_keys(db, by_key, events[-1].at)
    return [event for key, event in by_key.items() if key in fresh]
