"""Who hears what of the gateway: interactions go at once, all else waits its turn, behind what was missed."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Protocol

from adapters.discord import library
from adapters.discord.intake import Intake
from adapters.discord.interactions import Interactions
from adapters.discord.sight import Sight
from adapters.discord.trouble import Trouble
from bot.domain.ports import Sink

log = logging.getLogger(__name__)

_LATEST = 60.0  # seconds after which a session has begun, whether all servers have been told of or not
_RETRIES = (5.0, 30.0, 120.0)  # seconds until what was missed is read again, where that has failed
_AGAIN = 300.0  # seconds until what is still to be read is tried again, beside what happens


class History(Protocol):
    """The part of `CatchingUp` that reads what was missed."""

    @property
    def is_whole(self) -> bool: ...
    def interrupted(self) -> None: ...
    def has_begun_in(self, rooms: Collection[str]) -> bool: ...
    async def run(self, sink: Sink) -> None: ...
    async def postpone(self) -> None: ...
    async def read_rest(self) -> None: ...


class Listening:
    """`history` reads what was missed; the first time, `caught_up` is set after it."""

    def __init__(
        self,
        sight: Sight,
        intake: Intake,
        interactions: Interactions,
        trouble: Trouble,
        history: History,
        sink: Sink,
    ) -> None:
        self._sight = sight
        self._intake = intake
        self._interactions = interactions
        self._trouble = trouble
        self._history = history
        self._sink = sink
        # Shards whose new session has not told of all its servers yet, and what ends the waiting for that.
        self._beginning: dict[int, asyncio.TimerHandle] = {}
        self._has_begun = asyncio.Event()
        self._has_failed = False  # the last time that what was missed was read, however often it was tried
        self.caught_up = asyncio.Event()

    def heard(self, name: str, data: dict[str, Any]) -> None:
        """One raw event, or what the connection tells of itself."""
        match name:
            case library.READY:
                self._begun(data["shard"])
            case library.RESUMED:
                self._trouble.found()
            case library.LOST:
                self._lost(data)
            case _:
                self._pass_on(name, data)

    def _pass_on(self, name: str, data: dict[str, Any]) -> None:
        if name == "READY":  # before anything of the new session, what is between it and the last must be read
            self._intake.hold()
            self._begin(_shard(data))
        try:
            self._learn(name, data)
        except Exception:
            log.exception("a %s taught us nothing", name)
        if name == "INTERACTION_CREATE":
            self._interactions.hear(data, self._sink)
        else:
            self._intake.hear(name, data)

    def _learn(self, name: str, data: dict[str, Any]) -> None:
        """What was said while it was out of the bot's sight is read before all that is said there now."""
        changed = self._sight.learn(name, data)
        if changed.hidden:
            self._history.interrupted()
        if changed.shown and not self._beginning and self._history.has_begun_in(changed.shown):
            self._intake.hold()
            self._has_begun.set()

    # --- sessions -----------------------------------------------------------------------------------------------------

    def _begin(self, shard: int) -> None:
        self._end_waiting(shard)
        timer = asyncio.get_running_loop().call_later(_LATEST, self._begin_anyway, shard)
        self._beginning[shard] = timer

    def _end_waiting(self, shard: int) -> None:
        if timer := self._beginning.pop(shard, None):
            timer.cancel()

    def _begun(self, shard: int | None) -> None:
        self._trouble.found()
        self._end_waiting(shard or 0)
        self._has_begun.set()

    def _begin_anyway(self, shard: int) -> None:
        """Whatever keeps the library from saying so must not keep us from hearing."""
        log.warning("the servers of shard %s are not all there; we go on without them", shard)
        self._begun(shard)

    def _lost(self, data: dict[str, Any]) -> None:
        self._trouble.lost(data["error"])
        if data.get("is_over"):
            for shard in list(self._beginning):
                self._end_waiting(shard)

    # --- catching up --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read what was missed whenever a session has begun, then let what was heard since follow."""
        while True:
            await self._next()
            await self._read_missed()
            if not self._beginning and not self._has_begun.is_set():
                self._intake.go_on()
                self.caught_up.set()

    async def _next(self) -> None:
        """Wait for what is to be read; what could not be read the last time is tried again now and then."""
        while not self._has_begun.is_set():
            try:
                async with asyncio.timeout(None if self._history.is_whole and not self._has_failed else _AGAIN):
                    await self._has_begun.wait()
            except TimeoutError:
                if self._has_failed:
                    self._intake.hold()
                    return
                await self._read_rest()

    async def _read_rest(self) -> None:
        try:
            await self._history.read_rest()
        except Exception:
            log.exception("what could not be read before can't be read now, either")

    async def _read_missed(self) -> None:
        """What can't be read after several tries must not keep us from hearing what happens now."""
        for wait in (*(() if self._has_failed else _RETRIES), None):
            self._has_begun.clear()
            try:
                await self._history.run(self._sink)
            except Exception:
                log.exception("what was missed could not be read")
            else:
                self._has_failed = False
                return
            if wait is not None:
                await asyncio.sleep(wait)
        self._has_failed = True
        await self._history.postpone()


def _shard(ready: dict[str, Any]) -> int:
    return int((ready.get("shard") or (0, 1))[0])
