"""The adapter together with its page: both run while this process is the one that serves the chat."""

import asyncio
from collections.abc import Awaitable, Callable

from adapters.local.adapter import LocalAdapter
from adapters.local.server import WebServer
from bot.domain.events import Attachment
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Sink


class ServedAdapter:
    """A process that only stands by shows no page: its chat would not know what the other one has posted."""

    platform = LocalAdapter.platform
    traits = LocalAdapter.traits

    def __init__(
        self, adapter: LocalAdapter, server: WebServer, *, at_start: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._adapter = adapter
        self._server = server
        self._at_start = at_start

    async def run(self, sink: Sink) -> None:
        await self._adapter.chat.open()
        if self._at_start:
            await self._at_start()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._adapter.run(sink))
            both.create_task(self._server.run())

    async def send(self, message: OutgoingMessage) -> str:
        return await self._adapter.send(message)

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self._adapter.fetch(attachment)
