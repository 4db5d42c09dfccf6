"""Reading an adapter's memory whole, and writing to it until it is written."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bot.domain.errors import StorageTrouble
from bot.domain.ports import AdapterStore

_PAGE = 1000
_RETRY = 1.0  # seconds


async def all_of(store: AdapterStore, kind: str) -> dict[str, dict[str, Any]]:
    """Every document of a kind, by its key. Raises StorageTrouble."""
    found: dict[str, dict[str, Any]] = {}
    revision = 0
    while page := await store.since(kind, revision, limit=_PAGE):
        found |= {document.key: document.value for document in page}
        revision = page[-1].revision
    return found


async def until_stored(act: Callable[[], Awaitable[object]]) -> None:
    """Do it, however long the database is in trouble: Discord keeps nothing for us that we could ask for later."""
    while True:
        try:
            await act()
            return
        except StorageTrouble:
            await asyncio.sleep(_RETRY)
