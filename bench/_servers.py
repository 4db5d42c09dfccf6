"""The platforms' servers of tests/, as config.yaml names them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from scheduler.clock import RealClock
from tests.fakes import discord, telegram
from tests.fakes.discord import FakeDiscord
from tests.fakes.telegram import FakeTelegram

_SECRETS = {"telegram": "BENCH_TELEGRAM", "discord": "BENCH_DISCORD"}


@dataclass
class Servers:
    """Those that run, the chats on them, and the section `platforms` of config.yaml."""

    chats: dict[str, list[str]] = field(default_factory=dict)  # by platform
    sections: dict[str, Any] = field(default_factory=dict)
    telegram: FakeTelegram | None = None
    discord: FakeDiscord | None = None

    async def open_telegram(self, stack: AsyncExitStack, groups: int) -> None:
        server = self.telegram = await stack.enter_async_context(FakeTelegram(wall=RealClock().now))
        ada = server.person("Ada")
        made = [server.group(f"Group {number}", ada, bot="administrator") for number in range(groups)]
        self.chats["telegram"] = [str(group.id) for group in made]
        self.sections["telegram"] = {"token": _secret(stack, "telegram", server.token), "api": server.url}

    async def open_discord(self, stack: AsyncExitStack, channels: int) -> None:
        server = self.discord = await stack.enter_async_context(FakeDiscord(now=RealClock().now))
        guild = server.guild("Camp", server.person("Ada"))
        self.chats["discord"] = [str(server.channel(guild, f"channel-{number}").id) for number in range(channels)]
        token = _secret(stack, "discord", server.token)
        self.sections["discord"] = {"token": token, "api": server.api, "gateway": server.gateway_url}


@asynccontextmanager
async def connected(wanted: Mapping[str, int]) -> AsyncIterator[Servers]:
    """By platform, how many chats there are; the local chat is no server, but has its page."""
    servers = Servers()
    async with AsyncExitStack() as stack:
        if "telegram" in wanted:
            await servers.open_telegram(stack, wanted["telegram"])
        if "discord" in wanted:
            await servers.open_discord(stack, wanted["discord"])
        if "local" in wanted:
            servers.chats["local"] = [f"room-{number}" for number in range(wanted["local"])]
            servers.sections["local"] = {"port": 0}
        yield servers


def most_at_once(platform: str) -> tuple[int, float]:
    """How many messages a server takes from a bot within how many seconds, all chats together."""
    allowed = discord.Limits().overall if platform == "discord" else (telegram.Limits().per_second, 1.0)
    assert allowed
    assert allowed[0]
    return allowed[0], allowed[1]


def _secret(stack: AsyncExitStack, platform: str, token: str) -> str:
    """Where config.yaml finds it: in the environment of what is started meanwhile."""
    stack.enter_context(patch.dict("os.environ", {_SECRETS[platform]: token}))
    return f"env:{_SECRETS[platform]}"
