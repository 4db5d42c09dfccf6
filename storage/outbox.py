"""Messages that the core has decided to send: rows that are claimed, sent outside the transaction, and settled."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Row, and_, exists, func, select, update

from bot.domain.messages import OutgoingMessage
from storage.database import insert_new
from storage.tables import outbox

UNSETTLED = ("pending", "sending")


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way into the outbox."""

    message: OutgoingMessage
    not_before: datetime
    expires_at: datetime
    is_notice: bool = False


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A row that this process is sending now."""

    id: int
    message: OutgoingMessage
    attempts: int
    is_notice: bool


def lane_of(message: OutgoingMessage) -> str:
    """Order holds within a lane. An interaction waits for nobody, so it is a lane of its own."""
    if message.answers:
        return f"{message.address.platform}:interaction:{message.answers}"
    return f"{message.address.platform}:{message.address.chat}"


def enqueue(db: Connection, queued: Sequence[Queued]) -> None:
    """Add messages, in order. A key that is there already is passed over; an edit replaces one that still waits."""
    rows = [_row(item) for item in queued if not (item.message.edits and _replaced_waiting_edit(db, item))]
    if rows:
        db.execute(insert_new(db, outbox), rows)


def _row(item: Queued) -> dict[str, object]:
    return {
        "key": item.message.key,
        "lane": lane_of(item.message),
        "platform": item.message.address.platform,
        "message": item.message,
        "edits": item.message.edits,
        "state": "pending",
        "not_before": item.not_before,
        "expires_at": item.expires_at,
        "is_notice": item.is_notice,
    }


def _replaced_waiting_edit(db: Connection, item: Queued) -> bool:
    waiting = and_(outbox.c.edits == item.message.edits, outbox.c.state == "pending", outbox.c.attempts == 0)
    newest = select(func.max(outbox.c.id)).where(waiting, outbox.c.lane == lane_of(item.message)).scalar_subquery()
    done = db.execute(
        update(outbox).where(outbox.c.id == newest).values(message=item.message, expires_at=item.expires_at)
    )
    return done.rowcount > 0


def exists_key(db: Connection, key: str) -> bool:
    """Whether a message with this key was ever decided on."""
    return db.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None


def claim(
    db: Connection, platforms: Collection[str], *, holder: str, now: datetime, limit: int = 50
) -> tuple[list[Claimed], list[int]]:
    """Mark the heads of the free lanes as `sending`; with the ids of what expired instead."""
    expired = _expire(db, now)
    earlier = outbox.alias("earlier")
    blocked = exists().where(
        earlier.c.lane == outbox.c.lane, earlier.c.state.in_(UNSETTLED), earlier.c.id < outbox.c.id
    )
    heads = (
        select(outbox)
        .where(outbox.c.state == "pending", outbox.c.not_before <= now, outbox.c.platform.in_(platforms), ~blocked)
        .order_by(outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = db.execute(heads).all()
    if rows:
        mine = {"state": "sending", "holder": holder, "attempts": outbox.c.attempts + 1}
        db.execute(update(outbox).where(outbox.c.id.in_([row.id for row in rows])).values(mine))
    return [_claimed(db, row) for row in rows], expired


def _expire(db: Connection, now: datetime) -> list[int]:
    late = update(outbox).where(outbox.c.state == "pending", outbox.c.expires_at <= now)
    return list(db.execute(late.values(state="expired", settled_at=now).returning(outbox.c.id)).scalars())


def _claimed(db: Connection, row: Row[tuple[object, ...]]) -> Claimed:
    message = msgspec.convert(row.message, OutgoingMessage)
    if message.edits:
        sent_as = db.execute(select(outbox.c.sent_as).where(outbox.c.key == message.edits)).scalar_one_or_none()
        message = msgspec.structs.replace(message, target=sent_as)
    return Claimed(id=row.id, message=message, attempts=row.attempts + 1, is_notice=row.is_notice)


def settle(db: Connection, id: int, state: str, *, now: datetime, sent_as: str | None = None, error: str = "") -> None:
    """End a row: sent, unknown, dead."""
    ended = {"state": state, "sent_as": sent_as, "error": error or None, "settled_at": now, "holder": None}
    db.execute(update(outbox).where(outbox.c.id == id).values(ended))


def retry(db: Connection, id: int, *, not_before: datetime, error: str) -> None:
    """Put a row back: it certainly did not arrive, or arriving twice does no harm."""
    again = {"state": "pending", "holder": None, "not_before": not_before, "error": error}
    db.execute(update(outbox).where(outbox.c.id == id).values(again))


def resend(db: Connection, id: int, chats: Collection[tuple[str, str]], *, now: datetime) -> bool:
    """Send again, at a person's word, what ended without certainty; only within these (platform, chat) addresses."""
    lanes = [f"{platform}:{chat}" for platform, chat in chats]
    ended = (outbox.c.id == id) & outbox.c.state.in_(("unknown", "dead", "expired")) & outbox.c.lane.in_(lanes)
    again = {"state": "pending", "not_before": now, "expires_at": now + timedelta(hours=24), "settled_at": None}
    return db.execute(update(outbox).where(ended).values(again)).rowcount > 0


def abandoned(db: Connection, platform: str, living: Collection[str]) -> list[Claimed]:
    """What dead processes were sending to a platform."""
    query = select(outbox).where(outbox.c.state == "sending", outbox.c.platform == platform)
    rows = db.execute(query.where(outbox.c.holder.not_in(living)).order_by(outbox.c.id)).all()
    return [_claimed(db, row) for row in rows]


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next message that waits for a moment after this one may go."""
    later = (outbox.c.state == "pending") & (outbox.c.not_before > after)
    found: datetime | None = db.execute(select(func.min(outbox.c.not_before)).where(later)).scalar_one()
    return found


def backoff(attempts: int) -> timedelta:
    """1 s, 2 s, 4 s … up to 5 min."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), timedelta(minutes=5))
