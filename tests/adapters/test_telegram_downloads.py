"""What people have sent on Telegram: the server is asked where it lies, and then for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.telegram.client import Client, open_client
from adapters.telegram.downloads import download
from bot.domain.errors import NotSent, Refused, Unknown
from tests.fakes.telegram import FakeTelegram, Limits

CONTENT = b"some words of Ada's"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(limits=Limits.off()) as telegram:
        yield telegram
        assert telegram.violations == []


@pytest.fixture
async def client(telegram: FakeTelegram) -> AsyncIterator[Client]:
    client = open_client(telegram.token, telegram.url)
    yield client
    await client.hang_up()


def sent(telegram: FakeTelegram) -> str:
    """Ada sends a file; its id."""
    ada = telegram.person("Ada")
    telegram.sends_document(ada, telegram.group("Camp", ada, bot="administrator"), CONTENT)
    return next(iter(telegram.world.files))


async def test_a_file_is_fetched_from_where_the_server_says(telegram: FakeTelegram, client: Client) -> None:
    assert await download(client, sent(telegram)) == CONTENT


TEMPORARILY = "Bad Request: wrong file_id or the file is temporarily unavailable"


@pytest.mark.parametrize(
    ("method", "kind", "more", "expected", "why"),
    [
        ("getFile", "too_many", {"retry_after": 7}, NotSent, None),
        ("getFile", "server", {}, Unknown, None),
        ("getFile", "lost_reply", {}, Unknown, None),
        ("getFile", "unauthorized", {}, NotSent, None),
        ("getFile", "malformed", {}, Unknown, None),
        ("getFile", "bad_request", {"description": TEMPORARILY}, Refused, ""),
        ("getFile", "bad_request", {"description": "Bad Request: file is too big"}, Refused, "too_large"),
        ("getFile", "bad_request", {"description": "Bad Request: invalid file_id"}, Refused, "gone"),
        ("download", "server", {}, Unknown, None),
        ("download", "lost_reply", {}, Unknown, None),
        ("download", "too_many", {"retry_after": 7}, NotSent, None),
        ("download", "unauthorized", {}, Refused, ""),
    ],
)
async def test_what_goes_wrong_on_the_way_is_said_without_the_token(
    telegram: FakeTelegram,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    method: str,
    kind: Any,
    more: dict[str, Any],
    expected: type[Exception],
    why: str | None,
) -> None:
    caplog.set_level("DEBUG")
    file = sent(telegram)
    telegram.fail(method, kind, **more)
    with pytest.raises(expected) as raised:
        await download(client, file)
    assert getattr(raised.value, "why", None) == why
    if more.get("retry_after"):
        assert isinstance(raised.value, NotSent)
        assert raised.value.retry_after == timedelta(seconds=7)
    assert telegram.token not in f"{raised.value!r} {raised.value.__cause__!r} {caplog.text}"
    assert await download(client, file) == CONTENT


async def test_a_path_that_holds_anything_stays_a_path(telegram: FakeTelegram, client: Client) -> None:
    file = sent(telegram)
    telegram.world.files[file].path = "documents/第 1 份?#&%2e.txt"
    assert await download(client, file) == CONTENT


async def test_a_server_that_says_nothing_ends_the_wait(
    telegram: FakeTelegram, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.telegram.downloads._PATIENCE", 0.05)
    file = sent(telegram)
    fault = telegram.fail("getFile", "slow", seconds=5)
    with pytest.raises(Unknown):
        async with asyncio.timeout(4):
            await download(client, file)
    assert fault.times == 0
