"""Questions to Discord's API that wait for their answer: a few at once, and again where there was trouble."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from adapters.discord.errors import FAILURES, outcome_of
from bot.domain.errors import NotSent, Refused

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_AT_ONCE = 4
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)
_TRIES = 6  # of what it fails to answer, while it answers something else; the library has tried each five times
_PROBE = "/users/@me"


FORBIDDEN, DELETED = "403", "404"


class Unreadable(Exception):
    """Discord does not tell; `reason` is the status of its answer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def together(acts: Iterable[Coroutine[Any, Any, Answer]]) -> list[Answer]:
    """Wait for all of them at once; what each gives, in their order. Where one fails the others end, too."""
    try:
        async with asyncio.TaskGroup() as tasks:
            found = [tasks.create_task(act) for act in acts]
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in found]


class Caller(Protocol):
    """The part of `Client` that asks."""

    async def call(self, method: str, path: str, *args: Any, **ids: Any) -> Any: ...


class Asking:
    """GET, however long the network is down."""

    def __init__(self, client: Caller, wait: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._client = client
        self._wait = wait
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def get(self, path: str, params: dict[str, Any] | None = None, **ids: str) -> Any:
        """The answer. Raises Unreadable where there will be none, or it fails again and again while others come."""
        failed, wait = 0, _FIRST_WAIT
        while True:
            try:
                async with self._turns:
                    return await self._client.call("GET", path, params=params, **ids)
            except FAILURES as error:
                outcome, reason = outcome_of(error), str(getattr(error, "status", "failed"))
            failed += isinstance(outcome, Refused) or await self._is_there()
            if isinstance(outcome, Refused) or failed == _TRIES:
                raise Unreadable(reason)  # not the error: its words may hold an address
            asked = outcome.retry_after if isinstance(outcome, NotSent) else None
            log.warning("%s could not be read yet: %s", path, outcome)
            await self._wait(min(max(asked or wait, wait), _LONGEST_WAIT).total_seconds())
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _is_there(self) -> bool:
        """Whether Discord answers at all."""
        try:
            await self._client.call("GET", _PROBE)
        except FAILURES:
            return False
        return True
