"""Chaos: what goes wrong between a platform and a process, often enough to matter. All of it must make no difference.

The core dies before and after its commits and while it sends, is down for up to an hour and a half, gets updates twice,
long afterwards again, and from several rooms in another order; the platform refuses, is busy, or does not answer.
"""

import random
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.events import Attachment, Done, Event
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Adapter, Sink
from bot.simulation.outages import Outage
from bot.simulation.weather import Crash

_DIES_BEFORE, _DIES_AFTER, _TWICE, _AGAIN, _SCATTERED = 0.004, 0.004, 0.08, 0.05, 0.5
"""Chances, of a batch of updates: _AGAIN is some earlier batch; _SCATTERED comes room by room."""

_DIES_SENDING, _REFUSED, _BUSY, _LOST, _UNANSWERED = 0.0005, 0.01, 0.02, 0.01, 0.01
"""Chances, of a message: _LOST never arrived, _UNANSWERED did."""

_KEPT = 200  # batches that may come again

Trouble = Literal["outages", "restarts", "twice", "again", "reordered", "refused", "busy", "lost", "unanswered"]


class Storm:
    """A weather. What has happened is counted by name."""

    def __init__(self, outages: Sequence[Outage], chance: random.Random) -> None:
        self._outages = outages
        self._chance = chance
        self._past: deque[Sequence[Event]] = deque(maxlen=_KEPT)
        self.troubles: Counter[Trouble] = Counter({"outages": len(outages)})

    def is_down(self, now: datetime) -> bool:
        return any(outage.since <= now < outage.until for outage in self._outages)

    def adapter(self, platform: Adapter) -> Adapter:
        return _Unreliable(platform, self)

    def sink(self, sink: Sink, since: datetime) -> Sink:
        return partial(self._hand_over, sink, since)

    async def _hand_over(self, sink: Sink, since: datetime, events: Sequence[Event], /) -> None:
        self._may_die(_DIES_BEFORE)
        for part in self._parts(events, since):
            if self._past and self.strikes(_AGAIN, "again"):
                await sink(self._chance.choice(self._past))
            await sink(part)
            self._past.append(part)
            self._may_die(_DIES_AFTER)
            if self.strikes(_TWICE, "twice"):
                await sink(part)

    def _parts(self, events: Sequence[Event], since: datetime) -> Iterator[Sequence[Event]]:
        """As they came; or room by room, where they came just now: a platform is not hours behind in one room only."""
        rooms: dict[str, list[Event]] = {}
        for event in events:
            rooms.setdefault(event.address.chat if isinstance(event, Done) else "", []).append(event)
        if len(rooms) > 1 and events[0].at > since and self.strikes(_SCATTERED, "reordered"):
            yield from self._chance.sample(list(rooms.values()), len(rooms))
        else:
            yield events

    def strikes(self, chance: float, what: Trouble) -> bool:
        """Whether it happens now; it is counted."""
        if self._chance.random() >= chance:
            return False
        self.troubles[what] += 1
        return True

    def _may_die(self, chance: float) -> None:
        if self.strikes(chance, "restarts"):
            raise Crash

    async def send(self, platform: Adapter, message: OutgoingMessage) -> str:
        """Send a message through the storm."""
        if self.strikes(_REFUSED, "refused"):
            raise Refused("the storm refuses it")
        if self.strikes(_BUSY, "busy"):
            raise NotSent("429 Too Many Requests", retry_after=timedelta(seconds=self._chance.randint(1, 600)))
        if self.strikes(_LOST, "lost"):
            raise Unknown("the connection broke")
        number = await platform.send(message)
        self._may_die(_DIES_SENDING)
        if self.strikes(_UNANSWERED, "unanswered"):
            raise Unknown("no answer in time")
        return number


class _Unreliable:
    """The platform, as it is reached through a storm."""

    def __init__(self, platform: Adapter, storm: Storm) -> None:
        self._inner = platform
        self._storm = storm
        self.platform = platform.platform
        self.traits = platform.traits

    async def run(self, sink: Sink) -> None:
        await self._inner.run(sink)

    async def send(self, message: OutgoingMessage) -> str:
        return await self._storm.send(self._inner, message)

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self._inner.fetch(attachment)
