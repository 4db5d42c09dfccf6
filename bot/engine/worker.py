"""What a worker on rows of the database is: woken when there may be some, working on several at once, until stopped."""

import asyncio
from abc import ABC, abstractmethod
from datetime import timedelta


class Worker(ABC):
    """Claims rows, works on them outside of any transaction, and settles each."""

    def __init__(self) -> None:
        self._claiming = asyncio.Lock()
        self._draining = asyncio.Lock()
        self._more = asyncio.Event()
        self._alarm: asyncio.TimerHandle | None = None
        self._is_stopping = False

    def wake(self) -> None:
        """There may be something to do."""
        self._more.set()

    async def run(self) -> None:
        """Work until cancelled or stopped."""
        while True:
            await self.drain()
            if self._is_stopping:
                return
            await self._more.wait()
            self._more.clear()

    def stop(self) -> None:
        """Start nothing new; what is begun settles."""
        self._is_stopping = True
        self._wake_after(None)
        self.wake()

    @abstractmethod
    async def drain(self) -> None:
        """Do everything that can be done now, and return when all of it is settled."""

    def _wake_after(self, wait: timedelta | None) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if wait is not None:
            self._alarm = asyncio.get_running_loop().call_later(wait.total_seconds(), self.wake)

    async def _wait_for_one(self, tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
        """Until one of them ends or there is more to do; those that go on. Raises what one of them raised."""
        more = asyncio.ensure_future(self._more.wait())
        try:
            await asyncio.wait({*tasks, more}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if more.done():
                self._more.clear()
            more.cancel()
        for task in tasks:
            if task.done():
                task.result()
        return {task for task in tasks if not task.done()}
