"""Five hundred channels at nine o'clock, in real time, in front of a Discord that enforces its limits."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.discord.client import Client
from adapters.discord.traits import PLATFORM
from bot.app import App, build
from bot.config import Platforms, Settings
from bot.discord import adapter_with
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from bot.platforms import TRAITS
from scheduler.clock import RealClock
from storage import outbox
from storage.outbox import Queued
from tests.community import COURSE, write_course
from tests.fakes.discord import Channel, FakeDiscord
from tests.fakes.discord.gateway_hub import GatewayLimits

CHANNELS = 500

pytestmark = pytest.mark.long


def opened(folder: Path, main: Channel) -> App:
    write_course(folder / "writing", course=COURSE.replace("local: main", f'discord: "{main.id}"'))
    settings = Settings(
        database=f"sqlite:///{(folder / 'town.db').as_posix()}",
        data=folder,
        language="en",
        courses=(folder / "writing",),
        platforms=Platforms(),
    )
    return build(settings, clock=RealClock(), traits=TRAITS)


def good_morning(channels: list[Channel], app: App) -> list[Queued]:
    now = app.clock.now()
    return [
        Queued(
            message=OutgoingMessage(
                key=f"morning:{channel.id}",
                address=Address(platform=PLATFORM, chat=str(channel.id)),
                body=(Span("Good morning!"),),
                at=now,
            ),
            not_before=now,
            expires_at=now + timedelta(hours=1),
        )
        for channel in channels
    ]


async def test_five_hundred_channels_meet_no_429_and_none_is_left_out(tmp_path: Path) -> None:
    async with FakeDiscord(now=RealClock().now) as discord:
        discord.gateway.limits = GatewayLimits.off()
        ada = discord.person("Ada")
        guild = discord.guild("Camp", ada)
        main = discord.channel(guild, "main")
        channels = [discord.channel(guild, f"channel-{number}") for number in range(CHANNELS)]
        app = opened(tmp_path, main)
        adapter = adapter_with(app, Client(discord.token, discord.api, discord.gateway_url))
        await app.start()
        stopping = asyncio.Event()
        running = asyncio.create_task(app.run([adapter], stopping, ticks=False))
        await discord.until(lambda: adapter.listening is not None and adapter.listening.caught_up.is_set(), seconds=30)
        await app.database.run(lambda db: outbox.enqueue(db, good_morning(channels, app)))
        app.deliverer.wake()
        await discord.until(lambda: all(channel.messages for channel in channels), seconds=60)
        asked = discord.types_command(ada, main, "help", {})
        await discord.until(lambda: discord.answers(asked))
        stopping.set()
        await running
        posts = discord.asked("POST /channels/{channel}/messages")
        assert discord.refused_429 == []
        assert not discord.violations
        assert len(posts) == CHANNELS
        assert all(len(channel.messages) == 1 for channel in channels)
        took = (posts[-1].at - posts[0].at) / 1000
        print(f"{CHANNELS} channels in {took:.1f} s: {CHANNELS / took / 50:.3f} of the ceiling,")
        print(f"{(CHANNELS - 50) / took / 50:.3f} without the first 50, which may go at once")
