"""What is recorded of a message when its platform has answered, or has not; and whom that concerns."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.errors import Refused
from bot.domain.messages import OutgoingMessage, Text
from bot.domain.ports import Adapter, Clock
from bot.domain.traits import Can
from bot.engine.moving import move_space
from bot.engine.transaction import Engine
from bot.engine.voice import NOTICE_LIFE, Utterance, Where
from storage import contacts, outbox
from storage.outbox import Claimed

log = logging.getLogger(__name__)

_LATER = timedelta(seconds=30)
_MOST_CRASHES = 8
_RESENDABLE = ("delivery.expired", "delivery.unknown")


class Settling:
    """Ends rows of the outbox, or puts them back; tells staff what they should know. Inside open transactions.

    Rows are timed by the course's clock, another try by `real_now`.
    """

    def __init__(
        self,
        engine: Engine,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        real_now: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._adapters = adapters
        self._clock = clock
        self._real_now = real_now
        self._wake = wake

    def settle(self, db: Connection, row: Claimed, state: str, **more: str) -> bool:
        is_ours = _was_ours(row, outbox.settle(db, row, state, now=self._clock.now(), **more))
        if is_ours and state == "dead":
            self._give_up(db, row)
        return is_ours

    def retry(self, db: Connection, row: Claimed, wait: timedelta, reason: str, *, is_unsure: bool = False) -> None:
        retry_at = self._real_now() + wait if wait else None
        _was_ours(row, outbox.retry(db, row, retry_at=retry_at, error=reason, is_unsure=is_unsure))

    def after_unknown(self, db: Connection, row: Claimed, reason: str) -> None:
        if self._may_repeat(row):
            is_first = row.attempts == 1 and self._dedupes(row)
            wait = timedelta(0) if is_first else outbox.backoff(row.attempts)
            self.retry(db, row, wait, reason, is_unsure=True)
        elif self.settle(db, row, "unknown", error=reason):
            self._tell_staff(db, row, "delivery.unknown", reason)

    def after_crash(self, db: Connection, row: Claimed, reason: str) -> None:
        if self._may_repeat(row) and row.attempts >= _MOST_CRASHES:
            self._bury(db, row, reason)
        else:
            self.after_unknown(db, row, reason)

    def _may_repeat(self, row: Claimed) -> bool:
        return row.message.policy != "at_most_once" or self._dedupes(row)

    def _dedupes(self, row: Claimed) -> bool:
        adapter = self._adapters.get(row.message.address.platform)
        return adapter is not None and Can.DEDUPE in adapter.traits.can

    def after_refusal(self, db: Connection, row: Claimed, refused: Refused) -> None:
        address = row.message.address
        if refused.why == "moved" and refused.moved_to and not outbox.names_a_message(row.message):
            move_space(db, address, structs.replace(address, chat=refused.moved_to), self._clock.now())
            self.retry(db, row, timedelta(0) if row.attempts == 1 else outbox.backoff(row.attempts), str(refused))
        elif refused.why in ("blocked", "gone") and address.private:
            contacts.change(db, address.platform, address.chat, is_open=False, at=self._clock.now())
            if _was_ours(row, outbox.hold(db, row, error=str(refused))):
                self._tell_where_it_was_asked(db, row)
        elif row.message.deletes and not row.message.target and outbox.is_coming(db, row.message.deletes):
            self.retry(db, row, _LATER, "what is to go has not been sent yet")
        elif refused.why in ("late", "moved"):
            self.settle(db, row, "dead", error=str(refused))
        else:
            self._bury(db, row, str(refused))

    def _tell_where_it_was_asked(self, db: Connection, row: Claimed) -> None:
        origin, live = row.message.origin, self._engine.library.refresh(db)
        space = live.space_at(origin.address) if origin else None
        if space:
            language = live.courses[space.course].language
            outbox.enqueue(db, self._engine.voice.queue_closed(row.message, language, self._clock.now()))
            self._wake()

    def _bury(self, db: Connection, row: Claimed, reason: str) -> None:
        log.warning("message %s was refused: %s", row.message.key, reason)
        if self.settle(db, row, "dead", error=reason) and not _is_counter(row.message):
            # Of answers that nobody gets to see, once a day for each reason: they come by the hundred.
            cause = f"{row.message.address.chat}:{self._clock.now():%Y-%m-%d}:{reason}"
            self._tell_staff(db, row, "delivery.refused", reason, once=cause if _is_answer(row.message) else "")

    def after_expiry(self, db: Connection, row: Claimed) -> None:
        log.warning("outbox row %d expired before it could be sent", row.id)
        self._give_up(db, row)
        if not (_is_counter(row.message) or _is_answer(row.message)):
            self._tell_staff(db, row, "delivery.expired")

    def _give_up(self, db: Connection, row: Claimed) -> None:
        """Whoever asked for an act may have to ask again."""
        if act := row.message.act:
            for hear in self._engine.registry.refusals.get(type(act), ()):
                hear(db, row.message, self._clock.now())

    def _tell_staff(self, db: Connection, row: Claimed, id: str, reason: str = "", *, once: str = "") -> None:
        live = self._engine.library.refresh(db)
        space = live.space_at(row.message.address)
        if row.is_notice or space is None:
            return  # a notice about a notice would go round in circles
        now = self._clock.now()
        is_for_one = bool(row.message.only_for or row.message.answers or row.message.address.private)
        said = Text(id="delivery.for_one") if is_for_one else row.message.text[:80]
        text = Text(id=id, values={"number": row.id, "reason": reason[:200], "text": said})
        buttons = [(Text(id="button.resend"), f"resend {row.id}")] if id in _RESENDABLE else []
        what = Utterance(lines=[text], buttons=buttons, life=NOTICE_LIFE, is_notice=True)
        for staff in live.spaces_of(space.course, kind="staff"):
            key = f"{id}:{_digest(once) if once else row.id}@{staff.address.platform}:{staff.address.chat}"
            language = live.courses[space.course].language
            outbox.enqueue(db, self._engine.voice.queue(key, what, Where(address=staff.address), language, now))
        self._wake()


def _was_ours(row: Claimed, is_ours: bool) -> bool:
    if not is_ours:
        log.warning("outbox row %d was taken over by somebody else while it was being sent", row.id)
    return is_ours


def _digest(cause: str) -> str:
    return blake2b(cause.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _is_counter(message: OutgoingMessage) -> bool:
    """A counter that can't be updated is nobody's task, nor is an answer that can't be taken back."""
    return message.policy == "replaceable"


def _is_answer(message: OutgoingMessage) -> bool:
    """Whoever asked has long asked again, or given up."""
    return bool(message.only_for or message.reply_to or message.answers or message.address.private)
