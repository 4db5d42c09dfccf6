"""Keeping under a limit, whatever the network does."""

from collections import deque
from datetime import datetime, timedelta

from bot.domain.traits import Limit


class Window:
    """At most so many in any span of time.

    A message counts from when it is begun until a span after it is known to have arrived. The platform has counted it
    somewhere between, so whatever the network does, it never sees more than the limit in any span of its own time.
    """

    def __init__(self, limit: Limit) -> None:
        self._most = limit.most
        self._span = timedelta(seconds=limit.seconds)
        self._done: deque[datetime] = deque()
        self.under_way = 0

    def free(self, now: datetime) -> int:
        """How many may go now."""
        # What came a moment after `now` was read still counts; what lies further ahead is of a clock that was set back.
        while self._done and not -self._span < now - self._done[0] < self._span:
            self._done.popleft()
        return self._most - self.under_way - len(self._done)

    def free_at(self, now: datetime) -> datetime | None:
        """When the next may go; None: now, or when one of those under way has arrived."""
        if self.free(now) > 0 or not self._done:
            return None
        return self._done[0] + self._span

    def is_idle(self, now: datetime) -> bool:
        """Whether nothing counts any more."""
        self.free(now)
        return not (self.under_way or self._done)

    def arrived(self, at: datetime) -> None:
        self._done.append(at)
