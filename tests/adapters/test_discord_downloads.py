"""What people have sent on Discord, fetched while its message stands: its address lives for a day."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yarl
from aiohttp import web

from adapters.discord import shape
from adapters.discord.downloads import fetch, is_discords
from adapters.discord.people import attachments_of
from bot.domain.errors import NotSent, Refused, Unknown
from tests.adapters.discord_out import Out, going_out
from tests.fakes.discord.faults import Kind

FILES = "GET /attachments"
MESSAGE = "GET /channels/{channel}/messages/{message}"
CONTENT = b"some words of Ada's"


@pytest.fixture
async def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    async with going_out(tmp_path, monkeypatch) as made:
        yield made


async def sent(out: Out) -> tuple[int, str]:
    """Ada sends a file: the message, and what names the file."""
    number = out.discord.says(out.ada, out.main, files=[("work.txt", CONTENT)])
    path = "/channels/{channel_id}/messages/{message_id}"
    raw = await out.client.call("GET", path, channel_id=str(out.main.id), message_id=str(number))
    [file] = attachments_of(msgspec.convert(raw, shape.Message))
    out.discord.calls.clear()
    return number, file.ref


async def test_a_file_is_fetched_without_a_question_as_long_as_its_address_lives(out: Out) -> None:
    _, ref = await sent(out)
    assert await fetch(out.client, ref) == CONTENT
    assert out.discord.asked(MESSAGE) == []


async def test_when_its_address_has_expired_its_message_tells_a_new_one(out: Out) -> None:
    _, ref = await sent(out)
    out.clock.passes(days=2)
    assert await fetch(out.client, ref) == CONTENT
    assert (len(out.discord.asked(FILES)), len(out.discord.asked(MESSAGE))) == (2, 1)


async def test_a_file_named_as_it_once_was_is_found_too(out: Out) -> None:
    _, ref = await sent(out)
    assert await fetch(out.client, ref.partition(" ")[0]) == CONTENT


async def test_a_file_whose_message_is_gone_is_gone(out: Out) -> None:
    number, ref = await sent(out)
    out.clock.passes(days=2)
    out.discord.deletes(out.ada, out.main, number)
    with pytest.raises(Refused) as refused:
        await fetch(out.client, ref)
    assert refused.value.why == "gone"


async def test_a_file_that_came_with_no_message_is_gone_with_its_address(out: Out) -> None:
    _, ref = await sent(out)
    address = ref.partition(" ")[2]
    assert await fetch(out.client, address) == CONTENT
    out.clock.passes(days=2)
    with pytest.raises(Refused) as refused:
        await fetch(out.client, address)
    assert refused.value.why == "gone"


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("html", {"status": 502}, Unknown),
        ("closed", {}, Unknown),
        ("too_many", {"retry_after": 7}, NotSent),
        ("html", {"status": 302}, Refused),
        ("html", {"status": 418}, Refused),
    ],
)
async def test_what_goes_wrong_on_the_way_is_said(
    out: Out, kind: Kind, more: dict[str, Any], expected: type[Exception]
) -> None:
    _, ref = await sent(out)
    out.discord.fail("GET /attachments/*", kind, times=9, **more)
    with pytest.raises(expected) as raised:
        await fetch(out.client, ref)
    assert "hm=" not in str(raised.value)  # an address is as good as a password
    if isinstance(raised.value, NotSent):
        assert raised.value.retry_after == timedelta(seconds=7)
    if isinstance(raised.value, Refused):
        assert raised.value.why == ""


async def test_nobody_but_discord_is_ever_asked(out: Out) -> None:
    asked: list[str] = []

    async def inner(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="a secret")

    app = web.Application()
    app.router.add_get("/{path:.*}", inner)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server = f"127.0.0.1:{runner.addresses[0][1]}"
    _, ref = await sent(out)
    for address in (
        f"http://{server}/x",
        f"http://cdn.discordapp.com@{server}/x",
        f"//{server}/x",
        "file:///etc/passwd",
    ):
        for one in (address, f"{ref.partition(' ')[0]} {address}"):
            with pytest.raises(Refused) as refused:
                await fetch(out.client, one)
            assert refused.value.why == "gone"
    await runner.cleanup()
    assert asked == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", True),
        ("https://media.discordapp.net/attachments/1/2/a.png", True),
        ("https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png", True),
        ("http://cdn.discordapp.com/attachments/1/2/a.png", False),
        ("https://cdn.discordapp.com:8443/a.png", False),
        ("https://cdn.discordapp.com.example.org/a.png", False),
        ("https://example.org/cdn.discordapp.com/a.png", False),
        ("https://me@cdn.discordapp.com/a.png", False),
    ],
)
def test_what_is_discords(address: str, expected: bool) -> None:
    assert is_discords(yarl.URL(address)) is expected
