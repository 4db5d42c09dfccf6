"""What must be remembered of a message that goes out."""

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.discord.payloads import KIND, kept_by
from bot.domain.errors import StorageTrouble
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import AdapterStore

_RETRY = 1.0  # seconds


async def keep_commands(store: AdapterStore, message: OutgoingMessage) -> None:
    """Keep the commands of its buttons that are too long to travel. Raises StorageTrouble."""
    for data, command in kept_by(message).items():
        await store.put(KIND, data, {"command": command})


async def keep_surely(store: AdapterStore, kind: str, key: str, value: Mapping[str, Any]) -> None:
    """Keep what is lost otherwise, because the message is out: however long the database is in trouble."""
    while True:
        try:
            await store.put(kind, key, value)
        except StorageTrouble:
            await asyncio.sleep(_RETRY)
        else:
            return
