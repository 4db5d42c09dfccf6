"""Requests against the schema or the published limits are refused and remembered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from telegram import Bot

from tests.fakes.telegram import PNG, FakeTelegram, Limits
from tests.fakes.telegram.limits import MAX_PHOTO


def _bold(offset: int, length: int) -> list[dict[str, Any]]:
    return [{"type": "bold", "offset": offset, "length": length}]


def _buttons(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {}, "text: Field required"),
    ("sendMessage", {"text": "x", "colour": "red"}, "unknown fields colour"),
    ("sendMessage", {"text": "x", "reply_markup": _buttons({"text": "a", "urll": "x"})}, "unknown fields"),
    ("sendMessage", {"text": "  "}, "message text is empty"),
    ("sendMessage", {"text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {"text": "😀", "entities": _bold(1, 1)}, "middle of a UTF-16 symbol"),
    ("sendMessage", {"text": "😀", "entities": _bold(0, 3)}, "after the end of the text"),
    ("sendMessage", {"text": "x", "entities": [{"type": "text_link", "offset": 0, "length": 1}]}, "needs url"),
    ("sendMessage", {"text": "*x*", "parse_mode": "MarkdownV2"}, "entities"),
    ("sendMessage", {"text": "x", "reply_markup": _buttons({"text": "a"})}, "exactly one action"),
    ("sendMessage", {"text": "x", "reply_markup": _buttons({"text": "a", "callback_data": "签" * 22})}, "DATA_INVALID"),
    (
        "sendMessage",
        {"text": "x", "reply_markup": _buttons(*[{"text": "a", "callback_data": "b"}] * 101)},
        "at most 100",
    ),
    (
        "sendMessage",
        {"text": "x", "reply_markup": _buttons({"text": "a", "url": f"https://t.me/homeroom_bot?start={'x' * 65}"})},
        "start parameter",
    ),
    ("sendPoll", {"question": "x" * 301, "options": [{"text": "a"}, {"text": "b"}]}, "poll question"),
    ("sendPoll", {"question": "x", "options": [{"text": "a"}] * 13}, "1-12 options"),
    ("sendPoll", {"question": "x", "options": [{"text": "a" * 101}]}, "poll option"),
    ("sendMediaGroup", {"media": [{"type": "photo", "media": "attach://one"}]}, "no file was uploaded"),
    ("sendMediaGroup", {"media": [{"type": "photo", "media": "some-id"}]}, "2-10 items"),
    ("setMessageReaction", {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🫎"}]}, "REACTION_INVALID"),
    ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "help", "description": ""}]}, "1-256"),
    ("setMyCommands", {"commands": [], "language_code": "zh-hans"}, "invalid language code"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "0-200"),
    ("sendCarrierPigeon", {}, "method not found"),
]


@pytest.mark.parametrize(("method", "params", "said"), WRONG)
async def test_what_no_client_may_send_is_refused_and_remembered(
    telegram: FakeTelegram, method: str, params: dict[str, Any], said: str
) -> None:
    group = telegram.group("Camp")
    needs_chat = method.startswith("send") or method == "setMessageReaction"
    body = params | ({"chat_id": group.id} if needs_chat else {})
    async with httpx.AsyncClient() as client:
        reply = await client.post(f"{telegram.url}/bot{telegram.token}/{method}", json=body)
    assert reply.status_code in {400, 404}
    assert said in reply.json()["description"]
    [violation] = telegram.violations
    assert said in violation


async def test_what_just_fits_is_taken(telegram: FakeTelegram, bot: Bot) -> None:
    group = telegram.group("Camp")
    await bot.send_message(group.id, "😀" * 2048)
    await bot.send_photo(group.id, PNG, caption="签" * 1024)
    assert not telegram.violations


async def test_a_photo_is_a_picture_of_ten_megabytes_at_most(telegram: FakeTelegram, bot: Bot) -> None:
    group = telegram.group("Camp")
    for content in (b"<svg/>", PNG + bytes(MAX_PHOTO)):
        with pytest.raises(Exception, match=r"(?i)IMAGE_PROCESS_FAILED|too big for a photo"):
            await bot.send_photo(group.id, content)
    assert len(telegram.violations) == 2


async def _sent(client: httpx.AsyncClient, telegram: FakeTelegram, chat: int) -> int | None:
    """None, or how long to wait."""
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    body = (await client.post(url, data={"chat_id": str(chat), "text": "x"})).json()
    return None if body["ok"] else body["parameters"]["retry_after"]


async def test_rate_limits_are_sliding_windows_over_the_injected_clock() -> None:
    clock = [1000.0]
    async with FakeTelegram(now=lambda: clock[0]) as telegram, httpx.AsyncClient() as client:
        groups = [telegram.group(f"Camp {number}").id for number in range(31)]
        assert [await _sent(client, telegram, group) for group in groups] == [None] * 30 + [1]
        clock[0] += 0.5
        assert await _sent(client, telegram, groups[0]) == 1
        clock[0] += 0.5
        for _ in range(19):
            assert await _sent(client, telegram, groups[0]) is None
            clock[0] += 1.0
        assert await _sent(client, telegram, groups[0]) == 40
        assert await _sent(client, telegram, groups[1]) is None
        assert len(telegram.refused_429) == 3


async def test_limits_can_be_set() -> None:
    async with (
        FakeTelegram(now=lambda: 0.0, limits=Limits(per_chat_second=3)) as telegram,
        httpx.AsyncClient() as client,
    ):
        group = telegram.group("Camp").id
        assert [await _sent(client, telegram, group) for _ in range(4)] == [None, None, None, 1]
