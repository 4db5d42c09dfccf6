"""Messages that the core has decided to send: rows that are claimed, sent outside the transaction, and settled."""

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.messages import MarkNames, Marks, OutgoingMessage, Reaction
from bot.domain.places import Address
from storage.among import among
from storage.columns import Moment
from storage.database import insert_new
from storage.tables import outbox

_FAILED = ("dead", "expired", "gone")
_AGAIN = range(1, 10_000)


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way into the outbox."""

    message: OutgoingMessage
    not_before: datetime
    expires_at: datetime
    is_notice: bool = False
    is_held: bool = False  # until the person whom it is for can be written to


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A row as its holder took it."""

    id: int
    message: OutgoingMessage
    lane: str
    attempts: int  # with the one that is under way
    is_notice: bool
    holder: str | None


def lane_of(message: OutgoingMessage) -> str:
    """Order holds within a lane, which is a chat with all its topics: a platform counts its limits by chat.

    An interaction waits for nobody, so it is a lane of its own; and nobody waits for what is taken back later.
    """
    if message.answers:
        return f"{message.address.platform}:interaction:{message.answers}"
    if message.deletes:
        return f"{message.address.platform}:deletion:{message.deletes}"
    if isinstance(message.act, MarkNames | Marks):  # in order among themselves; what is said in the chat goes on
        return f"{message.address.platform}:marks:{message.address.room}"
    return chat_lane(message.address)


def chat_lane(address: Address) -> str:
    """The lane of what is said in a chat."""
    return f"{address.platform}:{address.room}"


_POST, _ANSWER = 2, 1
"""The priorities of what is posted, and of what is said to somebody who does not stand waiting."""

_RIPE = timedelta(minutes=5)
"""How long answers may overtake a post: where they never end, it would not be sent before it expires."""

WAITED_FOR = -1
"""The priority of what somebody waits for with a finger on the screen."""

URGENT = 0
"""What platforms do not count has no greater number than this."""


def _priority(message: OutgoingMessage) -> int:
    """What is sent first where not all can be sent: answers to presses, answers to people, posts."""
    if message.answers:
        return WAITED_FOR
    if message.deletes:
        return URGENT
    return _ANSWER if message.reply_to or message.only_for or message.address.private else _POST


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
        "state": "held" if item.is_held else "pending",
        "priority": _priority(item.message),
        "not_before": item.not_before,
        "expires_at": item.expires_at,
        "is_notice": item.is_notice,
    }


def _replaced_waiting_edit(db: Connection, item: Queued) -> bool:
    bound = {"post": item.message.edits, "in_lane": lane_of(item.message)}
    newer = {"newer": item.message, "until": item.expires_at}
    return db.execute(_REPLACE_EDIT, {**bound, **newer}).rowcount > 0


def _replacing_edit() -> Update:
    waiting = and_(outbox.c.edits == bindparam("post"), outbox.c.state == "pending", outbox.c.attempts == 0)
    newest = select(func.max(outbox.c.id)).where(waiting, outbox.c.lane == bindparam("in_lane")).scalar_subquery()
    change = update(outbox).where(waiting, outbox.c.id == newest)
    return change.values(message=bindparam("newer"), expires_at=bindparam("until"))


_REPLACE_EDIT = _replacing_edit()


def newest_post(db: Connection, key: str) -> tuple[str, bool]:
    """The key of a post's newest row, and whether it is there; where that row failed: the key of the one to follow."""
    again = f"{key}:again:"

    def is_free(number: int) -> bool:
        return _state_of(db, f"{again}{number}") is None

    made = 0 if is_free(1) else bisect_left(_AGAIN, True, key=is_free)
    newest = f"{again}{made}" if made else key
    state = _state_of(db, newest)
    return (f"{again}{made + 1}", False) if state in _FAILED else (newest, state is not None)


def last_said(db: Connection, post: str) -> OutgoingMessage | None:
    """What a post was last to say: its newest edit, by the keys that edits of posts have, else itself."""
    found = db.execute(_LAST_SAID, {"post": post, **_span("edit", f"{post}:edit:")}).scalar_one_or_none()
    return msgspec.convert(found, OutgoingMessage) if found else None


