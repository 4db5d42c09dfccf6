"""Discord as this process speaks it: its client, the commands that it offers, and the files that go out."""

import os
from pathlib import Path

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.commands import CommandKeeper
from adapters.discord.traits import PLATFORM
from bot.app import App
from bot.config import Discord, resolved
from bot.domain.places import Address
from bot.domain.ports import Sink
from bot.slash import slash_commands_of
from bot.suggesting import Suggesting
from storage.documents import Documents
from storage.files import FileStore


def adapter_of(app: App, discord: Discord, config: Path) -> DiscordAdapter:
    """The adapter for this bot. Raises RulesRejected where a secret is not in the environment."""
    return adapter_with(app, Client(resolved(discord.token, os.environ, config), discord.api, discord.gateway))


def adapter_with(app: App, client: Client) -> DiscordAdapter:
    """The adapter that speaks through this client."""
    store, files = Documents(app.database, PLATFORM), FileStore(app.settings.data / "files")
    commands = slash_commands_of(app.registry, app.texts)

    def bound() -> list[Address]:
        spaces = app.library.courses.last_seen.spaces.values()
        return [space.address for space in spaces if space.address.platform == PLATFORM]

    async def keep_commands(adapter: DiscordAdapter, sink: Sink) -> None:
        await CommandKeeper(client.call, store, lambda: commands).run(client.application)

    suggest = Suggesting(app.database, app.engine, app.clock)
    return DiscordAdapter(client, store, files, app.clock, bound, suggest, [keep_commands], commands=commands)
