"""What the database of a run holds when all is over, as counts that `model.py` can be compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select, text

from bench.crash.course import MINUTELY, ORDERED
from bench.crash.values import EDIT, Decided, Said
from bot.domain.messages import OutgoingMessage
from storage.database import Database
from storage.tables import occurrence, outbox

_QUERIES = {
    "message": "select object from fact where kind = 'message.posted'",
    "check-in": 'select account."user" from checkin join account using (member)',
    "homework": "select object from submission",
    "edit": "select object, text from submission s where version = "
    "(select max(version) from submission where hand_in = s.hand_in)",
    "question": "select object from question",
    "thanks": 'select g."user", t."user" from thanks '
    "join account g on g.member = thanks.giver join account t on t.member = thanks.taker",
}
_POINTS = (  # by the thing, for the rules of `model.BY_OBJECT`; a question is named by its message
    "select account.\"user\", rule, case rule when 'thoughtful' then ledger.object"
    " when 'ask' then coalesce(question.object, ledger.object) else '' end, sum(points)"
    " from ledger join account on account.member = ledger.member"
    " left join question on rule = 'ask' and ledger.object = 'question ' || question.id group by 1, 2, 3"
)
_ANSWER = "reply:"
"""How the key of an answer begins; the key of the event that it answers follows."""
_MEMBERS = 'select account."user" from account'
_WAYS = ("word", "command", "button")


class Kept:
    """A look into the database, from outside of the program."""

    def __init__(self, url: str) -> None:
        self._database = Database(url)

    def close(self) -> None:
        self._database.close()

    def effects(self, said: Sequence[Said], rooms: Mapping[str, str]) -> dict[str, Counter[Any]]:
        """By kind, how often each thing is there. `rooms`: the name of each, by the platform's id."""
        with self._database.begin() as db:
            found = {kind: _counted(db, query) for kind, query in _QUERIES.items()}
            found["points"] = points_of(db)
            decided, due = _decided(db), _due(db)
        found["edit"] = _only(found["edit"], {(one.object, one.words) for one in said if one.versions > 1})
        readers = {one.who for one in said if one.kind == "points"}
        found["answer to /points"] = Counter(_cause_of(one) for one in decided if _reader_of(one) in readers)
        found["order"] = orders(decided, due, rooms, {one.cause for one in said if one.kind == "run"})
        found["ritual"] = Counter(
            (rooms[one.room], one.text.removeprefix(MINUTELY).rstrip("."))
            for one, _ in decided
            if one.text.startswith(MINUTELY) and not one.is_silent
        )
        return found | _by_way(found.pop("check-in"), said)

    def decided(self, at: datetime) -> list[Decided]:
        """The outbox, without what was to be sent after this moment only."""
        later = (outbox.c.state == "pending") & (outbox.c.not_before > at)
        with self._database.begin() as db:
            return [_one(row)[0] for row in db.execute(select(outbox).where(~later).order_by(outbox.c.id))]

    def people(self) -> Counter[str]:
        """How many accounts each user id has."""
        with self._database.begin() as db:
            return Counter(user for (user,) in db.execute(text(_MEMBERS)))

    def set_aside(self) -> int:
        """Events that could not be handled."""
        with self._database.begin() as db:
            return int(db.execute(text("select count(*) from set_aside")).scalar_one())

    def waiting(self, now: datetime) -> int:
        """How many messages are to be sent by now, or on their way."""
        open_ = outbox.c.state.in_(("pending", "sending")) & (outbox.c.not_before <= now)
        with self._database.begin() as db:
            return int(db.execute(select(func.count()).where(open_)).scalar_one())


def _counted(db: Connection, query: str) -> Counter[Any]:
    return Counter(row[0] if len(row) == 1 else tuple(row) for row in db.execute(text(query)))


def _only(found: Counter[Any], keys: set[Any]) -> Counter[Any]:
    return Counter({key: count for key, count in found.items() if key in keys})


def _by_way(users: Counter[Any], said: Sequence[Said]) -> dict[str, Counter[Any]]:
    """Whoever has checked in without having said so counts as one by word, where nobody misses them."""
    ways = {one.who: one.kind for one in said if one.kind in _WAYS}
    return {
        f"check-in by {way}": Counter({who: n for who, n in users.items() if ways.get(who, "word") == way})
        for way in _WAYS
    }


def _decided(db: Connection) -> list[tuple[Decided, OutgoingMessage]]:
    return [_one(row) for row in db.execute(select(outbox).order_by(outbox.c.id))]


def orders(
    decided: Sequence[tuple[Decided, OutgoingMessage]],
    due: Mapping[str, datetime],
    rooms: Mapping[str, str],
    asked: Collection[str],
) -> Counter[Any]:
    """The posts that were ordered, by room and by the command that was `asked`; by their own key where there is none.

    A command, its answer and what it has ordered are of the same moment. `due`: that of each post, by its key.
    """
    answers = ((message.at, _cause_of((one, message))) for one, message in decided if one.key.startswith(_ANSWER))
    causes = {at: cause for at, cause in answers if cause in asked}
    posts = [(one, one.key.partition("@")[0]) for one, _ in decided if one.text == ORDERED]
    return Counter((rooms[one.room], causes.get(due.get(key), key)) for one, key in posts)


def _due(db: Connection) -> dict[str, datetime]:
    """When what was posted was due, by the beginning of its key."""
    rows = db.execute(select(occurrence))
    return {f"occurrence:{row.course}:{row.ritual}:{row.space}:{row.local_date}:{row.slot}": row.due_at for row in rows}


def points_of(db: Connection) -> Counter[Any]:
    return Counter({(who, rule, thing): int(points) for who, rule, thing, points in db.execute(text(_POINTS))})


def _cause_of(one: tuple[Decided, OutgoingMessage]) -> str:
    """The key of the event that this answers."""
    return one[0].key.removeprefix(_ANSWER)


def _one(row: Any) -> tuple[Decided, OutgoingMessage]:
    message = msgspec.convert(row.message, OutgoingMessage)
    decided = Decided(
        id=row.id,
        key=row.key,
        kind=_kind_of(row, message),
        room=message.address.room,
        text=message.text,
        policy=message.policy,
        state=row.state,
        sent_as=row.sent_as,
        is_unsure=row.is_unsure,
        attempts=row.attempts,
        is_silent=bool(message.about or message.act or message.answers or message.sheet),
        takes_back=message.deletes,
    )
    return decided, message


def _kind_of(row: Any, message: OutgoingMessage) -> str:
    if message.edits:
        return EDIT
    if message.about or message.act:
        return "pin, mark"
    if message.sheet:
        return "form"
    if message.answers:
        return "answer to a press"
    if message.text.startswith(MINUTELY):
        return "ritual"
    if message.text == ORDERED:
        return "order"
    if row.key.startswith("delivery."):
        return "notice to staff"
    return "answer" if message.reply_to or message.address.private else "other post"


def _reader_of(one: tuple[Decided, OutgoingMessage]) -> str | None:
    """Whose command this answers, where they alone read it."""
    decided, message = one
    if not decided.key.startswith(_ANSWER) or message.about or message.act:
        return None
    return message.only_for or (message.address.chat if message.address.private else None)
