"""On a platform that can't whisper: who has never written to the bot reads their feedback by a button."""

from __future__ import annotations

from typing import Any

import pytest

from tests.homework_course import HOMEWORK_NOTE
from tests.telegram_community import TelegramCommunity


@pytest.fixture
def platform() -> str:
    return "telegram"


def stranger(course: TelegramCommunity, who: str) -> None:
    """In the group, but never in a private chat with the bot."""
    person = course.town.person(who)
    course.town.room("main").member(person).status = "member"


def in_the_group(course: TelegramCommunity) -> list[str]:
    telegram = course.town.telegram
    seen = telegram.sees(course.town.person("ben"), course.town.room("main"))
    return [one.text for one in seen if one.by_bot]


async def says(course: TelegramCommunity, who: str, text: str) -> None:
    course.town.telegram.says(course.town.person(who), course.town.room("main"), text)
    await course.settle()


async def test_feedback_waits_for_who_can_not_be_written_to(open_community: Any) -> None:
    course: TelegramCommunity = await open_community(homework=HOMEWORK_NOTE)
    await course.until(10)
    stranger(course, "zoe")
    await says(course, "zoe", "#homework A note with 3 numbers.")
    await course.types("lin", "/grade 1 85 The numbers are well chosen", room="staff")
    assert len([text for text in in_the_group(course) if "new feedback on homework" in text]) == 1
    await says(course, "zoe", "/feedback")
    assert not any("well chosen" in text for text in in_the_group(course))
    zoe = course.town.person("zoe")
    course._opens_private_chat("zoe")
    await course.settle()
    assert any("well chosen" in text for text in course.town.telegram.said(zoe, zoe))
