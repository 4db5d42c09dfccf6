"""A gateway that can't be spoken to: told to staff where somebody must act, or where it lasts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from adapters.discord.errors import FAILURES, trouble_of
from adapters.discord.parse import key_of
from adapters.discord.stored import until_stored
from adapters.discord.traits import PLATFORM
from bot.domain.events import PlatformTrouble
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between tries to log in
_LASTING = 300.0  # seconds after which even what often mends itself is told


class Trouble:
    """Whether we hear what happens, since when not, and what staff know of it. It begins with nothing heard."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now: _Kind | None = self._begin("unreachable")
        self._told: _Kind | None = None
        self._changed = asyncio.Event()

    def lost(self, error: BaseException | None) -> None:
        """We hear nothing any more; what the library mends by itself has no error."""
        kind = trouble_of(error)
        if self._now is None:
            self._now = self._begin(kind)
        elif kind != "unreachable":  # which says nothing of whether it was mended
            self._now = self._now._replace(name=kind)
        self._changed.set()

    def _begin(self, kind: str) -> "_Kind":
        return _Kind(kind, self._clock.now(), asyncio.get_running_loop().time())

    def found(self) -> None:
        """We hear again."""
        self._now = None
        self._changed.set()

    async def run(self, bot: Callable[[], str], sink: Sink) -> None:
        """Tell staff, for ever."""
        while True:
            self._changed.clear()
            if self._told and (self._now is None or self._now.name != self._told.name):
                await self._tell(bot(), sink, self._told, is_over=True)
                self._told = None
            if self._now and self._told is None and self._waits() <= 0:
                self._told = self._now
                await self._tell(bot(), sink, self._told, is_over=False)
            try:
                async with asyncio.timeout(self._waits() if self._now and self._told is None else None):
                    await self._changed.wait()
            except TimeoutError:
                pass  # it has lasted

    def _waits(self) -> float:
        """Seconds until what is wrong now is told."""
        if self._now is None or self._now.name != "unreachable":
            return 0
        return self._now.begun + _LASTING - asyncio.get_running_loop().time()

    async def _tell(self, bot: str, sink: Sink, what: "_Kind", *, is_over: bool) -> None:
        key = key_of(bot, f"{'over' if is_over else 'trouble'}:{what.name}:{what.since.isoformat()}")
        event = PlatformTrouble(key=key, at=self._clock.now(), platform=PLATFORM, kind=what.name, is_over=is_over)
        await until_stored(lambda: sink([event]))


class _Kind(NamedTuple):
    name: str
    since: datetime
    begun: float  # by the loop's clock


async def until_open(log_in: Callable[[], Awaitable[None]], trouble: Trouble) -> None:
    """Log in, however long that takes."""
    wait = _FIRST_WAIT
    while True:
        try:
            await log_in()
            return
        except FAILURES as error:
            log.warning("Discord does not let us in: %s", type(error).__name__)
            trouble.lost(error)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)