def rest_of(db: Connection, post: str) -> list[OutgoingMessage]:
    """The messages that follow the first one of a post, in order: by the keys that parts of it and its edits have."""
    rows = db.execute(_REST_OF, {**_span("part", f"{post}+"), **_span("edit", f"{post}:edit:")}).scalars()
    found = [msgspec.convert(row, OutgoingMessage) for row in rows]
    gone = {one.deletes for one in found}
    return [one for one in found if not (one.about or one.act or one.files or one.key in gone)]


def _begins(name: str) -> ColumnElement[bool]:
    """Of keys that begin as `_span` of this name says, by the index."""
    return (outbox.c.key >= bindparam(f"{name}_from")) & (outbox.c.key < bindparam(f"{name}_to"))


def _span(name: str, beginning: str) -> dict[str, str]:
    return {f"{name}_from": beginning, f"{name}_to": beginning[:-1] + chr(ord(beginning[-1]) + 1)}


# Made once: every check-in edits a post.
_LAST_SAID = (
    select(outbox.c.message)
    .where((outbox.c.key == bindparam("post")) | (_begins("edit") & (outbox.c.edits == bindparam("post"))))
    .order_by(outbox.c.id.desc())
    .limit(1)
)
_REST_OF = (
    select(outbox.c.message)
    .where((_begins("part") | _begins("edit")) & outbox.c.edits.is_(None), outbox.c.state.not_in(_FAILED))
    .order_by(outbox.c.id)
)


def posts_under(db: Connection, beginning: str) -> list[OutgoingMessage]:
    """What was posted, or will be, under keys that begin so; without edits and what is done to posts."""
    mine = outbox.c.key.startswith(beginning, autoescape=True) & outbox.c.edits.is_(None)
    there = mine & outbox.c.state.not_in(_FAILED)
    rows = db.execute(select(outbox.c.message).where(there).order_by(outbox.c.id)).scalars()
    return [one for one in (msgspec.convert(row, OutgoingMessage) for row in rows) if not (one.about or one.act)]


def lose(db: Connection, address: Address, message: str) -> str | None:
    """A message was deleted: where it was a post of ours, its key. If it is kept up, it is posted anew next."""
    rows = db.execute(_POSTED_AS, {"of": chat_lane(address), "message": message}).all()
    posts = [row for row in rows if not msgspec.convert(row.message, OutgoingMessage).is_silent]
    for row in posts:
        db.execute(_LOSE, {"row": row.id})
    return posts[0].key if posts else None


_POSTED_AS = (
    select(outbox.c.id, outbox.c.key, outbox.c.message)
    .where(outbox.c.lane == bindparam("of"), outbox.c.sent_as == bindparam("message"))
    .where(outbox.c.edits.is_(None), outbox.c.state == "sent")
)
_LOSE = update(outbox).where(outbox.c.id == bindparam("row")).values(state="gone")


def _state_of(db: Connection, key: str) -> str | None:
    return db.execute(_STATE, {"of": key}).scalar_one_or_none()


_STATE = select(outbox.c.state).where(outbox.c.key == bindparam("of"))


def _heads() -> Select[tuple[int]]:
    """The first waiting row of each lane. It walks from lane to lane: a long lane costs no more than a short one."""
    here, following = outbox.alias("here"), outbox.alias("following")

    def first(table: FromClause, *more: ColumnElement[bool]) -> Select[tuple[int]]:
        return select(table.c.id).where(table.c.state == "pending", *more).order_by(table.c.lane, table.c.id).limit(1)

    heads = select(first(outbox).scalar_subquery().label("id")).cte("heads", recursive=True)
    lane = select(here.c.lane).where(here.c.id == heads.c.id).correlate(heads).scalar_subquery()
    step = first(following, following.c.lane > lane).correlate(heads).scalar_subquery()
    heads = heads.union_all(select(step).select_from(heads).where(heads.c.id.is_not(None)))
    return select(heads.c.id)


_HEADS = _heads()


def drop_waiting(db: Connection, key: str) -> None:
    """Take out a message that still waits, for what it would do is no longer wanted."""
    db.execute(_DROP, {"of": key})


_DROP = delete(outbox).where(outbox.c.key == bindparam("of"), outbox.c.state == "pending")


def release(db: Connection, address: Address) -> bool:
    """Let go what was held for a private chat; whether there was anything."""
    return db.execute(_RELEASE_HELD, {"of": chat_lane(address)}).rowcount > 0


_RELEASE_HELD = update(outbox).where(outbox.c.state == "held", outbox.c.lane == bindparam("of")).values(state="pending")


def readdress(db: Connection, old: Address, new: Address, *, now: datetime) -> None:
    """What waits for a chat that has another address now goes there.

    But for what is about a message of the old chat: in the new one, its number is somebody else's.
    """
    waiting = outbox.c.state.in_(("held", "pending", "sending")) & (outbox.c.lane == chat_lane(old))
    for row in db.execute(select(outbox.c.id, outbox.c.state, outbox.c.message).where(waiting)).all():
        message = msgspec.convert(row.message, OutgoingMessage)
        changes: dict[str, Any] = {"state": "dead", "settled_at": now}
        if not names_a_message(message):
            message = structs.replace(message, address=new, reply_to=None)
            changes = {"message": message, "lane": lane_of(message)}
            _readdress_deletion(db, message)
        elif row.state == "sending":
            continue  # who sends it settles it
        db.execute(update(outbox).where(outbox.c.id == row.id).values(changes))


def _readdress_deletion(db: Connection, message: OutgoingMessage) -> None:
    """What is to be taken back after a while is taken back where it will stand."""
    lane = f"{message.address.platform}:deletion:{message.key}"
    for row in db.execute(select(outbox.c.id, outbox.c.message).where(outbox.c.lane == lane)).all():
        deletion = structs.replace(msgspec.convert(row.message, OutgoingMessage), address=message.address)
        db.execute(update(outbox).where(outbox.c.id == row.id).values(message=deletion))


def names_a_message(message: OutgoingMessage) -> bool:
    """Whether it is about a message that stands in the chat already."""
    return bool(message.about) or isinstance(message.act, Reaction)


def expire(db: Connection, now: datetime) -> list[Claimed]:
    """End what comes too late; what it was."""
    return _changed(db, _EXPIRE, {"now": now})


_EXPIRE = (
    update(outbox)
    .where(outbox.c.state.in_(("pending", "held")), outbox.c.expires_at <= bindparam("now", type_=Moment()))
    .values(state="expired", settled_at=bindparam("now", type_=Moment()))
    .returning(outbox)
)


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be sent on a platform now."""

    most: int
    least_urgent: int = 9  # the highest priority number that may go
    parked: Collection[str] = ()  # lanes that have to wait


def claim(
    db: Connection, platform: str, room: Room, *, holder: str, now: datetime, real_now: datetime
) -> list[Claimed]:
    """Mark the heads of the free lanes as `sending`, the most urgent first; a post that has waited counts as answer."""
    bound = {"platforms": [platform], "now": now, "real_now": real_now, "most": room.most, "ripe": now - _RIPE}
    bound |= {"parked": room.parked, "least_urgent": room.least_urgent}
    ids = [row.id for row in db.execute(_FREE, bound) if row.state == "pending"]  # else another process was faster
    taken = _changed(db, _TAKE, {"ids": ids, "by": holder}) if ids else []
    return [_with_taken(db, one) if one.message.is_unsure else one for one in taken]


def _free_heads() -> Select[tuple[int, str]]:
    busy = outbox.alias("busy")
    is_free = ~exists().where(busy.c.state == "sending", busy.c.lane == outbox.c.lane)
    now, real_now = bindparam("now", type_=Moment()), bindparam("real_now", type_=Moment())
    is_due = (outbox.c.not_before <= now) & (outbox.c.retry_at.is_(None) | (outbox.c.retry_at <= real_now))
    is_ripe = (outbox.c.priority == _POST) & (outbox.c.not_before <= bindparam("ripe", type_=Moment()))
    return (
        select(outbox.c.id, outbox.c.state)
        # Not the state: SQLite would take the index on it, and go through all that waits.
        .where(outbox.c.id.in_(_HEADS), among(outbox.c.platform, "platforms"), is_due, is_free)
        .where(outbox.c.priority <= bindparam("least_urgent", type_=Integer), ~among(outbox.c.lane, "parked"))
        .order_by(case((is_ripe, _ANSWER), else_=outbox.c.priority), outbox.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
    )


_FREE = _free_heads()
_TAKE = (
    update(outbox)
    .where(among(outbox.c.id, "ids"))
    .values(state="sending", holder=bindparam("by"), attempts=outbox.c.attempts + 1)
    .returning(outbox)
)


def _changed(db: Connection, change: ReturningUpdate[Any], bound: Mapping[str, Any]) -> list[Claimed]:
    rows = db.execute(change, bound).all()
    return [_claimed(db, row) for row in sorted(rows, key=lambda row: int(row.id))]


def _claimed(db: Connection, row: Row[Any]) -> Claimed:
    message = _placed(db, msgspec.convert(row.message, OutgoingMessage))
    if row.is_unsure:
        message = structs.replace(message, is_unsure=True)
    return Claimed(
        id=row.id,
        message=message,
        lane=row.lane,
        attempts=row.attempts,
        is_notice=row.is_notice,
        holder=row.holder,
    )


def _with_taken(db: Connection, claimed: Claimed) -> Claimed:
    """With the platform's ids of what other rows of its lane have posted or changed since, or shortly before."""
    message = claimed.message
    since = message.at - _BEFORE if message.at else _EVER
    taken = frozenset(db.execute(_TAKEN, {"in_lane": claimed.lane, "since": since}).scalars())
    return structs.replace(claimed, message=structs.replace(message, taken=taken))


_BEFORE = timedelta(minutes=5)  # a platform's clock and ours may differ
_EVER = datetime.fromtimestamp(0, UTC)
_TAKEN = select(outbox.c.sent_as).where(
    outbox.c.state.in_(("sent", "gone")),
    outbox.c.lane == bindparam("in_lane"),
    outbox.c.sent_as.is_not(None),
    outbox.c.settled_at > bindparam("since", type_=Moment()),
)


def _placed(db: Connection, message: OutgoingMessage) -> OutgoingMessage:
    """With the platform's own ids of the earlier messages that it names by their keys."""

    def sent_as(key: str) -> str | None:
        return db.execute(_SENT_AS, {"of": key}).scalar_one_or_none()

    if message.about:
        message = structs.replace(message, target=sent_as(message.about))
    if message.quotes:
        message = structs.replace(message, reply_to=sent_as(message.quotes))
    if message.within and (thread := sent_as(message.within)):
        address = structs.replace(message.address, chat=f"{message.address.room}/{thread}")
        message = structs.replace(message, address=address)
    return message


_SENT_AS = select(outbox.c.sent_as).where(outbox.c.key == bindparam("of"))


def next_retry(db: Connection, platforms: Collection[str], after: datetime) -> datetime | None:
    """When, by the real clock, the next message that waits for another try may go."""
    found: datetime | None = db.execute(_NEXT_RETRY, {"platforms": platforms, "after": after}).scalar_one()
    return found


_NEXT_RETRY = select(func.min(outbox.c.retry_at)).where(
    among(outbox.c.platform, "platforms"),
    outbox.c.id.in_(_HEADS) & (outbox.c.retry_at > bindparam("after", type_=Moment())),
)


def waiting_in(db: Connection, address: Address, most: int) -> int:
    """How many messages wait to be posted in a chat, counted up to this many."""
    return len(db.execute(_IN_LANE, {"of": chat_lane(address), "most": most}).all())


_IN_LANE = (
    select(outbox.c.id)
    .where(outbox.c.state == "pending", outbox.c.lane == bindparam("of"))
    .limit(bindparam("most", type_=Integer))
)


def is_waiting(db: Connection) -> bool:
    """Whether anything is to be sent, now or later."""
    return db.execute(_WAITING).scalar_one_or_none() is not None


_WAITING = select(outbox.c.id).where(outbox.c.state == "pending").limit(1)


def settle(
    db: Connection, row: Claimed, state: str, *, now: datetime, sent_as: str | None = None, error: str = ""
) -> bool:
    """End a row: sent, unknown, dead. False where somebody else has taken it over."""
    ended = {"as_state": state, "as_sent": sent_as, "why": error or None, "at": now, "retry": None}
    is_ours = db.execute(_RELEASE, {"row": row.id, "by": row.holder, **ended}).rowcount > 0
    if is_ours and row.message.is_secret and state == "sent":
        db.execute(_BLANK, {"row": row.id, "blank": structs.replace(row.message, body=(), table=None, buttons=())})
    return is_ours


_BLANK = update(outbox).where(outbox.c.id == bindparam("row")).values(message=bindparam("blank"))


def hold(db: Connection, row: Claimed, *, error: str) -> bool:
    """Keep a row until its reader can be written to again. False as with `settle`."""
    held = {"as_state": "held", "as_sent": None, "why": error, "at": None, "retry": None}
    return db.execute(_RELEASE, {"row": row.id, "by": row.holder, **held}).rowcount > 0


