"""The web server of the local chat: the page, its sockets and the API, on this machine only."""

import asyncio
import socket

from fastapi import FastAPI

from adapters.local.access import Access
from adapters.local.api import Api
from adapters.local.chat import LocalChat
from adapters.local.control import Control
from adapters.local.gate import Gate, sign_in_routes
from adapters.local.page import mount_page
from adapters.local.travel import Travel
from adapters.serving import bound, quiet, serve
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
            self._socket = bound(*self._address)
        return int(self._socket.getsockname()[1])

    async def run(self) -> None:
        port = self.bind()
        assert self._socket
        try:
            config = quiet(self._gate(port), ws="websockets-sansio", ws_max_size=2 * 1024 * 1024, lifespan="on")
            await serve(config, self._socket, self.listening)
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
