"""The real clock and the virtual one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime


class RealClock:
    """The time of the machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """A clock that stands still until it is moved, and never goes back; `keep` makes each move durable first."""

    def __init__(self, now: datetime, keep: Callable[[datetime], Awaitable[None]]) -> None:
        self._now = now
        self._keep = keep

    def now(self) -> datetime:
        return self._now

    async def move(self, to: datetime) -> None:
        if to > self._now:
            await self._keep(to)
            self._now = to
