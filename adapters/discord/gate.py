"""The one limit over all requests of a bot, kept where they leave: each try of the library counts."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import aiohttp

from adapters.discord.errors import NeverLeft
from bot.domain.pacing import Window
from bot.domain.traits import Limit


class Trip:
    """What has become of one request of an HTTP session."""

    def __init__(self) -> None:
        self.is_gone = False  # it may have reached the server
        self.is_given_up = False  # nobody waits for it: it must not leave any more


class Gate:
    """Lets requests of an HTTP session through, in their order, as fast as the limit allows."""

    def __init__(self, limit: Limit) -> None:
        self._window = Window(limit)
        self._order = asyncio.Lock()
        self._changed = asyncio.Event()

    def trace(self) -> aiohttp.TraceConfig:
        """What an HTTP session needs to ask here before each request."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(self._begin)
        config.on_request_end.append(self._end)
        config.on_request_exception.append(self._fail)
        return config

    async def _begin(self, session: Any, context: SimpleNamespace, about: Any) -> None:
        trip = context.trace_request_ctx
        async with self._order:
            await self._turn()
            if isinstance(trip, Trip):
                _leave(trip)
            self._window.under_way += 1
            context.is_counted = True

    async def _turn(self) -> None:
        while self._window.free(now := _now()) <= 0:
            at = self._window.free_at(now)
            self._changed.clear()
            try:
                async with asyncio.timeout((at - now).total_seconds() if at else None):
                    await self._changed.wait()
            except TimeoutError:
                pass  # a place in the window has become free

    async def _end(self, session: Any, context: SimpleNamespace, about: aiohttp.TraceRequestEndParams) -> None:
        if about.response.status == 429 and isinstance(context.trace_request_ctx, Trip):
            context.trace_request_ctx.is_gone = False  # the library sleeps before it tries again
        self._arrived(context)

    async def _fail(self, session: Any, context: SimpleNamespace, about: Any) -> None:
        self._arrived(context)

    def _arrived(self, context: SimpleNamespace) -> None:
        """What was given up while it waited here never counted."""
        if getattr(context, "is_counted", False):
            context.is_counted = False
            self._window.under_way -= 1
            self._window.arrived(_now())
            self._changed.set()


def _leave(trip: Trip) -> None:
    """Raises NeverLeft where nobody waits for it any more."""
    if trip.is_given_up:
        raise NeverLeft("nobody waits for it any more")
    trip.is_gone = True


def _now() -> datetime:
    """The loop's own time, which nobody sets."""
    return datetime.fromtimestamp(asyncio.get_running_loop().time(), UTC)
