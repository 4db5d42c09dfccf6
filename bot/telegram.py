"""Telegram as this process speaks it: its client, how updates come in, and the files that go out."""

import os
from collections.abc import Sequence
from pathlib import Path

from adapters.telegram.adapter import Fetch, TelegramAdapter
from adapters.telegram.client import open_client
from adapters.telegram.menus import MenuKeeper
from adapters.telegram.places import LookAround
from adapters.telegram.polling import Polling
from adapters.telegram.traits import PLATFORM
from adapters.telegram.webhook import Webhook
from bot.app import App
from bot.config import Telegram, resolved
from bot.domain.places import Address
from bot.domain.ports import Menu, Sink
from bot.menus import menus_of
from storage.documents import Documents
from storage.files import FileStore


def adapter_of(app: App, telegram: Telegram, config: Path) -> TelegramAdapter:
    """The adapter for this bot. Raises RulesRejected where a secret is not in the environment."""
    client = open_client(resolved(telegram.token, os.environ, config), telegram.api)
    store, files = Documents(app.database, PLATFORM), FileStore(app.settings.data / "files")

    def menus() -> Sequence[Menu]:
        return menus_of(PLATFORM, app.library.courses.last_seen, app.registry, app.texts, app.settings.language)

    def chats() -> list[Address]:
        spaces = app.library.courses.last_seen.spaces.values()
        return [space.address for space in spaces if space.address.platform == PLATFORM]

    async def keep_menus(adapter: TelegramAdapter, sink: Sink) -> None:
        await MenuKeeper(client.call, store, menus).run()

    async def look_around(adapter: TelegramAdapter, sink: Sink) -> None:
        await LookAround(chats, app.clock).run(adapter.places, sink)

    beside = [keep_menus, look_around]
    return TelegramAdapter(client, store, files, app.clock, _fetch(app, telegram, config), beside)


def _fetch(app: App, telegram: Telegram, config: Path) -> Fetch:
    if telegram.webhook is None:
        return Polling(app.clock)
    secret = resolved(telegram.webhook.secret, os.environ, config)
    return Webhook(telegram.webhook.url, telegram.webhook.listen, secret, app.clock)
