"""The local chat under `run`: behind a sign-in link."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.local.access import Access
from adapters.local.served import ServedAdapter
from adapters.local.server import WebServer
from bot.app import App, real_now
from bot.config import Settings
from bot.local import LocalControl, adapter_of
from storage.files import FileStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The adapter with its bound server, and where it will be."""

    adapter: ServedAdapter
    server: WebServer
    address: str

    async def when_open(self, tell: Callable[[], None]) -> None:
        """Speak when the page can be opened: at once, or when this process takes over."""
        await self.server.listening.wait()
        tell()


async def open_page(app: App, settings: Settings) -> Page | None:
    """Bind the port; None where it is taken."""
    assert settings.platforms.local
    adapter = adapter_of(app, settings.language)
    control = LocalControl(app, adapter, settings.language, is_demo=False)
    access = Access(adapter.chat.store, is_demo=False, real_now=real_now)
    files = FileStore(settings.data / "files")
    server = WebServer(adapter.chat, files, control, access, port=settings.platforms.local.port)
    try:
        port = server.bind()
    except OSError:
        return None
    return Page(adapter=ServedAdapter(adapter, server), server=server, address=f"http://127.0.0.1:{port}/")
