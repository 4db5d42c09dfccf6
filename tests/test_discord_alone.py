"""Where the bot may write first: what one person is told when they say a word, and what all others see."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord_community import DiscordCommunity


@pytest.fixture
def platform() -> str:
    return "discord"


@pytest.fixture
async def course(open_community: Any) -> DiscordCommunity:
    found: DiscordCommunity = await open_community()
    return found


def expects_refusals(course: DiscordCommunity) -> None:
    """Private chats that take nothing are what this is about."""
    calls = course.town.discord.calls
    refused = {call.answer["code"] for call in calls if call.status == 403}
    assert refused == {50007}
    calls[:] = [call for call in calls if call.status != 403]


def in_the_group(course: DiscordCommunity, who: str = "zoe") -> list[str]:
    town = course.town
    return town.discord.said(town.person(who), town.room("main"))


def in_private(course: DiscordCommunity, who: str = "zoe") -> list[str]:
    person = course.town.person(who)
    return course.town.discord.said(person, person)


async def says(course: DiscordCommunity, text: str) -> None:
    """Somebody who has never written to the bot says something in the group."""
    town = course.town
    town.inside("zoe", "main")
    town.discord.says(town.person("zoe"), town.room("main"), text)
    await course.settle()


async def test_a_short_answer_stands_in_the_group_for_a_minute(course: DiscordCommunity) -> None:
    await says(course, "打卡")
    answer, counter = in_the_group(course)[-2:]
    assert answer.startswith("Checked in! 1 day in a row.")
    assert counter == "**Check-in, Mon, 1 Mar** · 1 so far\nZoe"
    await course.passes(minutes=2)
    assert not [text for text in in_the_group(course) if text.startswith("Checked in!")]
    assert in_private(course) == []


async def test_what_is_nobody_elses_business_is_written_in_private_at_once(course: DiscordCommunity) -> None:
    await says(course, "打卡")
    await course.passes(minutes=2)
    await says(course, "积分")
    assert "5 points" in in_private(course)[-1]
    assert not [text for text in in_the_group(course) if "5 points" in text]


async def test_who_takes_no_messages_reads_how_to_let_them_in_and_has_them_sent_again(course: DiscordCommunity) -> None:
    await says(course, "打卡")
    zoe, main = course.town.person("zoe"), course.town.room("main")
    course.town.discord.closes_dms(zoe)
    await says(course, "积分")
    assert in_private(course) == []
    assert "you take no direct messages" in in_the_group(course)[-1]

    course.town.discord.closes_dms(zoe, are_closed=False)
    pointer = course.town.discord.last(zoe, main)
    pressed = course.town.discord.presses(zoe, main, pointer.id, "Send it again")
    await course.settle()
    assert "once more" in course.town.discord.told(pressed)[0]
    assert "5 points" in in_private(course)[-1]
    await course.passes(minutes=2)
    assert not [text for text in in_the_group(course) if "you take no direct messages" in text]
    expects_refusals(course)


async def test_a_pointer_stands_there_each_time_as_long_as_the_chat_is_closed(course: DiscordCommunity) -> None:
    await says(course, "打卡")
    course.town.discord.closes_dms(course.town.person("zoe"))
    for _ in range(2):
        await says(course, "积分")
        assert "you take no direct messages" in in_the_group(course)[-1]
        await course.passes(minutes=2)
    expects_refusals(course)
