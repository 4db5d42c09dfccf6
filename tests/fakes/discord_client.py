"""Clients for the Discord of our own: plain requests, and discord.py's Client as a bot would run it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
import discord
import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from tests.fakes.discord import FakeDiscord


class Reply(NamedTuple):
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> int:
        """Discord's number of the error."""
        return int(self.body["code"])


class Rest:
    """Sends requests as the bot; `rest("POST", "/channels/1/messages", {"content": "hi"})`."""

    def __init__(self, server: FakeDiscord) -> None:
        self.server = server
        self.session = aiohttp.ClientSession(headers={"Authorization": f"Bot {server.token}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.session.close()

    async def __call__(self, method: str, path: str, body: Any = None, *, files: tuple[bytes, ...] = ()) -> Reply:
        more: dict[str, Any] = {} if body is None else {"json": body}
        if files:
            form = aiohttp.FormData({"payload_json": json.dumps(body or {})})
            for number, content in enumerate(files):
                form.add_field(f"files[{number}]", BytesIO(content), filename=f"{number}.png", content_type="image/png")
            more = {"data": form}
        address = URL(self.server.api + path, encoded=True)
        async with self.session.request(method, address, **more) as response:
            content = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Reply(response.status, json.loads(content) if is_json else content or None, response.headers)


@asynccontextmanager
async def running(
    server: FakeDiscord,
    monkeypatch: pytest.MonkeyPatch,
    make: Callable[..., discord.Client] = discord.Client,
) -> AsyncIterator[discord.Client]:
    """discord.py's Client, logged in, connected and ready, until the block ends."""
    monkeypatch.setattr(Route, "BASE", server.api)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", URL(server.gateway_url))
    client = make(intents=discord.Intents.all())
    running = asyncio.create_task(client.start(server.token))
    try:
        if not await _logged_in(client, running):
            await running
        await asyncio.wait_for(client.wait_until_ready(), 10)
        yield client
    finally:
        await client.close()
        await asyncio.wait_for(running, 5)


async def _logged_in(client: discord.Client, running: asyncio.Task[None]) -> bool:
    """Waits until the client knows that it is one; an error of the task is raised by awaiting it."""
    async with asyncio.timeout(10):
        while not running.done() and client.user is None:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.005)
    return not running.done()
