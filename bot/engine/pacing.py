"""Keeps what is sent under a platform's limits: messages in all, to one chat, to one group."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.messages import OutgoingMessage
from bot.domain.traits import Limits
from storage.outbox import URGENT, Room, chat_lane

_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
MEMORY = _MINUTE
"""What was sent longer ago than this limits nothing."""


class _Window:
    """At most so many in any span of time.

    A message counts from when it is begun until a span after it is known to have arrived. The platform has counted it
    somewhere between, so whatever the network does, it never sees more than the limit in any span of its own time.
    """

    def __init__(self, most: int, span: timedelta) -> None:
        self._most = most
        self._span = span
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


class Pacer:
    """The windows of one platform. Kept in memory; `remember` fills them from the outbox after a restart."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all = _Window(limits.per_second, _SECOND)
        self._chats: dict[str, tuple[_Window, ...]] = {}

    def remember(self, sent: Iterable[tuple[OutgoingMessage, datetime | None]], now: datetime) -> None:
        """Count what went out before, in the order in which it did; what may be under way still counts as just now."""
        for message, at in sent:
            if _counts(message):
                for window in self._windows(message):
                    window.arrived(min(at or now, now))

    def begin(self, message: OutgoingMessage) -> None:
        """It is being sent from now on."""
        if _counts(message):
            for window in self._windows(message):
                window.under_way += 1

    def end(self, message: OutgoingMessage, now: datetime) -> None:
        """It has arrived by now, or it has not: that makes no difference, as a platform counts what it refuses, too."""
        if _counts(message):
            for window in self._windows(message):
                window.under_way -= 1
                window.arrived(now)

    def budget(self, now: datetime) -> int:
        """How many messages may go now, whatever their chats."""
        return max(self._all.free(now), 0)

    def parked(self, now: datetime) -> list[str]:
        """The lanes that have to wait. Chats that were left alone long enough are forgotten."""
        for lane in [lane for lane, windows in self._chats.items() if all(window.is_idle(now) for window in windows)]:
            del self._chats[lane]
        return [lane for lane, windows in self._chats.items() if any(window.free(now) <= 0 for window in windows)]

    def next_free(self, now: datetime) -> datetime | None:
        """The next moment at which more may go than now."""
        windows = [self._all, *(window for those in self._chats.values() for window in those)]
        return min((moment for window in windows if (moment := window.free_at(now))), default=None)

    def _windows(self, message: OutgoingMessage) -> tuple[_Window, ...]:
        lane = chat_lane(message.address)
        found = self._chats.get(lane)
        if found is None:
            found = self._chats[lane] = self._of_chat(is_group=not message.address.private)
        return (self._all, *found)

    def _of_chat(self, *, is_group: bool) -> tuple[_Window, ...]:
        of_chat = _Window(self._limits.per_chat_second, _SECOND)
        return (of_chat, _Window(self._limits.per_group_minute, _MINUTE)) if is_group else (of_chat,)


def _counts(message: OutgoingMessage) -> bool:
    """Whether it is a message, or an edit of one; platforms count neither answers to presses nor what is taken back."""
    return not (message.answers or message.deletes or message.act)


class Pacers:
    """The pacers of the platforms that limit what they take; the others take what comes."""

    def __init__(self) -> None:
        self._of: dict[str, Pacer] = {}

    def pace(
        self, platform: str, limits: Limits, sent: Iterable[tuple[OutgoingMessage, datetime | None]], now: datetime
    ) -> None:
        """Keep under these limits from now on; `sent` is what went out lately."""
        self._of[platform] = Pacer(limits)
        self._of[platform].remember(sent, now)

    def room(self, platform: str, most: int, now: datetime) -> Room:
        """How much may be sent now. What is urgent goes even where the platform takes nothing else."""
        pacer = self._of.get(platform)
        if pacer is None:
            return Room(most=most)
        parked, budget = pacer.parked(now), pacer.budget(now)
        if budget:
            return Room(most=min(most, budget), parked=parked)
        return Room(most=most, least_urgent=URGENT, parked=parked)

    def begin(self, messages: Iterable[OutgoingMessage]) -> None:
        for message in messages:
            if pacer := self._of.get(message.address.platform):
                pacer.begin(message)

    def end(self, message: OutgoingMessage, now: datetime) -> None:
        if pacer := self._of.get(message.address.platform):
            pacer.end(message, now)

    def next_free(self, now: datetime) -> datetime | None:
        """The next moment at which more may go than now, on any platform."""
        moments = (pacer.next_free(now) for pacer in self._of.values())
        return min((moment for moment in moments if moment), default=None)
