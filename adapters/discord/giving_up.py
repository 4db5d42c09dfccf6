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
        self._is_closed = False

    async def wait_for(self, request: Coroutine[Any, Any, Any], trip: Trip, patience: float) -> Any:
        """What comes of it. Raises TimeoutError after so many seconds, where it is not on its way then.

        One that is on its way has its own patience: nobody may look whether it has arrived while it still can.
        """
        task = asyncio.create_task(request)
        try:
            try:
                async with asyncio.timeout(patience):
                    return await asyncio.shield(task)
            except TimeoutError:
                if task.done() or not trip.is_gone:
                    raise
            async with asyncio.timeout(patience):
                return await asyncio.shield(task)
        finally:
            if not task.done():
                self._give_up(task, trip)

    def _give_up(self, task: asyncio.Task[Any], trip: Trip) -> None:
        trip.is_given_up = True
        self._given_up.add(task)
        task.add_done_callback(self._forget)
        if self._is_closed:
            task.cancel()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._given_up.discard(task)
        if not task.cancelled():
            task.exception()  # nobody else asks for it

    def close(self) -> None:
        """They need not go on to their end any more. Nobody waits for that, either: the library may sleep once more."""
        self._is_closed = True
        for task in self._given_up:
            task.cancel()
