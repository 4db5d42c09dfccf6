"""Servers of our own and clients for them: python-telegram-bot's, and plain HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from tests.fakes.discord import FakeDiscord
from tests.fakes.discord import Limits as DiscordLimits
from tests.fakes.discord_client import Rest
from tests.fakes.telegram import FakeTelegram, Limits


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(limits=Limits.off()) as server:
        yield server


@pytest.fixture
async def bot(telegram: FakeTelegram) -> AsyncIterator[Bot]:
    client = Bot(
        telegram.token,
        base_url=f"{telegram.url}/bot",
        base_file_url=f"{telegram.url}/file/bot",
        request=HTTPXRequest(connect_timeout=2, read_timeout=5),
        get_updates_request=HTTPXRequest(connect_timeout=2, read_timeout=5),
    )
    async with client:
        yield client


@pytest.fixture
async def discord() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(limits=DiscordLimits.off()) as server:
        yield server


@pytest.fixture
async def rest(discord: FakeDiscord) -> AsyncIterator[Rest]:
    async with Rest(discord) as client:
        yield client
