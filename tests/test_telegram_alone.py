"""On a platform that can't whisper: what one person is told, and what their group sees of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.telegram import Seen
from tests.telegram_community import TelegramCommunity


@pytest.fixture
def platform() -> str:
    return "telegram"


@pytest.fixture
async def course(open_community: Any) -> TelegramCommunity:
    found: TelegramCommunity = await open_community()
    return found


def in_the_group(course: TelegramCommunity, who: str = "ada") -> list[Seen]:
    telegram = course.town.telegram
    return [seen for seen in telegram.sees(course.town.person(who), course.town.room("main")) if seen.by_bot]


def in_private(course: TelegramCommunity, who: str) -> list[str]:
    person = course.town.person(who)
    return course.town.telegram.said(person, person)


async def says(course: TelegramCommunity, who: str, text: str) -> int:
    """Somebody who has never opened a chat with the bot says something in the group."""
    town = course.town
    number = town.telegram.says(town.person(who), town.room("main"), text)
    await course.settle()
    return number


def stranger(course: TelegramCommunity, who: str) -> None:
    """In the group, but never in a private chat with the bot."""
    person = course.town.person(who)
    course.town.room("main").member(person).status = "member"


async def test_a_short_answer_stands_in_the_group_for_a_minute(course: TelegramCommunity) -> None:
    stranger(course, "zoe")
    number = await says(course, "zoe", "/checkin")
    answer, counter = in_the_group(course)
    assert (answer.text.splitlines()[0], answer.reply_to) == ("Checked in! 1 day in a row.", number)
    assert counter.text == "Check-in, Mon, 1 Mar · 1 so far\nZoe"
    await course.passes(minutes=2)
    assert [seen.text for seen in in_the_group(course)] == ["Check-in, Mon, 1 Mar · 1 so far\nZoe"]
    assert in_private(course, "zoe") == []


async def test_what_is_nobody_elses_business_waits_for_the_private_chat(course: TelegramCommunity) -> None:
    stranger(course, "zoe")
    await says(course, "zoe", "/points")
    pointer = in_the_group(course)[-1]
    assert "This answer is for you alone" in pointer.text
    assert "points" not in " ".join(seen.text for seen in in_the_group(course))
    course.town.telegram.presses(course.town.person("zoe"), course.town.room("main"), pointer.id, "Open private chat")
    await course.settle()
    told = in_private(course, "zoe")
    assert told[0].startswith("You have 0 points")
    assert told[1].startswith("Hello Zoe!")
    await says(course, "zoe", "/points")  # from now on there is a way
    assert in_private(course, "zoe")[-1].startswith("You have 0 points")
    await course.passes(minutes=2)
    assert in_the_group(course) == []


async def test_an_answer_that_was_never_fetched_is_forgotten(course: TelegramCommunity) -> None:
    stranger(course, "zoe")
    await says(course, "zoe", "/points")
    await course.passes(days=3)
    course.town.telegram.starts(course.town.person("zoe"))
    await course.settle()
    assert [text.splitlines()[0] for text in in_private(course, "zoe")] == ["Hello Zoe! I look after Writing camp."]


async def test_who_blocks_the_bot_is_answered_as_a_stranger(course: TelegramCommunity) -> None:
    await says(course, "ada", "/points")
    before = in_private(course, "ada")
    course.town.telegram.blocks(course.town.person("ada"))
    await course.settle()
    await says(course, "ada", "/points")
    assert in_private(course, "ada") == before
    assert "This answer is for you alone" in in_the_group(course)[-1].text


@pytest.mark.parametrize("command", ["forget", "mydata"])
@pytest.mark.parametrize("who", ["ada", "zoe"])
async def test_what_must_not_wait_is_sent_to_the_private_chat_and_not_held(
    course: TelegramCommunity, who: str, command: str
) -> None:
    if who == "zoe":
        stranger(course, "zoe")
    await says(course, who, f"/{command}")
    signpost = in_the_group(course)[-1]
    assert signpost.text == f"This is for you alone: open our private chat and send /{command} there."
    assert in_private(course, who) == []
    course.town.telegram.presses(course.town.person(who), course.town.room("main"), signpost.id, "Open private chat")
    await course.settle()
    assert [text.splitlines()[0] for text in in_private(course, who)] == [
        f"Hello {course.town.person(who).first_name}! I look after Writing camp."
    ]
    await course.passes(minutes=2)
    assert in_the_group(course) == []


async def test_the_way_into_the_private_chat_begins_there_what_a_link_may_run(course: TelegramCommunity) -> None:
    await says(course, "ada", "/link")
    signpost = in_the_group(course)[-1]
    course.town.telegram.presses(course.town.person("ada"), course.town.room("main"), signpost.id, "Open private chat")
    await course.settle()
    assert in_private(course, "ada")[-1].startswith("Your code:")


async def test_a_crowd_of_strangers_does_not_flood_the_group(course: TelegramCommunity) -> None:
    for number in range(30):
        stranger(course, f"zoe{number}")
        course.town.telegram.says(course.town.person(f"zoe{number}"), course.town.room("main"), "/checkin")
    await course.settle()
    answers = [seen for seen in in_the_group(course) if seen.reply_to]
    assert 1 <= len(answers) <= 7
    assert "30 so far" in [seen for seen in in_the_group(course) if not seen.reply_to][-1].text
    seen = course.town.telegram.sees(course.town.person("ada"), course.town.room("main"))
    assert sum(one.reactions.get("👌", 0) for one in seen) == 30 - len(answers)


async def test_after_the_group_has_moved_nothing_happens_to_its_new_messages(course: TelegramCommunity) -> None:
    telegram, ada = course.town.telegram, course.town.person("ada")
    small = telegram.group("Small", ada, course.town.person("chen"), kind="group", bot="administrator")
    await _bound(course, small)
    telegram.says(course.town.person("zoe"), small, "/checkin")
    await course.settle()
    big = telegram.migrates(ada, small)
    await course.settle()
    theirs = [telegram.says(ada, big, f"mine {number}") for number in range(6)]
    calls = len(telegram.calls)
    await course.passes(minutes=3)
    assert len(telegram.calls) < calls + 20
    assert [seen.id for seen in telegram.sees(ada, big) if seen.sender is ada] == theirs
    telegram.says(ada, big, "打卡")
    await course.settle()
    assert "2 so far" in telegram.said(ada, big)[-1]
    telegram.calls.clear()  # the old group has refused what it had to


async def test_what_is_taken_back_after_a_while_is_taken_back_in_the_new_group(course: TelegramCommunity) -> None:
    telegram, ada = course.town.telegram, course.town.person("ada")
    small = telegram.group("Small", ada, course.town.person("chen"), kind="group", bot="administrator")
    await _bound(course, small)
    telegram.says(course.town.person("zoe"), small, "/nudge on")
    big = telegram.migrates(ada, small)
    await course.settle()
    assert len(telegram.said(ada, big)) >= 1
    await course.passes(hours=2)
    assert telegram.said(ada, big) == []
    telegram.calls.clear()


async def _bound(course: TelegramCommunity, chat: Any) -> None:
    chat.member(course.town.person("zoe")).status = "member"
    course.town.telegram.says(course.town.person("chen"), chat, "/bind writing interest")
    await course.settle()


async def test_a_private_chat_that_is_gone_is_not_written_to_again(course: TelegramCommunity) -> None:
    await says(course, "ada", "/points")
    ada = course.town.person("ada")
    course.town.telegram.fail("sendMessage", "bad_request", where=lambda params: int(params["chat_id"]) == ada.id)
    await says(course, "ada", "/points")
    await says(course, "ada", "/points")
    assert "This answer is for you alone" in in_the_group(course)[-1].text
    course.town.telegram.starts(ada)
    await course.settle()
    assert len([text for text in in_private(course, "ada") if text.startswith("You have")]) == 3
    course.town.telegram.calls.clear()


async def test_staff_read_once_a_day_that_answers_are_refused(course: TelegramCommunity) -> None:
    main = course.town.room("main")
    for who in ("zoe", "yan", "xue"):
        stranger(course, who)
        course.town.telegram.fail(
            "sendMessage",
            "bad_request",
            where=lambda params: int(params["chat_id"]) == main.id,
            description="Bad Request: not enough rights to send text messages to the chat",
        )
        await says(course, who, "/nudge on")
    notices = [text for text in await course.said("chen", "staff") if "could not be delivered" in text]
    assert len(notices) == 1
    course.town.telegram.calls.clear()
