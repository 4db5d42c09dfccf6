"""Telegram's side: our adapter with nobody at the other end, and python-telegram-bot with one empty handler."""

import json
from collections.abc import Sequence
from itertools import count
from types import TracebackType
from typing import Any, Self

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from telegram.request import BaseRequest

from adapters.telegram.adapter import Fetch, TelegramAdapter
from adapters.telegram.client import Client, open_client
from adapters.telegram.polling import Polling
from adapters.telegram.traits import PLATFORM
from bench import heard
from bot.app import App
from storage.documents import Documents
from storage.files import FileStore

_TOKEN = f"{heard.BOT}:nobody-asks-for-it"
_ME = {"id": heard.BOT, "is_bot": True, "first_name": "Bench", "username": heard.HANDLE}


def adapter_of(app: App, fetch: Fetch | None = None, client: Client | None = None) -> TelegramAdapter:
    """The adapter as `bot/telegram.py` makes it, without what looks around in its chats."""
    files = FileStore(app.settings.data / "files")
    return TelegramAdapter(
        client or Alone(), Documents(app.database, PLATFORM), files, app.clock, fetch or Polling(app.clock)
    )


class Alone(Client):
    """A client whose server knows the bot's name, and takes everything."""

    def __init__(self) -> None:
        super().__init__(_TOKEN)
        self._sent = count(10**9)

    async def call(self, method: str, *, patience: float = 0.0, **params: Any) -> Any:
        return _ME if method == "getMe" else {"message_id": next(self._sent)}


class Ours:
    """Bytes as they come from the server, through the client's decoder and the adapter, to the commit."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._adapter = adapter_of(app)
        self._decoded = open_client(_TOKEN, "http://127.0.0.1").request.parse_json_payload

    async def take(self, answer: bytes) -> None:
        """What one `getUpdates` has answered."""
        await self._adapter.take(self._decoded(answer)["result"], self._app.sink)


class _Offline(BaseRequest):
    """Where the library asks who the bot is; nothing leaves the process."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(self, *args: Any, **more: Any) -> tuple[int, bytes]:
        return 200, json.dumps({"ok": True, "result": _ME}).encode()


async def _empty(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    pass


class Theirs:
    """python-telegram-bot by itself: what it costs to parse an update and hand it to a handler that does nothing."""

    def __init__(self) -> None:
        builder = ApplicationBuilder().token(_TOKEN).updater(None).request(_Offline()).get_updates_request(_Offline())
        self._application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        self._application.add_handler(MessageHandler(filters.ALL, _empty))

    async def __aenter__(self) -> Self:
        await self._application.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._application.shutdown()

    async def take(self, updates: Sequence[bytes]) -> None:
        """Each by itself, from its bytes."""
        for raw in updates:
            update = Update.de_json(json.loads(raw), self._application.bot)
            await self._application.process_update(update)
