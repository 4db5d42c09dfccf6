"""Whoever gives up a request to Discord keeps nobody else from theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord.errors import NeverLeft
from tests.adapters.discord_out import Out, going_out
from tests.wired import Naps

LOOK = "GET /channels/{channel}"


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    async with going_out(tmp_path, monkeypatch) as made:
        yield made


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> Naps:
    """How the library sleeps."""
    monkeypatch.setattr("discord.http.asyncio", made := Naps())
    return made


async def parked(out: Out, naps: Naps) -> asyncio.Task[object]:
    """A request that sleeps because Discord wants to hear nothing at all."""
    naps.hold()
    out.discord.fail(LOOK, "too_many", retry_after=5, is_global=True)
    looking = asyncio.create_task(out.client.call("GET", "/channels/{channel_id}", channel_id=str(out.main.id)))
    await out.discord.until(lambda: naps.asleep)
    return looking


async def test_who_gives_up_while_everything_is_to_wait_mutes_nobody(out: Out, naps: Naps) -> None:
    looking = await parked(out, naps)
    looking.cancel()
    saying = asyncio.create_task(out.says("Hello"))
    await asyncio.wait([looking])
    naps.wake()
    async with asyncio.timeout(5):
        await saying
    assert out.said() == ["Hello"]


async def test_what_waited_too_long_never_leaves_and_mutes_nobody(
    out: Out, naps: Naps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.client._PATIENCE", 0.2)
    looking = await parked(out, naps)
    with pytest.raises(NeverLeft):
        await looking
    monkeypatch.setattr("adapters.discord.client._PATIENCE", 30.0)
    naps.wake()
    async with asyncio.timeout(5):
        await out.says("Hello")
    await out.discord.until(lambda: not naps.asleep)
    assert (out.said(), len(out.discord.asked(LOOK))) == (["Hello"], 1)


async def test_the_end_does_not_wait_for_what_was_given_up(out: Out, naps: Naps) -> None:
    looking = await parked(out, naps)
    looking.cancel()
    await asyncio.wait([looking])
    async with asyncio.timeout(5):
        await out.client.close()
    assert len(out.discord.asked(LOOK)) == 1
