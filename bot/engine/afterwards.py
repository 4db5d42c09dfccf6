"""What is done once at the end of a batch, however many of its events have asked for it."""

from dataclasses import replace

from bot.engine.context import Context
from bot.engine.transaction import Belonging, Transaction


def do_afterwards(tx: Transaction) -> None:
    """Each by itself, in the order in which it was asked for first, with what is live by now."""
    for wish in tx.afterwards.values():
        course = tx.live.courses.get(wish.course)
        if course is not None:
            where = Belonging(course=course, space=wish.space, member=wish.member)
            ctx = Context(replace(tx, said_at=wish.said_at), wish.event, where)
            wish.act(ctx)
            ctx.writes.flush(tx.db)
    tx.afterwards.clear()
