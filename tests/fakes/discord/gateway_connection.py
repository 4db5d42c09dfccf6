"""One WebSocket of a client: what waits to be sent, in order, and the ways it ends."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.fakes.discord.gateway_wire import Op

if TYPE_CHECKING:
    from tests.fakes.discord.gateway_session import Session

Squeeze = Callable[[bytes], bytes]


def squeeze(kind: str | None) -> Squeeze | None:
    """One stream for a whole connection, flushed after every payload. Raises LookupError for another kind."""
    return None if kind is None else {"zlib-stream": _zlib, "zstd-stream": _zstd}[kind]()


def _zlib() -> Squeeze:
    stream = zlib.compressobj()
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> Squeeze:
    """With the library that made the client ask for it: the package, or Python's own since 3.14."""
    try:
        package: Any = importlib.import_module("zstandard")
    except ImportError:
        own: Any = importlib.import_module("compression.zstd").ZstdCompressor()
        return lambda data: bytes(own.compress(data, own.FLUSH_BLOCK))
    stream = package.ZstdCompressor().compressobj()
    return lambda data: bytes(stream.compress(data) + stream.flush(package.COMPRESSOBJ_FLUSH_BLOCK))


@dataclass(kw_only=True, eq=False)
class Connection:
    """What waits is text, or the code to close with.

    `is_leaving`: it is cut, or its client was told to come again.
    """

    socket: web.WebSocketResponse
    request: web.Request
    squeeze: Squeeze | None
    is_held: bool
    is_zombie: bool = False
    is_leaving: bool = False
    session: Session | None = None
    spoke_at: deque[float] = field(default_factory=deque)
    _waiting: asyncio.Queue[str | int] = field(default_factory=asyncio.Queue)
    _held: list[str] = field(default_factory=list)

    @property
    def is_stuck(self) -> bool:
        """Whether events don't get through."""
        return self.is_held or self.is_zombie or self.is_leaving

    def say(self, op: Op, data: Any = None) -> None:
        self.put(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def event(self, text: str) -> None:
        if self.is_held:
            self._held.append(text)
        else:
            self.put(text)

    def release(self) -> None:
        self.is_held = False
        for text in self._held:
            self.put(text)
        self._held.clear()

    def put(self, text: str) -> None:
        """A zombie's words get lost on the way."""
        if not self.is_zombie:
            self._waiting.put_nowait(text)

    def close(self, code: int) -> None:
        """After all that was said before."""
        self.is_leaving = True
        self._waiting.put_nowait(code)

    def drop(self) -> None:
        """The line is cut: no close frame, and what waits is lost."""
        self.is_leaving = True
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Sends what is put until the connection is gone."""
        with contextlib.suppress(ConnectionError):
            while True:
                item = await self._waiting.get()
                if isinstance(item, int):
                    await self.socket.close(code=item)
                elif self.squeeze is None:
                    await self.socket.send_str(item)
                else:
                    await self.socket.send_bytes(self.squeeze(item.encode()))
