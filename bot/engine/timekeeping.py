"""What a clock that did not run evenly means: staff are told, and nothing waits for a time that was taken back."""

from datetime import timedelta

from sqlalchemy import Connection, select, update

from bot.domain.events import TimeLost
from bot.domain.messages import Text
from bot.engine import agenda
from bot.engine.context import Context
from bot.engine.transaction import Belonging, Transaction
from storage.tables import event_claim, heartbeat, outbox

_APART = timedelta(minutes=1)
"""Two processes on one machine notice the same within less than this."""


def tell_of_lost_time(tx: Transaction, event: TimeLost) -> None:
    """Tell the staff of every course. What becomes of rituals is their own policy, and told with each."""
    if _is_known(tx.db, event):
        return
    if event.kind == "back":
        waiting = outbox.c.state == "pending"
        later = outbox.c.not_before.between(event.at, event.since)
        tx.db.execute(update(outbox).where(waiting, later).values(not_before=event.at))
        agenda.give_back(tx.db, event.at, event.since)
        tx.db.execute(update(outbox).where(waiting, outbox.c.retry_at > event.at).values(retry_at=None))
    for course in tx.live.courses.values():
        ctx = Context(tx, event, Belonging(course=course))
        since, until = event.since.astimezone(course.tzinfo), event.at.astimezone(course.tzinfo)
        values = {"since": since, "until": until, "time": _rounded(abs(event.at - event.since))}
        ctx.tell_staff(Text(id=f"time.{event.kind}", values=values), key=f"{event.key}:{course.id}")
        ctx.writes.flush(tx.db)


def _is_known(db: Connection, event: TimeLost) -> bool:
    """Whether another process has told of it: each looks at the clock at moments of its own."""
    db.execute(select(heartbeat).with_for_update())  # one after the other
    first, last = (f"time:{event.kind}:{(event.since + apart).isoformat()}" for apart in (-_APART, _APART))
    same = event_claim.c.key.between(first, last) & (event_claim.c.key != event.key)
    return db.execute(select(event_claim.c.key).where(same).limit(1)).first() is not None


def _rounded(length: timedelta) -> timedelta:
    """Whole minutes: nobody asks for the seconds of an outage."""
    return max(timedelta(minutes=round(length / timedelta(minutes=1))), timedelta(minutes=1))
