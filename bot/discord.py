"""Discord as this process speaks it: its client, the commands that it offers, and the files that go out."""

import os
from collections.abc import Callable
from pathlib import Path

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from adapters.discord.commands import CommandKeeper
from adapters.discord.traits import PLATFORM
from bot.app import App
from bot.config import Discord, resolved
from bot.domain.places import Address
from bot.domain.ports import Sink
from bot.engine.live import Live, LiveCourses
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

    async def keep_commands(adapter: DiscordAdapter, sink: Sink) -> None:
        await CommandKeeper(client.call, store, lambda: commands).run(client.application)

    suggest = Suggesting(app.database, app.engine, app.clock)
    return DiscordAdapter(
        client, store, files, app.clock, bound_in(app.library.courses), suggest, [keep_commands], commands=commands
    )


def bound_in(courses: LiveCourses) -> Callable[[], frozenset[Address]]:
    """Where courses live on Discord; the same set, as long as the view of the courses is the same."""
    seen: Live | None = None
    told: frozenset[Address] = frozenset()

    def bound() -> frozenset[Address]:
        nonlocal seen, told
        if courses.last_seen is not seen:
            seen = courses.last_seen
            mine = frozenset(one.address for one in seen.spaces.values() if one.address.platform == PLATFORM)
            told = told if mine == told else mine
        return told

    return bound
