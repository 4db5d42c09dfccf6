"""A web server inside our own loop, for the adapters that are called instead of calling."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


def bound(host: str, port: int) -> socket.socket:
    """A socket that has the port, but does not answer yet; 0 takes any. Raises OSError where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        # So that the port is free again right after a restart.
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError:
        taken.close()
        raise
    taken.setblocking(False)
    return taken


def quiet(app: Any, **more: Any) -> uvicorn.Config:
    """The settings of a server that says nothing of itself, and logs no address: some hold a secret."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        **more,
    )


async def serve(config: uvicorn.Config, taken: socket.socket, listening: asyncio.Event) -> None:
    """Answer what comes in there until cancelled; then no more, once those are answered who wait. Closes the socket."""
    taken.listen(128)  # not before: who is only bound refuses callers instead of letting them wait
    server = _Server(config, listening)
    serving = asyncio.create_task(server.serve(sockets=[taken]), name="web server")
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise


class _Server(uvicorn.Server):
    """A server that leaves signals and the end of the process to others, and says when it can be reached."""

    def __init__(self, config: uvicorn.Config, listening: asyncio.Event) -> None:
        super().__init__(config)
        self._listening = listening

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit as ended:
            raise RuntimeError("the web server could not start") from ended
        self._listening.set()
