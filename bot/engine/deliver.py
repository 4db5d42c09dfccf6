"""Sends what the outbox holds: claimed and committed as `sending`, sent outside any transaction, then settled."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.messages import Text
from bot.domain.ports import Adapter, Clock
from bot.domain.traits import Can
from bot.engine.transaction import Engine
from bot.engine.voice import NOTICE_LIFE, Utterance, Where
from storage import outbox
from storage.database import Database
from storage.leases import Holder, living
from storage.outbox import Claimed

log = logging.getLogger(__name__)
Result = TypeVar("Result")

_AT_ONCE = 50
_STORAGE_RETRY = 1.0  # seconds


class Deliverer:
    """The outbox's worker, for the adapters that this process runs."""

    def __init__(
        self, database: Database, engine: Engine, adapters: Mapping[str, Adapter], holder: Holder, clock: Clock
    ) -> None:
        self._database = database
        self._engine = engine
        self._adapters = adapters
        self._holder = holder
        self._clock = clock
        self._more = asyncio.Event()
        self._draining = asyncio.Lock()
        self._is_stopping = False

    def wake(self) -> None:
        """Something was committed that may want sending."""
        self._more.set()

    async def run(self) -> None:
        """Deliver until cancelled or stopped."""
        while not self._is_stopping:
            await self.drain()
            await self._more.wait()
            self._more.clear()

    def stop(self) -> None:
        """Start nothing new; what is being sent settles."""
        self._is_stopping = True
        self.wake()

    async def recover(self, platform: str, real_now: datetime) -> None:
        """Resolve what dead processes were sending to a platform. Nobody knows whether it arrived."""
        left = await self._persist(lambda db: outbox.abandoned(db, platform, living(db, self._holder, real_now)))
        for row in left:
            await self._persist(partial(self._after_unknown, row=row, reason="the process ended while sending"))

    async def drain(self) -> None:
        """Deliver everything that is due now, and return when all of it is settled."""
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
        now, platforms = self._clock.now(), list(self._adapters)

        def claim(db: Connection) -> list[Claimed]:
            claimed, expired = outbox.claim(db, platforms, holder=self._holder.id, now=now, limit=_AT_ONCE - busy)
            for id in expired:
                log.warning("outbox row %d expired before it could be sent", id)
            return claimed

        return await self._persist(claim)

    async def _deliver(self, row: Claimed) -> None:
        adapter = self._adapters[row.message.address.platform]
        try:
            sent_as = await adapter.send(row.message)
        except NotSent as error:
            wait = max(error.retry_after or timedelta(0), outbox.backoff(row.attempts))
            not_before = self._clock.now() + wait
            await self._persist(partial(outbox.retry, id=row.id, not_before=not_before, error=str(error)))
        except Refused as error:
            await self._persist(partial(self._bury, row=row, reason=str(error)))
        except Unknown as error:
            await self._persist(partial(self._after_unknown, row=row, reason=str(error)))
        except Exception as error:
            log.exception("adapter %s raised what it must not", adapter.platform)
            reason = f"{type(error).__name__}: {error}"
            await self._persist(partial(self._after_unknown, row=row, reason=reason))
        else:
            now = self._clock.now()
            await self._persist(lambda db: outbox.settle(db, row.id, "sent", now=now, sent_as=sent_as))

    def _after_unknown(self, db: Connection, row: Claimed, reason: str) -> None:
        adapter = self._adapters.get(row.message.address.platform)
        dedupes = adapter is not None and Can.DEDUPE in adapter.traits.can
        if dedupes or row.message.policy != "at_most_once":
            not_before = self._clock.now() + (timedelta(0) if dedupes else outbox.backoff(row.attempts))
            outbox.retry(db, row.id, not_before=not_before, error=reason)
            return
        outbox.settle(db, row.id, "unknown", now=self._clock.now(), error=reason)
        self._tell_staff(db, row, "delivery.unknown", reason)

    def _bury(self, db: Connection, row: Claimed, reason: str) -> None:
        log.warning("message %s was refused: %s", row.message.key, reason)
        outbox.settle(db, row.id, "dead", now=self._clock.now(), error=reason)
        if row.message.policy != "replaceable":  # a counter that can't be updated is nobody's task
            self._tell_staff(db, row, "delivery.refused", reason)

    def _tell_staff(self, db: Connection, row: Claimed, id: str, reason: str) -> None:
        live = self._engine.library.refresh(db)
        space = live.space_at(row.message.address)
        if row.is_notice or space is None:
            return  # a notice about a notice would go round in circles
        now = self._clock.now()
        text = Text(id=id, values={"number": row.id, "reason": reason[:200], "text": row.message.text[:80]})
        buttons = [(Text(id="button.resend"), f"resend {row.id}")] if id == "delivery.unknown" else []
        what = Utterance(lines=[text], buttons=buttons, life=NOTICE_LIFE, is_notice=True)
        for staff in live.spaces_of(space.course, kind="staff"):
            key = f"{id}:{row.id}@{staff.address.platform}:{staff.address.chat}"
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