def retry(db: Connection, row: Claimed, *, retry_at: datetime | None, error: str, is_unsure: bool = False) -> bool:
    """Put a row back: it certainly did not arrive, or arriving twice does no harm. False as with `settle`."""
    again = {"as_state": "pending", "as_sent": None, "why": error, "at": None, "retry": retry_at}
    done = db.execute(_RELEASE, {"row": row.id, "by": row.holder, **again}).rowcount > 0
    if done and is_unsure:
        db.execute(_MARK_UNSURE, {"row": row.id})
    return done


_MARK_UNSURE = update(outbox).where(outbox.c.id == bindparam("row")).values(is_unsure=True)


_RELEASE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.state == "sending", outbox.c.holder == bindparam("by"))
    .values(
        state=bindparam("as_state"),
        sent_as=bindparam("as_sent"),
        error=bindparam("why"),
        settled_at=bindparam("at", type_=Moment()),
        retry_at=bindparam("retry", type_=Moment()),
        holder=None,
    )
)


def resend(db: Connection, id: int, chats: Collection[tuple[str, str]], *, now: datetime) -> bool:
    """Send again, at a person's word, what ended without certainty; only within these (platform, chat) addresses."""
    lanes = [chat_lane(Address(platform=platform, chat=chat)) for platform, chat in chats]
    ended = (outbox.c.id == id) & outbox.c.state.in_(("unknown", "dead", "expired")) & outbox.c.lane.in_(lanes)
    again = {"state": "pending", "not_before": now, "expires_at": now + timedelta(hours=24), "settled_at": None}
    anew = {"retry_at": None, "attempts": 0}
    return db.execute(update(outbox).where(ended).values(again | anew)).rowcount > 0


def perhaps_twice(platforms: Collection[str], since: datetime) -> ColumnElement[bool]:
    """What was sent to these platforms since then for a second time, because nobody knew whether it had arrived."""
    again = outbox.c.is_unsure & (outbox.c.state == "sent") & (outbox.c.settled_at > since)
    return again & outbox.c.platform.in_(platforms)


def count_perhaps_twice(
    db: Connection, platforms: Collection[str], chats: Collection[tuple[str, str]], *, since: datetime
) -> int:
    """The same within these (platform, chat) addresses."""
    if not platforms:
        return 0
    lanes = [chat_lane(Address(platform=platform, chat=chat)) for platform, chat in chats]
    mine = perhaps_twice(platforms, since) & outbox.c.lane.in_(lanes)
    return int(db.execute(select(func.count()).select_from(outbox).where(mine)).scalar_one())


def sent_since(db: Connection, platform: str, moment: datetime) -> list[tuple[OutgoingMessage, datetime | None]]:
    """What went to a platform after a moment, and when; None for what is being sent, or was when a process died."""
    recently = (outbox.c.settled_at > moment) & outbox.c.state.in_(("sent", "unknown"))
    query = select(outbox.c.message, outbox.c.settled_at).where(
        outbox.c.platform == platform, recently | (outbox.c.state == "sending")
    )
    rows = db.execute(query.order_by(outbox.c.settled_at))
    return [(msgspec.convert(row.message, OutgoingMessage), row.settled_at) for row in rows]


def is_coming(db: Connection, key: str) -> bool:
    """Whether a message has not been sent yet, but may still be."""
    return _state_of(db, key) in ("held", "pending", "sending")


def abandoned(db: Connection, platform: str, *, living: Collection[str], in_flight: Collection[int]) -> list[Claimed]:
    """What is marked as being sent to a platform, but not by a living process, nor one of these rows."""
    query = select(outbox).where(outbox.c.state == "sending", outbox.c.platform == platform)
    left = query.where(outbox.c.holder.not_in(living), outbox.c.id.not_in(in_flight)).order_by(outbox.c.id)
    return [_claimed(db, row) for row in db.execute(left)]


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next message that waits for a moment after this one may go."""
    found: datetime | None = db.execute(_NEXT, {"after": after}).scalar_one()
    return found


_NEXT = select(func.min(outbox.c.not_before)).where(
    outbox.c.state == "pending", outbox.c.not_before > bindparam("after", type_=Moment())
)


def backoff(attempts: int) -> timedelta:
    """Real time until the next try: 1 s, 2 s, 4 s … up to 5 min."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), timedelta(minutes=5))
