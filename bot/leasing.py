"""Work that only one of several processes may do at a time: it runs while a lease is ours."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.domain.errors import StorageTrouble
from storage.database import Database
from storage.leases import LEASE, Holder, release_all, take

log = logging.getLogger(__name__)

_RENEW = LEASE.total_seconds() / 3


class Leases:
    """The leases of this process."""

    def __init__(
        self,
        database: Database,
        holder: Holder,
        real_now: Callable[[], datetime],
        tell_standby: Callable[[Holder], None],
    ) -> None:
        self._database = database
        self._real_now = real_now
        self._tell_standby = tell_standby
        self._held: dict[str, asyncio.Event] = {}  # set when the lease is lost
        self.holder = holder

    async def take(self, name: str) -> Holder | None:
        """Take or renew a lease; the process that has it instead, or None when it is ours."""
        other = await self._database.run(lambda db: take(db, name, self.holder, self._real_now()))
        if other is None:
            self._held.setdefault(name, asyncio.Event())
        elif lost := self._held.pop(name, None):
            lost.set()
        return other

    async def keep_all(self) -> None:
        """Renew every lease that was taken, for ever."""
        while True:
            await asyncio.sleep(_RENEW)
            for name in sorted(self._held):
                with contextlib.suppress(StorageTrouble):  # nobody else can take it either
                    await self.take(name)

    async def run_alone(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Wait for the lease, work while it is ours, and wait again when it is lost."""
        told = None
        while True:
            other = await self.take(name)
            if other is None:
                told = None
                await self._work(name, work)
            elif other.id != told:
                told = other.id
                self._tell_standby(other)
            await asyncio.sleep(1 if other is None else _RENEW)

    async def _work(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        working, keeping = asyncio.ensure_future(work()), asyncio.ensure_future(self._held[name].wait())
        try:
            await asyncio.wait({working, keeping}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                log.warning("the lease on %s was lost; stopping that work here", name)
        finally:
            for task in (working, keeping):
                task.cancel()
            await asyncio.gather(working, keeping, return_exceptions=True)
        if not working.cancelled() and (error := working.exception()):
            log.error("%s failed and is started again", name, exc_info=error)

    async def release_all(self) -> None:
        await self._database.run(lambda db: release_all(db, self.holder))
