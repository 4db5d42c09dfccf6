"""Requests that take longer than anybody waits for them.

The library must not be cancelled in the midst of one: what it counts of its buckets, and of the limit over all, would
stay as it was, and others would wait for nothing. So it goes on without anybody, and leaves for no further try.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from adapters.discord.gate import Trip


class Requests:
    """Those of one HTTP session."""

    def __init__(self) -> None:
        self._given_up: set[asyncio.Task[Any]] = set()

    async def wait_for(self, request: Coroutine[Any, Any, Any], trip: Trip) -> Any:
        """What comes of it, as long as the caller waits."""
        task = asyncio.create_task(request)
        try:
            return await asyncio.shield(task)
        finally:
            if not task.done():
                self._give_up(task, trip)

    def _give_up(self, task: asyncio.Task[Any], trip: Trip) -> None:
        trip.is_given_up = True
        self._given_up.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._given_up.discard(task)
        if not task.cancelled():
            task.exception()  # nobody else asks for it

    def close(self) -> None:
        """They need not go on to their end any more. Nobody waits for that, either: the library may sleep once more."""
        for task in self._given_up:
            task.cancel()
