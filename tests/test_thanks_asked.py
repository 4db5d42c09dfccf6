"""Plain words of thanks count when a button is pressed; and how soon the same two may thank each other again."""

from typing import Any

import pytest

from tests.community import COURSE, RULES, Community
from tests.test_links import TWO, link

pytestmark = pytest.mark.every_platform

PAID = RULES + "thanked:\n  when: thanks.received\n  then: [award: 3]\n"
SLOW = COURSE + "thanks: {cool_down: 3d}\n"
BUTTON = "Count as thanks"


@pytest.fixture
async def course(open_community: Any) -> Community:
    found: Community = await open_community(rules=PAID)
    return found


async def thanks(course: Community, who: str, number: int, words: str = "thanks") -> str:
    """What is said to somebody when they reply with a word."""
    heard = await course.said(who)
    await course.types(who, words, reply_to=number)
    return "\n".join((await course.said(who))[len(heard) :])


# --- the button -------------------------------------------------------------------------------------------------------


async def test_politeness_alone_counts_for_nothing(course: Community) -> None:
    number = await course.types("ben", "hello")
    assert await thanks(course, "ada", number) == "Shall I count this as thanks to Ben?"
    await course.passes(days=2)
    assert await course.points("ben") == 0


async def test_it_counts_for_the_day_of_the_press(course: Community) -> None:
    await course.until(23, 50)
    number = await course.types("ben", "hello")
    await course.types("mia", "hello")
    await course.types("ada", "/thanks @ben")
    await thanks(course, "mia", number)
    await course.passes(minutes=20)
    assert await course.presses("mia", BUTTON) == "Your thanks to them are noted."
    assert (await course.answer("mia", "/thanks @ben")).startswith("You have thanked Ben today already.")
    assert await course.points("ben") == 6


async def test_pressing_twice_counts_once(course: Community) -> None:
    number = await course.types("ben", "hello")
    await thanks(course, "ada", number)
    await course.presses("ada", BUTTON)
    assert await course.presses("ada", BUTTON) == "You have thanked them today already. Tomorrow it counts again."
    assert await course.points("ben") == 3


async def test_who_has_left_before_the_press_is_not_thanked(course: Community) -> None:
    number = await course.types("ben", "hello")
    await thanks(course, "ada", number)
    await course.leaves("ben")
    assert await course.presses("ada", BUTTON) == "They have left the course, so these thanks can't be noted."
    assert await course.points("ben") == 0


async def test_the_press_tells_nobody_whose_number_it_is(course: Community) -> None:
    number = await course.types("ben", "hello")
    await course.types("ben", "/privacy name NightOwl")
    assert await thanks(course, "ada", number) == "Shall I count this as thanks to Ben?"
    button = next(one for m in reversed(await course.messages("ada")) for one in m.buttons if one.label == BUTTON)
    assert "#" not in button.command
    assert await course.presses("ada", BUTTON) == "Your thanks to them are noted."
    assert "NightOwl" not in await course.answer("ada", f"/{button.command}")
    assert await course.points("ben") == 3


async def test_the_member_who_was_thanked_can_t_press_it_for_themselves(course: Community) -> None:
    number = await course.types("ben", "hello")
    await course.types("ada", "hello")
    await thanks(course, "ada", number)
    [asked] = [one for one in await course.messages("ada") if one.text.startswith("Shall I count")]
    await course.types("ben", "/thanks #1")
    assert asked.text == "Shall I count this as thanks to Ben?"
    assert await course.points("ben") == 0


async def test_it_is_asked_in_chinese(open_community: Any) -> None:
    course = await open_community(rules=PAID, course=COURSE.replace("language: en", "language: zh-CN"))
    number = await course.types("ben", "hello")
    assert await thanks(course, "ada", number, "谢谢") == "要给 Ben 记一次感谢吗？"
    assert await course.presses("ada", "记一次感谢") == "已记下你对 TA 的感谢。"
    assert await course.points("ben") == 3


# --- the cool-down ----------------------------------------------------------------------------------------------------


async def test_the_same_two_wait_as_long_as_the_course_says(open_community: Any) -> None:
    course = await open_community(rules=PAID, course=SLOW)
    for who in ("ben", "mia"):
        await course.types(who, "hello")
    await course.types("ada", "/thanks @ben")
    refused = "You have thanked Ben lately. From Thu, 4 Mar on it counts again."
    assert await course.answer("ada", "/thanks @ben") == refused
    await course.passes(days=2)
    assert await course.answer("ada", "/thanks @ben") == refused
    assert await course.answer("ada", "/thanks @mia") == "Your thanks to Mia are noted."
    assert await course.answer("ben", "/thanks @ada") == "Your thanks to Ada are noted."
    await course.passes(days=1)
    assert await course.answer("ada", "/thanks @ben") == "Your thanks to Ben are noted."
    assert await course.points("ben") == 6


async def test_nobody_is_asked_where_it_would_not_count(open_community: Any) -> None:
    course = await open_community(rules=PAID, course=SLOW)
    number = await course.types("ben", "hello")
    await course.types("ada", "/thanks @ben")
    await course.passes(days=2)
    assert await thanks(course, "ada", number) == ""
    await course.passes(days=1)
    assert await thanks(course, "ada", number) == "Shall I count this as thanks to Ben?"


async def test_the_wait_is_said_in_chinese(open_community: Any) -> None:
    course = await open_community(rules=PAID, course=SLOW.replace("language: en", "language: zh-CN"))
    await course.types("ben", "hello")
    await course.types("ada", "/thanks @ben")
    assert await course.answer("ada", "/thanks @ben") == "最近已经谢过 Ben 了，3月4日 周四 起可以再记一次。"


async def test_part_of_a_day_is_a_whole_one(open_community: Any) -> None:
    course = await open_community(rules=PAID, course=COURSE + "thanks: {cool_down: 25h}\n")
    await course.types("ben", "hello")
    await course.types("ada", "/thanks @ben")
    await course.passes(days=1)
    assert "From Wed, 3 Mar on" in await course.answer("ada", "/thanks @ben")


async def test_two_accounts_of_one_person_wait_together(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=PAID, course=SLOW)
    for who in ("ada", "ada2", "ben"):
        await course.types(who, "hello")
    await course.types("ada2", "/thanks @ben")
    await link(course)
    number = await course.types("ben", "hello again")
    assert await thanks(course, "ada", number) == ""
    assert "From Thu, 4 Mar on" in await course.answer("ada", "/thanks @ben")
    await course.passes(days=3)
    await course.types("ada", "/thanks @ben")
    assert await course.points("ben") == 6
