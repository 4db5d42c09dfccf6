"""The address of goods on Discord: a window of its own, which what was refused stands in again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.features.rewards.tables import address
from tests.discord_community import DiscordCommunity
from tests.test_discord_forms import values_in
from tests.test_rewards import opened, redeems

UNSEEN = "\u200b\u200b"
ADDRESS = ("Ada L", "0123 456", "1 Elm Street, London")


@pytest.fixture
def platform() -> str:
    return "discord"


@pytest.fixture
async def course(open_community: Any) -> DiscordCommunity:
    found = await opened(open_community)
    assert isinstance(found, DiscordCommunity)
    await redeems(found, "ada", "mug", 50)
    return found


async def opens(course: DiscordCommunity, label: str) -> int:
    """The window behind the newest button that says this, wherever it stands."""
    shown = [
        (room, one.number)
        for room in dict.fromkeys(("main", "private", course.alone))
        for one in await course.messages("ada", room)
        if label in [button.label for button in one.buttons]
    ]
    room, number = shown[-1]
    pressed = course.town.presses("ada", course.town.entry("ada", room, number).message, label)
    await course.settle()
    return pressed


async def hands_in(course: DiscordCommunity, window: int, *given: str) -> int:
    parts = course.town.discord.modal(window)["components"]
    fields = {part["label"]: words for part, words in zip(parts, given, strict=False)}
    handed_in = course.town.discord.submits(course.town.person("ada"), window, fields)
    await course.settle()
    return handed_in


async def test_a_button_opens_the_window_that_asks_where_to_send_it(course: DiscordCommunity) -> None:
    window = await opens(course, "Give an address")
    assert values_in(course, window) == ["1", "", "", ""]
    handed_in = await hands_in(course, window, "1", *ADDRESS)
    assert "I have your address for #1 “Mug”" in course.town.discord.told(handed_in)[0]
    (kept,) = await course.rows(select(address))
    assert (kept.name, kept.phone, kept.address) == ADDRESS
    assert not [text for text in await course.said("ben") if ADDRESS[2] in text]


async def test_what_was_refused_stands_in_the_window_that_its_button_opens(course: DiscordCommunity) -> None:
    await hands_in(course, await opens(course, "Give an address"), "1", UNSEEN, *ADDRESS[1:])
    assert await course.rows(select(address)) == []
    again = await opens(course, "Open the form")
    assert values_in(course, again) == ["1", UNSEEN, *ADDRESS[1:]]
    await hands_in(course, again, "1", *ADDRESS)
    assert len(await course.rows(select(address))) == 1
