"""Who can't be written to in private: nothing is lost, and nobody reads who asked without a name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.telegram_community import TelegramCommunity

ASKED = "Why is my title cut off?"


@pytest.fixture
def platform() -> str:
    return "telegram"


@pytest.fixture
async def course(open_community: Any) -> TelegramCommunity:
    course: TelegramCommunity = await open_community()
    await course.until(10)
    return course


def stranger(course: TelegramCommunity, who: str) -> None:
    """In the group, but never in a private chat with the bot."""
    course.town.room("main").member(course.town.person(who)).status = "member"


def in_the_group(course: TelegramCommunity) -> list[str]:
    telegram = course.town.telegram
    seen = telegram.sees(course.town.person("ben"), course.town.room("main"))
    return [one.text for one in seen if one.by_bot]


def in_private(course: TelegramCommunity, who: str) -> str:
    person = course.town.person(who)
    return "\n".join(course.town.telegram.said(person, person))


async def says(course: TelegramCommunity, who: str, text: str) -> None:
    course.town.telegram.says(course.town.person(who), course.town.room("main"), text)
    await course.settle()


async def test_who_has_no_private_chat_finds_a_button_below_their_question(course: TelegramCommunity) -> None:
    stranger(course, "zoe")
    await says(course, "zoe", f"/ask {ASKED}")
    await course.types("lin", "/answer Q1 The limit is 20 characters.", room="staff")
    calls = [text for text in in_the_group(course) if "There is news on Q1" in text]
    assert len(calls) == 1
    assert "Zoe" not in calls[0]
    await course.types("lin", "/question Q1 correct A1 The limit is 24 characters.", room="staff")
    assert len([text for text in in_the_group(course) if "There is news on Q1" in text]) == 1


async def test_what_an_anonymous_asker_is_told_waits_for_them_and_shows_nowhere_else(
    course: TelegramCommunity,
) -> None:
    await course.types("ada", f"/ask anonymous {ASKED}", room=course.alone)
    course.town.telegram.blocks(course.town.person("ada"))
    await course.settle()
    await course.types("lin", "/answer Q1 The limit is 20 characters.", room="staff")
    assert not any("news on Q1" in text or "Ada" in text for text in in_the_group(course))
    assert "The limit is 20 characters." not in in_private(course, "ada")
    course.town.opened.discard("ada")
    course._opens_private_chat("ada")
    await course.settle()
    assert "The limit is 20 characters." in in_private(course, "ada")
