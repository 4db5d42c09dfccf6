"""Lets handbooks be searched by meaning, where the encoder is installed: beside the transactions, never in one."""

import asyncio
import logging
from collections.abc import Callable, Iterator

from bot.engine.finding import Finder
from bot.engine.retrieval import Index, deepened

log = logging.getLogger(__name__)


class Deepener:
    """Takes the shelves that were searched by words, one after the other, and puts better indexes in their place.

    `deepened` gives what there is after each step, and is called in a thread; a stop waits for one step at most.
    """

    def __init__(self, finder: Finder, deepened: Callable[[Index], Iterator[Index]] = deepened) -> None:
        self._finder = finder
        self._deepened = deepened

    async def run(self) -> None:
        """Work until cancelled, or until the encoder fails: then searching is by words until the next start."""
        loop, more = asyncio.get_running_loop(), asyncio.Event()
        self._finder.on_new = lambda: _wake(loop, more)
        try:
            while True:
                await self.drain()
                await more.wait()
                more.clear()
        except Exception:
            log.exception("searching by meaning failed; until the next start it is by words alone")
        finally:
            self._finder.on_new = lambda: None

    async def drain(self) -> None:
        """Return when what was searched until now is searched by meaning."""
        while found := self._finder.shallow():
            course, shelf = found
            index, steps = shelf.words, self._deepened(shelf.words)
            while made := await asyncio.to_thread(next, steps, None):
                index = made
            self._finder.deepen(course, shelf, index)


def _wake(loop: asyncio.AbstractEventLoop, more: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(more.set)
