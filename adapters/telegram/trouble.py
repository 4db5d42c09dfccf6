"""A server that can't be spoken to: waited for, and told to staff where somebody must act."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from telegram.error import BadRequest, Conflict, InvalidToken, RetryAfter, TelegramError

from adapters.telegram.errors import outcome_of
from adapters.telegram.parse import key_of
from adapters.telegram.traits import PLATFORM
from bot.domain.errors import NotSent, StorageTrouble
from bot.domain.events import PlatformTrouble
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)
Result = TypeVar("Result")

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds
_TOLD_AFTER = {"unreachable": timedelta(minutes=5)}
"""What often mends itself is told only when it has lasted."""


class Trouble:
    """Does what must succeed, again and again until it does."""

    def __init__(self, bot: str, sink: Sink, clock: Clock) -> None:
        self._bot = bot
        self._sink = sink
        self._clock = clock
        self._since: datetime | None = None
        self._told: str | None = None

    async def until_done(self, work: Callable[[], Awaitable[Result]]) -> Result:
        """The result of the work, however long that takes."""
        wait = _FIRST_WAIT
        while True:
            try:
                result = await work()
            except TelegramError as error:
                await self._note(error)
                await asyncio.sleep(_asked_wait(error) or wait)
                wait = min(wait * 2, _LONGEST_WAIT)
            else:
                await self._over()
                return result

    async def _note(self, error: TelegramError) -> None:
        kind, now = _kind(error), self._clock.now()
        log.warning("%s: %s", kind, error)
        self._since = self._since or now
        if kind != self._told and now - self._since >= _TOLD_AFTER.get(kind, timedelta(0)):
            await self._tell(kind, is_over=False)
            self._told = kind

    async def _over(self) -> None:
        if self._told:
            await self._tell(self._told, is_over=True)
        self._since = self._told = None

    async def _tell(self, kind: str, *, is_over: bool) -> None:
        assert self._since, "a trouble has begun before it is told"
        key = key_of(self._bot, f"{'over' if is_over else 'trouble'}:{kind}:{self._since.isoformat()}")
        event = PlatformTrouble(key=key, at=self._clock.now(), platform=PLATFORM, kind=kind, is_over=is_over)
        try:
            await self._sink([event])
        except StorageTrouble:
            log.warning("staff could not be told: the database is in trouble")


def _kind(error: TelegramError) -> str:
    match error:
        case InvalidToken():
            return "unauthorized"
        case Conflict():
            return "second_poller"
        case BadRequest():
            return "webhook"  # nothing else that is asked of the server depends on what an operator wrote
        case RetryAfter():
            return "flood"
    return "unreachable"


def _asked_wait(error: TelegramError) -> float | None:
    """How long the server wants to be left alone, in seconds."""
    outcome = outcome_of(error)
    is_asked = isinstance(error, RetryAfter) and isinstance(outcome, NotSent) and outcome.retry_after
    return outcome.retry_after.total_seconds() if is_asked else None  # type: ignore[union-attr]
