"""Sends what the outbox holds: claimed and committed as `sending`, sent outside any transaction, then settled."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import TypeVar

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.messages import OutgoingMessage, Text
from bot.domain.ports import Adapter, Clock
from bot.domain.traits import Can
from bot.engine.moving import move_space
from bot.engine.pacing import MEMORY, Pacer
from bot.engine.transaction import Engine
from bot.engine.voice import NOTICE_LIFE, Utterance, Where
from storage import contacts, outbox
from storage.database import Database
from storage.leases import Holder, living
from storage.outbox import URGENT, Claimed, Room

log = logging.getLogger(__name__)
Result = TypeVar("Result")

_AT_ONCE = 50
_STORAGE_RETRY = 1.0  # seconds
_LATER = timedelta(seconds=30)
_MOST_CRASHES = 8
_RESENDABLE = ("delivery.expired", "delivery.unknown")


class Deliverer:
    """The outbox's worker, for the adapters that this process runs.

    What a message was written for is timed by the course's clock, how long a platform is left alone by `real_now`.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        adapters: Mapping[str, Adapter],
        *,
        holder: Holder,
        clock: Clock,
        real_now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._engine = engine
        self._adapters = adapters
        self._holder = holder
        self._clock = clock
        self._real_now = real_now
        self._in_flight: set[int] = set()
        self._pacers: dict[str, Pacer] = {}  # of the platforms that limit what they take
        self._claiming = asyncio.Lock()
        self._alarm: asyncio.TimerHandle | None = None
        self._more = asyncio.Event()
        self._draining = asyncio.Lock()
        self._is_stopping = False

    def wake(self) -> None:
        """Something was committed that may want sending."""
        self._more.set()

    async def run(self) -> None:
        """Deliver until cancelled or stopped."""
        while True:
            await self.drain()
            if self._is_stopping:
                return
            await self._more.wait()
            self._more.clear()

    def stop(self) -> None:
        """Start nothing new; what is being sent settles."""
        self._is_stopping = True
        self._wake_after(None)
        self.wake()

    async def recover(self, platform: str, real_now: datetime) -> None:
        """Resolve what dead processes, or this one, began to send and left. Nobody knows whether it arrived."""

        def left(db: Connection) -> list[Claimed]:
            others = living(db, self._holder, real_now) - {self._holder.id}
            return outbox.abandoned(db, platform, living=others, in_flight=self._in_flight)

        async with self._claiming:  # between the claim and its entry among those in flight, ours would look abandoned
            rows = await self._persist(left)
        for row in rows:
            await self._persist(partial(self._after_unknown, row=row, reason="the process ended while sending"))

    async def pace(self, adapter: Adapter) -> None:
        """Keep under the platform's limits from now on, as if this process had sent what others sent before it."""
        limits = adapter.traits.limits
        if limits is None:
            return
        now = self._real_now()
        pacer = self._pacers[adapter.platform] = Pacer(limits)
        pacer.remember(await self._persist(lambda db: outbox.sent_since(db, adapter.platform, now - MEMORY)), now)

    async def drain(self) -> None:
        """Deliver everything that can be sent now, and return when all of it is settled."""
        async with self._draining:
            sending: set[asyncio.Task[None]] = set()
            while True:
                sending |= {asyncio.create_task(self._deliver(row)) for row in await self._claim(len(sending))}
                if not sending:
                    return
                sending = await self._wait_for_one(sending)

    async def _wait_for_one(self, sending: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        more = asyncio.ensure_future(self._more.wait())
        await asyncio.wait({*sending, more}, return_when=asyncio.FIRST_COMPLETED)
        if more.done():
            self._more.clear()
        more.cancel()
        for task in sending:
            if task.done():
                task.result()
        return {task for task in sending if not task.done()}

    async def _claim(self, busy: int) -> list[Claimed]:
        if self._is_stopping or busy >= _AT_ONCE:
            return []
        now, real_now, platforms = self._clock.now(), self._real_now(), list(self._adapters)
        rooms = {platform: self._room(platform, busy, real_now) for platform in platforms}

        def claim(db: Connection) -> tuple[list[Claimed], datetime | None, bool]:
            for row in outbox.expire(db, now):
                self._after_expiry(db, row)
            claimed: list[Claimed] = []
            for platform, room in rooms.items():
                claimed += outbox.claim(db, platform, room, holder=self._holder.id, now=now, real_now=real_now)
            return claimed, outbox.next_retry(db, platforms, after=real_now), outbox.is_waiting(db)

        async with self._claiming:
            claimed, next_retry, is_waiting = await self._persist(claim)
            self._in_flight |= {row.id for row in claimed}
        for row in claimed:
            if pacer := self._pacers.get(row.message.address.platform):
                pacer.begin(row.message)
        moments = [pacer.next_free(real_now) for pacer in self._pacers.values() if is_waiting]
        following = min((moment for moment in (next_retry, *moments) if moment), default=None)
        self._wake_after(following - real_now if following else None)
        return claimed

    def _room(self, platform: str, busy: int, real_now: datetime) -> Room:
        """How much may be sent on a platform now. What is urgent goes even where the platform takes nothing else."""
        pacer, most = self._pacers.get(platform), _AT_ONCE - busy
        if pacer is None:
            return Room(most=most)
        parked, budget = pacer.parked(real_now), pacer.budget(real_now)
        if budget:
            return Room(most=min(most, budget), parked=parked)
        return Room(most=most, least_urgent=URGENT, parked=parked)

    def _wake_after(self, wait: timedelta | None) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if wait is not None:
            self._alarm = asyncio.get_running_loop().call_later(wait.total_seconds(), self.wake)

    async def _deliver(self, row: Claimed) -> None:
        try:
            await self._persist(await self._sent(row))
        finally:
            self._in_flight.discard(row.id)

    async def _sent(self, row: Claimed) -> Callable[[Connection], object]:
        try:
            return await self._send(row)
        finally:
            if pacer := self._pacers.get(row.message.address.platform):
                pacer.end(row.message, self._real_now())

    async def _send(self, row: Claimed) -> Callable[[Connection], object]:
        """Send it; what is to be recorded then."""
        adapter = self._adapters.get(row.message.address.platform)
        if adapter is None:
            return partial(self._retry, row=row, wait=timedelta(0), reason="its platform has just left this process")
        try:
            sent_as = await adapter.send(row.message)
        except NotSent as error:
            wait = max(error.retry_after or timedelta(0), outbox.backoff(row.attempts))
            return partial(self._retry, row=row, wait=wait, reason=str(error))
        except Refused as error:
            return partial(self._after_refusal, row=row, refused=error)
        except Unknown as error:
            return partial(self._after_unknown, row=row, reason=str(error))
        except Exception as error:
            log.exception("adapter %s raised what it must not", adapter.platform)
            return partial(self._after_crash, row=row, reason=f"{type(error).__name__}: {error}")
        return partial(self._settle, row=row, state="sent", sent_as=sent_as)

    def _settle(self, db: Connection, row: Claimed, state: str, **more: str) -> bool:
        return _was_ours(row, outbox.settle(db, row, state, now=self._clock.now(), **more))

    def _retry(self, db: Connection, row: Claimed, wait: timedelta, reason: str) -> None:
        retry_at = self._real_now() + wait if wait else None
        _was_ours(row, outbox.retry(db, row, retry_at=retry_at, error=reason))

    def _after_unknown(self, db: Connection, row: Claimed, reason: str) -> None:
        if self._may_repeat(row):
            is_first = row.attempts == 1 and self._dedupes(row)
            self._retry(db, row, timedelta(0) if is_first else outbox.backoff(row.attempts), reason)
        elif self._settle(db, row, "unknown", error=reason):
            self._tell_staff(db, row, "delivery.unknown", reason)

    def _after_crash(self, db: Connection, row: Claimed, reason: str) -> None:
        if self._may_repeat(row) and row.attempts >= _MOST_CRASHES:
            self._bury(db, row, reason)
        else:
            self._after_unknown(db, row, reason)

    def _may_repeat(self, row: Claimed) -> bool:
        return row.message.policy != "at_most_once" or self._dedupes(row)

    def _dedupes(self, row: Claimed) -> bool:
        adapter = self._adapters.get(row.message.address.platform)
        return adapter is not None and Can.DEDUPE in adapter.traits.can

    def _after_refusal(self, db: Connection, row: Claimed, refused: Refused) -> None:
        address = row.message.address
        if refused.why == "moved" and refused.moved_to and not outbox.names_a_message(row.message):
            move_space(db, address, structs.replace(address, chat=refused.moved_to), self._clock.now())
            self._retry(db, row, timedelta(0) if row.attempts == 1 else outbox.backoff(row.attempts), str(refused))
        elif refused.why in ("blocked", "gone") and address.private:
            contacts.change(db, address.platform, address.chat, is_open=False, at=self._clock.now())
            _was_ours(row, outbox.hold(db, row, error=str(refused)))
        elif row.message.deletes and not row.message.target and outbox.is_coming(db, row.message.deletes):
            self._retry(db, row, _LATER, "what is to go has not been sent yet")
        elif refused.why in ("late", "moved"):
            self._settle(db, row, "dead", error=str(refused))
        else:
            self._bury(db, row, str(refused))

    def _bury(self, db: Connection, row: Claimed, reason: str) -> None:
        log.warning("message %s was refused: %s", row.message.key, reason)
        if self._settle(db, row, "dead", error=reason) and not _is_counter(row.message):
            # Of answers that nobody gets to see, once a day for each reason: they come by the hundred.
            cause = f"{row.message.address.chat}:{self._clock.now():%Y-%m-%d}:{reason}"
            self._tell_staff(db, row, "delivery.refused", reason, once=cause if _is_answer(row.message) else "")

    def _after_expiry(self, db: Connection, row: Claimed) -> None:
        log.warning("outbox row %d expired before it could be sent", row.id)
        if not (_is_counter(row.message) or _is_answer(row.message)):
            self._tell_staff(db, row, "delivery.expired")

    def _tell_staff(self, db: Connection, row: Claimed, id: str, reason: str = "", *, once: str = "") -> None:
        live = self._engine.library.refresh(db)
        space = live.space_at(row.message.address)
        if row.is_notice or space is None:
            return  # a notice about a notice would go round in circles
        now = self._clock.now()
        text = Text(id=id, values={"number": row.id, "reason": reason[:200], "text": row.message.text[:80]})
        buttons = [(Text(id="button.resend"), f"resend {row.id}")] if id in _RESENDABLE else []
        what = Utterance(lines=[text], buttons=buttons, life=NOTICE_LIFE, is_notice=True)
        for staff in live.spaces_of(space.course, kind="staff"):
            key = f"{id}:{_digest(once) if once else row.id}@{staff.address.platform}:{staff.address.chat}"
            language = live.courses[space.course].language
            outbox.enqueue(db, self._engine.voice.queue(key, what, Where(address=staff.address), language, now))
        self.wake_soon()

    def wake_soon(self) -> None:
        """Wake the worker from the storage thread."""
        self._loop.call_soon_threadsafe(self._more.set)

    async def _persist(self, work: Callable[[Connection], Result]) -> Result:
        """Do it in a transaction, however long the database is in trouble: what was sent must be recorded."""
        self._loop = asyncio.get_running_loop()
        is_told = False
        while True:
            try:
                return await self._database.run(work)
            except StorageTrouble as trouble:
                if not is_told:
                    log.warning("%s", self._engine.voice.texts.say("en", trouble.text.id, **trouble.text.values))
                is_told = True
                await asyncio.sleep(_STORAGE_RETRY)


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
