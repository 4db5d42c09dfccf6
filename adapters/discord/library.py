"""discord.py as we use it: a gateway connection whose raw events are heard, and a small cache that nobody needs."""

import json
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

log = logging.getLogger(__name__)

Heard = Callable[[str, dict[str, Any]], None]
"""Takes each raw event by its name, in the order in which they come."""

READY, RESUMED, LOST = "@ready", "@resumed", "@lost"
"""What the connection itself tells beside Discord's events."""


def point_to(api: str, gateway: str) -> None:
    """Speak to this server. The library has its addresses in one place for the whole process."""
    Route.BASE = api.rstrip("/")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)


def _read(text: Any) -> Any:
    """As the library reads JSON; half a character, which its quick reader refuses, ends no connection."""
    try:
        return _quick_read(text)
    except ValueError:
        return json.loads(text)


_quick_read = discord.utils._from_json  # noqa: SLF001 - there is no other way in
discord.utils._from_json = _read  # noqa: SLF001


def make_library(trace: aiohttp.TraceConfig) -> discord.AutoShardedClient:
    """A new connection, not yet opened; `trace` sees what it asks."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # there is no voice
    return discord.AutoShardedClient(
        intents=intents(),
        max_messages=None,
        chunk_guilds_at_startup=False,
        member_cache_flags=discord.MemberCacheFlags.none(),
        http_trace=trace,
    )


def intents() -> discord.Intents:
    wanted = discord.Intents.none()
    wanted.guilds = wanted.members = wanted.message_content = True
    wanted.messages = wanted.reactions = wanted.polls = True  # in servers and in private
    return wanted


def listen(library: discord.Client, heard: Heard) -> None:
    """Hear every raw event before the library reads it; what the library can't read is heard all the same."""
    parsers = library._connection.parsers  # noqa: SLF001 - its public events leave out what we need
    for name, parser in list(parsers.items()):
        parsers[name] = _tapped(name, parser, heard)

    async def on_shard_ready(shard: int) -> None:
        heard(READY, {"shard": shard})

    async def on_ready() -> None:
        heard(READY, {"shard": None})

    async def on_disconnect() -> None:
        heard(LOST, {"error": None})

    library.event(on_shard_ready if isinstance(library, discord.AutoShardedClient) else on_ready)
    library.event(on_disconnect)


def _tapped(name: str, parser: Callable[[Any], None], heard: Heard) -> Callable[[Any], None]:
    def take(data: Any) -> None:
        own = _copy(data)  # the library writes into what it reads
        try:
            heard(name, data)
            if name == "RESUMED":
                heard(RESUMED, {})
        except Exception:
            log.exception("a %s could not be taken", name)
        try:
            parser(own)
        except Exception:
            log.exception("the library could not read a %s; we go on", name)

    return take


def _copy(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _copy(value) for name, value in data.items()}
    return [_copy(one) for one in data] if isinstance(data, list) else data
