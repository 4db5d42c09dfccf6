"""Plain chat messages, nearly all traffic: many at a time, no statement per message."""

from collections.abc import Sequence

from bot.domain.events import MessagePosted, PlainMessage
from bot.domain.places import Member, Space
from bot.domain.rules import Fact
from bot.domain.text import visible_length
from bot.engine.context import Context, MessageBatch
from bot.engine.judging import Tallies, judged
from bot.engine.live import Live
from bot.engine.people import speakers
from bot.engine.transaction import Belonging, Transaction
from bot.engine.writes import Writes

FACT = "message.posted"


def handle_messages(tx: Transaction, events: Sequence[MessagePosted]) -> None:
    """Record and judge the messages that were posted in spaces of courses; show them to the features that watch."""
    placed = [(event, space) for event in events if (space := tx.live.space_at(event.address))]
    placed = [(event, space) for event, space in placed if space.kind != "staff"]
    if not placed:
        return
    members = speakers(tx, placed)
    by_course: dict[str, list[PlainMessage]] = {}
    for event, space in placed:
        member = members[space.course, event.actor.platform, event.actor.user]
        by_course.setdefault(space.course, []).append(_plain(tx.live, event, space, member))
    for messages in by_course.values():
        _Run(tx, messages).handle()


def _plain(live: Live, event: MessagePosted, space: Space, member: Member) -> PlainMessage:
    local_date = live.courses[space.course].date_at(event.at)
    return PlainMessage(event=event, space=space, member=member, local_date=local_date)


class _Run:
    """Messages of one course, judged in their order by folding over tallies that are loaded once."""

    def __init__(self, tx: Transaction, messages: Sequence[PlainMessage]) -> None:
        self._tx = tx
        self._messages = messages
        self._course = tx.live.courses[messages[0].space.course]
        self._writes = Writes()
        self._contexts: dict[str, Context] = {}
        self._tallies = Tallies()

    def handle(self) -> None:
        facts = [self._fact(message) for message in self._messages]
        self._tallies.load(self._tx.db, self._course, facts, are_new=True)
        snapshot = self._tx.live.snapshots[self._course.id]
        for message, fact in zip(self._messages, facts, strict=True):
            verdicts, firings = judged(self._course, fact, self._tallies)
            self._writes.add_fact(fact, verdicts, snapshot)
            for firing in firings:
                self._context(message).fire(firing)
        batch = MessageBatch(
            db=self._tx.db, now=self._messages[-1].event.at, live=self._tx.live, context_for=self._context
        )
        for watcher in self._tx.engine.registry.watchers:
            watcher(batch, self._messages)
        for ctx in self._contexts.values():
            ctx.finish()
        self._writes.flush(self._tx.db)

    def _fact(self, message: PlainMessage) -> Fact:
        event = message.event
        return Fact(
            kind=FACT,
            course=self._course.id,
            member=message.member.id,
            object=event.key,  # type: ignore[arg-type]  # a message is its own object
            at=event.at,
            local_date=message.local_date,
            cause=event.key,
            values={
                "length": visible_length(event.text),
                "is_reply": event.reply_to is not None,
                "attachments": len(event.attachments),
                "member.role": message.member.role,
                "space.kind": message.space.kind,
                "course.day": self._course.day_number(message.local_date),
            },
        )

    def _context(self, message: PlainMessage) -> Context:
        """One for each message, so that all that is answered to it becomes one answer."""
        found = self._contexts.get(message.event.key)
        if found is None:
            belonging = Belonging(course=self._course, space=message.space, member=message.member)
            found = Context(self._tx, message.event, belonging, writes=self._writes, tallies=self._tallies)
            self._contexts[message.event.key] = found
        return found
