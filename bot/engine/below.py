"""What people say in reply to a post of ours, or in the thread that begins with it."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.messages import Text
from bot.domain.places import Address, Space
from bot.engine.context import Context
from bot.engine.people import speakers
from bot.engine.transaction import Belonging, Transaction
from storage.among import among
from storage.database import savepoint
from storage.outbox import chat_lane
from storage.tables import outbox

_POSTS = select(outbox.c.lane, outbox.c.sent_as, outbox.c.key, outbox.c.edits).where(
    among(outbox.c.sent_as, "messages"), outbox.c.lane == bindparam("lane")
)


def posts_above(db: Connection, events: Sequence[MessagePosted | CommandInvoked]) -> dict[EventKey, str]:
    """The key of the post of ours that each of these answers, without its place; nothing for those that answer none.

    What is said in a thread answers the post that began it, whatever else it replies to there.
    """
    by_lane: dict[str, dict[EventKey, tuple[str, ...]]] = {}
    for event in events:
        if above := tuple(_above(event)):
            by_lane.setdefault(chat_lane(event.address), {})[event.key] = above
    found: dict[EventKey, str] = {}
    for lane, wanted in by_lane.items():
        messages = {message for above in wanted.values() for message in above}
        rows = db.execute(_POSTS, {"lane": lane, "messages": list(messages)})
        keys = {row.sent_as: row.edits or row.key for row in rows}
        for event_key, above in wanted.items():
            key = next((keys[message] for message in above if message in keys), None)
            if key:
                found[event_key] = key.rpartition("@")[0]
    return found


def thread_of(address: Address) -> str | None:
    """The thread or topic that a place is in; platforms call it as the message that it began with."""
    return address.chat.partition("/")[2] or None


def _above(event: MessagePosted | CommandInvoked) -> Iterator[str]:
    if thread := thread_of(event.address):
        yield thread
    if event.reply_to is not None:
        yield event.reply_to


def hear_below(ctx: Context, event: MessagePosted, key: str) -> None:
    """Let the feature that posted it hear what is said to it; what is wrong is answered, and undone."""
    handler = ctx.engine.registry.below_handlers.get(key.partition(":")[0])
    if handler is None:
        return
    try:
        with savepoint(ctx.db):
            handler(ctx, event, key)
    except UserError as mistake:
        ctx.reply_words(mistake.text)
        ctx.reply_buttons((Text(id=button.label), button.command) for button in mistake.buttons)


def hear_among_staff(
    tx: Transaction, messages: Sequence[tuple[MessagePosted, Space]], below: Mapping[EventKey, str]
) -> None:
    """The same in a staff room, where nothing else is heard of plain messages."""
    members = speakers(tx, messages)
    for event, space in messages:
        member = members[space.course, event.actor.platform, event.actor.user]
        ctx = Context(tx, event, Belonging(course=tx.live.courses[space.course], space=space, member=member))
        hear_below(ctx, event, below[event.key])
        ctx.finish()
        ctx.writes.flush(tx.db)
