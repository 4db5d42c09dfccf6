"""How updates get to the bot, and what goes wrong on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from tests.fakes.telegram import FakeTelegram


async def test_updates_are_kept_until_the_offset_confirms_them(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    for number in range(3):
        telegram.says(ada, group, str(number))
    first, second, third = await bot.get_updates()
    assert (first.update_id + 1, first.update_id + 2) == (second.update_id, third.update_id)
    assert await bot.get_updates(limit=2) == (first, second)
    assert await bot.get_updates(offset=second.update_id) == (second, third)
    assert telegram.pending == 2
    assert await bot.get_updates(offset=-1) == (third,)
    assert telegram.pending == 1


async def test_a_long_poll_waits_and_a_second_one_ends_it(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    waiting = asyncio.create_task(bot.get_updates(timeout=30))
    await telegram.until(lambda: telegram.asked("getUpdates"))
    telegram.starts(ada)
    [update] = await waiting
    ended = asyncio.create_task(bot.get_updates(offset=update.update_id + 1, timeout=30))
    await telegram.until(lambda: telegram.pending == 0)
    assert await bot.get_updates() == ()
    with pytest.raises(Conflict, match=r"(?i)terminated by other getUpdates"):
        await ended


async def test_raw_updates_are_delivered_as_they_are(telegram: FakeTelegram) -> None:
    telegram.queue({"message": {"nothing": "as it should be"}})
    number = telegram.queue({"surprise": 1})
    async with httpx.AsyncClient() as client:
        raw = (await client.get(f"{telegram.url}/bot{telegram.token}/getUpdates")).json()["result"]
    assert [update["update_id"] for update in raw] == [number - 1, number]
    assert raw[1]["surprise"] == 1


@asynccontextmanager
async def _receiver(status: Callable[[], int]) -> AsyncIterator[tuple[str, list[tuple[str | None, Any]]]]:
    taken: list[tuple[str | None, Any]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((request.headers.get("X-Telegram-Bot-Api-Secret-Token"), await request.json()))
        return web.Response(status=status())

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", taken
    await runner.cleanup()


async def test_a_webhook_gets_updates_until_it_takes_them(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    statuses = [500, 503]
    async with _receiver(lambda: statuses.pop(0) if statuses else 200) as (url, taken):
        await bot.set_webhook(url, secret_token="s3cret")
        telegram.starts(ada)
        telegram.says(ada, ada, "second")
        await telegram.until(lambda: telegram.pending == 0)
        texts = [update["message"]["text"] for _, update in taken]
        assert texts == ["/start", "/start", "/start", "second"]
        assert {secret for secret, _ in taken} == {"s3cret"}
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (url, 0)
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
        with pytest.raises(Conflict, match=r"(?i)webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
    telegram.says(ada, ada, "third")
    assert len(await bot.get_updates()) == 1


@pytest.mark.parametrize(
    ("kind", "more", "error"),
    [
        ("unauthorized", {}, InvalidToken),
        ("forbidden", {}, Forbidden),
        ("bad_request", {"description": "Bad Request: chat not found"}, BadRequest),
        ("conflict", {}, Conflict),
        ("too_many", {"retry_after": 7}, RetryAfter),
        ("server", {"code": 500}, NetworkError),
        ("server", {"code": 502}, NetworkError),
        ("timeout_before", {}, NetworkError),
    ],
)
@pytest.mark.filterwarnings("ignore:Deprecated since version v22.2")  # RetryAfter.retry_after
async def test_a_fault_before_leaves_nothing_behind(
    telegram: FakeTelegram, bot: Bot, kind: Any, more: dict[str, Any], error: type[TelegramError]
) -> None:
    ada = telegram.person("Ada")
    group, other = telegram.group("Camp", ada), telegram.group("Other", ada)
    telegram.fail("sendMessage", kind, where=lambda params: params["chat_id"] == group.id, **more)
    await bot.send_message(other.id, "Not meant")
    with pytest.raises(error):
        await bot.send_message(group.id, "Lost")
    await bot.send_message(group.id, "Again")
    assert telegram.said(ada, group) == ["Again"]
    assert [call.fault for call in telegram.asked("sendMessage")] == [None, kind, None]


@pytest.mark.parametrize("kind", ["lost_reply", "malformed", "truncated"])
async def test_a_fault_after_leaves_the_message_there(telegram: FakeTelegram, bot: Bot, kind: Any) -> None:
    ada = telegram.person("Ada")
    group = telegram.group("Camp", ada)
    telegram.fail("sendMessage", kind)
    with pytest.raises(TelegramError):
        await bot.send_message(group.id, "Did it arrive?")
    assert telegram.said(ada, group) == ["Did it arrive?"]


async def test_a_connection_can_be_held_until_the_client_gives_up(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    telegram.starts(ada)
    telegram.fail("sendMessage", "slow", seconds=60)
    with pytest.raises(NetworkError, match=r"(?i)Timed out"):
        await bot.send_message(ada.id, "Slow", read_timeout=0.05)
    assert telegram.said(ada, ada) == ["Slow"]


async def test_a_held_request_is_never_looked_at(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    telegram.starts(ada)
    telegram.fail("sendMessage", "timeout_before", seconds=60)
    with pytest.raises(NetworkError, match="Timed out"):
        await bot.send_message(ada.id, "Never", read_timeout=0.05)
    assert telegram.said(ada, ada) == []


async def test_a_download_can_fail(telegram: FakeTelegram, bot: Bot) -> None:
    ada = telegram.person("Ada")
    telegram.sends_document(ada, ada, b"homework")
    [update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    telegram.fail("download", "server")
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert bytes(await file.download_as_bytearray()) == b"homework"


async def test_the_server_stops_while_a_long_poll_waits() -> None:
    async with httpx.AsyncClient() as client:
        async with FakeTelegram() as telegram:
            url = f"{telegram.url}/bot{telegram.token}/getUpdates"
            waiting = asyncio.create_task(client.post(url, data={"timeout": "50"}))
            await telegram.until(lambda: telegram.asked("getUpdates"))
        with pytest.raises(httpx.HTTPError):
            await waiting


async def test_replies_tell_the_time_of_the_server(telegram: FakeTelegram) -> None:
    async with httpx.AsyncClient() as client:
        reply = await client.get(f"{telegram.url}/bot{telegram.token}/getMe")
    assert reply.headers["Date"] == "Mon, 01 Mar 2027 12:00:00 GMT"


async def test_another_token_is_not_let_in(telegram: FakeTelegram) -> None:
    with pytest.raises(InvalidToken):
        async with Bot("1:wrong", base_url=f"{telegram.url}/bot"):
            pass
