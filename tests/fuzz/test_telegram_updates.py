"""Telegram's updates made strange: each is read or unreadable, and what is read is handled."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from adapters.telegram.reading import Reader
from bot.domain.events import Event, UpdateUnreadable
from tests.adapters.telegram_updates import ADA, CASES, GROUP, KEPT, LONG, NOW, POLLS, file, message, press
from tests.fuzz.core import Template
from tests.fuzz.mangling import mangled
from tests.fuzz.updates import brief, check, deep

pytestmark = pytest.mark.usefixtures("quiet")


def entities(text: str, *ranges: tuple[int, int], **more: Any) -> dict[str, Any]:
    """A text with stretches of styles, which may lie outside of it."""
    marked = [{"type": "bold", "offset": offset, "length": length} for offset, length in ranges]
    return message(text=text, entities=marked, **more)


ALONE = {"id": 1001, "type": "private", "first_name": "Ada"}
TOO = [
    entities("a👍b", (1, 1), (2, 1), (2, 1), (-5, 10**9), (10**9, -1)),
    entities("", (0, 0)),
    message(text="/start join-writing", chat=ALONE),
    message(text="/submit note", document=file(file_name="x" * 900, mime_type="y/" * 400)),
    message(text="/bind writing main", chat={**GROUP, "id": -1009}),
    message(text="打卡"),
    press(data="submit note"),
    press(data="form deadbeef 0 pick 1"),
    {
        "update_id": 8,
        "callback_query": {"id": "1", "from": ADA, "message": {"chat": ALONE, "message_id": 1}, "data": "help"},
    },
]
RECORDED = [case.raw for case in CASES] + TOO


class Memory:
    """What was kept; like a database, it takes no text that is none."""

    async def get(self, kind: str, key: str) -> Mapping[str, Any] | None:
        key.encode()
        return {("button", KEPT): {"command": LONG}, ("poll", "51"): POLLS["51"]}.get((kind, key))


def read(*batch: Any) -> list[Event]:
    reader = Reader(Memory(), "123456", "homeroom_bot")  # type: ignore[arg-type]
    found = asyncio.run(reader.read(batch, NOW))
    return [event for _, events in found for event in events]


@pytest.mark.parametrize("raw", RECORDED)
def test_what_was_recorded_is_handled(template: Template, raw: Any) -> None:
    assert not any(isinstance(event, UpdateUnreadable) for event in read(raw))
    check(template, read(raw))


@given(raw=mangled(RECORDED))
@brief
def test_a_strange_update_blocks_nothing(template: Template, raw: Any) -> None:
    check(template, read(raw))


@pytest.mark.long
@given(raw=mangled(RECORDED, most=6))
@deep
def test_very_many_strange_updates_block_nothing(template: Template, raw: Any) -> None:
    check(template, read(raw))
