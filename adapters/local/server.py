"""The web server of the local chat: the page, its sockets and the API, on this machine only."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from adapters.local.access import Access
from adapters.local.api import Api
from adapters.local.chat import LocalChat
from adapters.local.control import Control
from adapters.local.gate import Gate, sign_in_routes
from adapters.local.page import mount_page
from adapters.local.travel import Travel
from bot.domain.ports import FileStore


class WebServer:
    """Serves the chat until it is cancelled."""

    def __init__(
        self,
        chat: LocalChat,
        files: FileStore,
        control: Control,
        access: Access,
        *,
        port: int,
        host: str = "127.0.0.1",
    ) -> None:
        self._chat = chat
        self._files = files
        self._control = control
        self._access = access
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self.listening = asyncio.Event()

    def bind(self) -> int:
        """Take the port, and say which one it is (0 asks for any). Raises OSError where it is taken."""
        if self._socket is None:
            self._socket = _listening(*self._address)
        return int(self._socket.getsockname()[1])

    async def run(self) -> None:
        port = self.bind()
        assert self._socket
        self._socket.listen(128)  # not before: who is only bound refuses callers instead of letting them wait
        server = _Server(_settings(self._gate(port)), self.listening)
        serving = asyncio.create_task(server.serve(sockets=[self._socket]), name="web server")
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.should_exit = True
            await serving
            raise
        finally:
            self._socket = None

    def _gate(self, port: int) -> Gate:
        # No pages of documentation: theirs load scripts from elsewhere.
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        travel = Travel(self._control)
        app.router.routes.extend(sign_in_routes(self._chat, self._access, self._say, port))
        app.router.routes.extend(Api(self._chat, self._files, self._control, travel).routes())
        mount_page(app, self._chat, self._control, travel)
        return Gate(app, self._access, self._say, port)

    def _say(self, id: str) -> str:
        return self._control.texts.say(self._control.language, id)


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


def _settings(app: Gate) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=2 * 1024 * 1024,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        # So that the port is free again right after a restart.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening
