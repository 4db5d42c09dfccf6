"""Keeps what is sent under a platform's limits: messages in all, to one chat, to one group."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.domain.messages import OutgoingMessage
from bot.domain.pacing import Window
from bot.domain.traits import Limits
from storage.outbox import URGENT, Room, chat_lane

MEMORY = timedelta(minutes=1)
"""What was sent longer ago than this limits nothing."""


class Pacer:
    """The windows of one platform. Kept in memory; `remember` fills them from the outbox after a restart."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all = Window(limits.in_all)
        self._chats: dict[str, tuple[Window, ...]] = {}
        # Those that were sent to since they were last looked at, and those that had to wait then: time alone makes no
        # chat wait, so the others need not be looked at.
        self._perhaps_full: dict[str, tuple[Window, ...]] = {}
        self._looked_for_idle_at: datetime | None = None

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
        """The lanes that have to wait."""
        self._forget_idle(now)
        looked_at = self._perhaps_full.items()
        self._perhaps_full = {lane: each for lane, each in looked_at if any(window.free(now) <= 0 for window in each)}
        return list(self._perhaps_full)

    def next_free(self, now: datetime) -> datetime | None:
        """The next moment at which more may go than now."""
        windows = [self._all, *(window for those in self._perhaps_full.values() for window in those)]
        return min((moment for window in windows if (moment := window.free_at(now))), default=None)

    def _forget_idle(self, now: datetime) -> None:
        """Chats that were left alone long enough, now and then: it is done for their memory only."""
        last = self._looked_for_idle_at
        if last is None or not last <= now < last + MEMORY:  # or the clock was set back
            self._looked_for_idle_at = now
            for lane in [lane for lane, each in self._chats.items() if all(window.is_idle(now) for window in each)]:
                del self._chats[lane]

    def _windows(self, message: OutgoingMessage) -> tuple[Window, ...]:
        lane = chat_lane(message.address)
        found = self._chats.get(lane)
        if found is None:
            found = self._chats[lane] = self._of_chat(is_group=not message.address.private)
        self._perhaps_full[lane] = found
        return (self._all, *found)

    def _of_chat(self, *, is_group: bool) -> tuple[Window, ...]:
        limits = [self._limits.per_chat] + ([self._limits.per_group] if is_group and self._limits.per_group else [])
        return tuple(map(Window, limits))


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
