"""Updates by long polling. The offset moves only when what came before it is committed; the server keeps the rest."""

import asyncio
import logging
from typing import Any

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.reading import Raw, number_of
from adapters.telegram.shape import ALLOWED
from adapters.telegram.trouble import Trouble
from bot.domain.errors import StorageTrouble
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)

_LONG = 25  # seconds that the server may wait for the next update
_MARGIN = 10  # seconds more until we give an answer up
_BATCH = 100
_STORAGE_RETRY = 1.0  # seconds


class Polling:
    """Fetches the updates of one bot, as the only one who does."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, adapter: TelegramAdapter, sink: Sink) -> None:
        trouble = Trouble(adapter.bot, sink, self._clock)
        await trouble.until_done(lambda: _take_over(adapter))
        offset: int | None = None
        wait = 0  # the first time, to see whether anything has piled up
        while True:
            fetch = _Fetch(adapter, offset, wait)
            batch = await trouble.until_done(fetch)
            if batch:
                await commit(adapter, batch, sink)
                offset = max((number for raw in batch if (number := number_of(raw)) is not None), default=-1) + 1
            if len(batch) < _BATCH and wait == 0:
                await sink([])
                wait = _LONG


class _Fetch:
    """One call for updates, which also says that all before the offset are committed."""

    def __init__(self, adapter: TelegramAdapter, offset: int | None, wait: int) -> None:
        self._call = adapter.client.call
        self._params: dict[str, Any] = {"timeout": wait, "limit": _BATCH, "allowed_updates": list(ALLOWED)}
        if offset is not None:
            self._params["offset"] = offset
        self._patience = float(wait + _MARGIN)

    async def __call__(self) -> list[Raw]:
        found: list[Raw] = await self._call("getUpdates", patience=self._patience, **self._params)
        return found


async def _take_over(adapter: TelegramAdapter) -> None:
    """Know the bot, and take the updates away from a webhook that was set before."""
    await adapter.me()
    info = await adapter.client.call("getWebhookInfo")
    if info.get("url"):
        log.warning("a webhook was set; it is taken away, as updates are polled for")
        await adapter.client.call("deleteWebhook", drop_pending_updates=False)


async def commit(adapter: TelegramAdapter, batch: list[Raw], sink: Sink) -> None:
    """Hand over a batch, however long the database is in trouble: the server keeps nothing for ever."""
    while True:
        try:
            await adapter.take(batch, sink)
            return
        except StorageTrouble:
            await asyncio.sleep(_STORAGE_RETRY)
