"""Plain chat messages, nearly all traffic: many at a time, no statement per message."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from bot.domain.events import MessagePosted, PlainMessage
from bot.domain.ids import EventKey, MemberId, ObjectId
from bot.domain.places import Address, Member, Space
from bot.domain.rules import ANSWERED, MARK, Fact
from bot.domain.text import fingerprint, visible_length
from bot.engine.below import hear_among_staff, hear_below, posts_above
from bot.engine.context import Context, MessageBatch
from bot.engine.judging import Judging
from bot.engine.live import Live
from bot.engine.people import speakers
from bot.engine.transaction import Belonging, Transaction
from bot.engine.values import common_values
from bot.engine.writes import Writes
from storage.among import among
from storage.persons import person_of
from storage.tables import fact as fact_table

FACT = "message.posted"


def message_object(address: Address, message: str) -> str:
    """The object of the fact that a message was posted: what edits, deletions and reactions name it by."""
    return f"message {address.platform}:{address.room}:{message}"


def handle_messages(tx: Transaction, events: Sequence[MessagePosted]) -> None:
    """Record and judge the messages that were posted in spaces of courses; show them to the features that watch."""
    everywhere = [(event, space) for event in events if (space := tx.live.space_at(event.address))]
    below = posts_above(tx.db, [event for event, _ in everywhere])
    placed = [(event, space) for event, space in everywhere if space.kind != "staff"]
    among_staff = [(event, space) for event, space in everywhere if space.kind == "staff" and event.key in below]
    if among_staff:
        hear_among_staff(tx, among_staff, below)
    if not placed:
        return
    members = speakers(tx, placed)
    by_course: dict[str, list[PlainMessage]] = {}
    for event, space in placed:
        member = members[space.course, event.actor.platform, event.actor.user]
        by_course.setdefault(space.course, []).append(_plain(tx.live, event, space, member))
    for messages in by_course.values():
        _Run(tx, messages, below).handle()


def _plain(live: Live, event: MessagePosted, space: Space, member: Member) -> PlainMessage:
    local_date = live.courses[space.course].date_at(event.at)
    return PlainMessage(event=event, space=space, member=member, local_date=local_date)


_AUTHORS = select(fact_table.c.object, person_of(fact_table.c.member).label("member")).where(
    fact_table.c.course == bindparam("of"), fact_table.c.kind == FACT, among(fact_table.c.object, "objects")
)


class _Run:
    """Messages of one course, judged in their order by folding over tallies that are loaded once."""

    def __init__(self, tx: Transaction, messages: Sequence[PlainMessage], below: Mapping[EventKey, str]) -> None:
        self._tx = tx
        self._messages = messages
        self._below = below
        self._course = tx.live.courses[messages[0].space.course]
        self._snapshot = tx.live.snapshots[self._course.id]
        self._writes = Writes()
        self._contexts: dict[str, Context] = {}
        self._judging = Judging()
        self._common: dict[tuple[int, str, date], dict[str, Any]] = {}

    def handle(self) -> None:
        answering = self._answering()
        facts = [self._fact(message, answering.get(message.event.key)) for message in self._messages]
        db, judging = self._tx.db, self._judging
        judging.load(db, self._course, facts, are_new=True)
        risen = judging.fold.levels
        for message, fact in zip(self._messages, facts, strict=True):
            level = risen.get(fact.member)
            if level and level != fact.values["member.level"]:
                fact.values["member.level"] = level
                judging.load(db, self._course, [fact], are_new=True)  # other conditions may hold now
            for judged in judging.judged(db, self._course, fact):
                if judged.firings or judged.fact is not fact:
                    self._context(message).act(judged)
                else:
                    self._writes.add_fact(fact, judged.verdicts, self._snapshot)
        batch = MessageBatch(
            db=self._tx.db,
            now=self._messages[-1].event.at,
            live=self._tx.live,
            voice=self._tx.engine.voice,
            context_for=self._context,
        )
        for watcher in self._tx.engine.registry.watchers:
            watcher(batch, self._messages)
        for message in self._messages:
            if key := self._below.get(message.event.key):
                hear_below(self._context(message), message.event, key)
        for ctx in self._contexts.values():
            ctx.finish()
        self._writes.flush(self._tx.db)

    def _answering(self) -> dict[EventKey, MemberId]:
        """The messages that reply to another member, and to whom: nobody answers oneself, or a bot."""
        asked = {
            event.key: message_object(event.address, event.reply_to)
            for event in (message.event for message in self._messages)
            if event.reply_to is not None
        }
        if not asked:
            return {}
        bound = {"of": self._course.id, "objects": set(asked.values())}
        authors = {row.object: row.member for row in self._tx.db.execute(_AUTHORS, bound)}
        found: dict[EventKey, MemberId] = {}
        for message in self._messages:
            event = message.event
            author = authors.get(asked.get(event.key, ""))
            if author not in (None, message.member.id):
                found[event.key] = author
            authors[message_object(event.address, event.message)] = message.member.id
        return found

    def _fact(self, message: PlainMessage, answered: MemberId | None) -> Fact:
        event, text = message.event, message.event.text
        return Fact(
            kind=FACT,
            course=self._course.id,
            member=message.member.id,
            object=ObjectId(message_object(event.address, event.message)),
            at=event.at,
            local_date=message.local_date,
            cause=event.key,
            values={
                "length": visible_length(text),
                "is_reply": answered is not None,
                **({ANSWERED: answered} if answered is not None else {}),
                "attachments": len(event.attachments),
                MARK: fingerprint(text),
                **self._common_values(message),
            },
        )

    def _common_values(self, message: PlainMessage) -> dict[str, Any]:
        """The same for all that one member says on one day in one space."""
        key = message.member.id, message.space.id, message.local_date
        found = self._common.get(key)
        if found is None:
            found = common_values(self._course, message.member, message.space, message.local_date)
            self._common[key] = found
        return found

    def _context(self, message: PlainMessage) -> Context:
        """One for each message, so that all that is answered to it becomes one answer."""
        found = self._contexts.get(message.event.key)
        if found is None:
            belonging = Belonging(course=self._course, space=message.space, member=message.member)
            found = Context(self._tx, message.event, belonging, writes=self._writes, judging=self._judging)
            self._contexts[message.event.key] = found
        return found
