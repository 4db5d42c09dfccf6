"""Where #作业 makes a post a hand-in, and where it is only spoken of."""

from collections.abc import Awaitable, Callable

import pytest

from bot.features.homework.handing.tagging import Tagged, speaks_of_it, tagged
from tests.community import Community
from tests.homework_course import HOMEWORK_NOTE


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("#作业 三百块", "", "三百块"),
        ("#作业三百块改造出租屋", "", "三百块改造出租屋"),
        ("#作业_第一周 三百块", "", "第一周 三百块"),
        ("【#作业】三百块", "", "三百块"),
        ("#作业# 三百块", "", "三百块"),
        ("三百块 #作业", "三百块", ""),
        ("这是三百块的作业#作业", "这是三百块的作业", ""),
        ("first line\n#Homework second", "first line", "second"),
        ("first line #homework\nsecond", "first line", "second"),
        ("> 交了吗\n交了 #作业", "> 交了吗\n交了", ""),
        ("https://a.example/b\n#homework", "https://a.example/b", ""),
    ],
)
def test_it_counts_where_a_line_begins_or_ends(text: str, before: str, after: str) -> None:
    assert tagged(text) == Tagged(before, after)
    assert not speaks_of_it(text)


@pytest.mark.parametrize(
    "text",
    [
        "看这个 https://notion.so/page/#homework 写得真好",
        "https://a.example/?x=1&#homework",
        "`#homework` is the tag, I think?",
        "> #作业 交了吗",
        "```\n#homework\n```",
        "#homework2 is not out yet",
        "#作业本 买好了",
        "作业",
    ],
)
def test_in_addresses_code_and_quotations_it_is_none(text: str) -> None:
    assert tagged(text) is None
    assert not speaks_of_it(text)


@pytest.mark.parametrize("text", ["明天交 #作业 来得及吗？", "这是我的#作业 三百块改造出租屋"])
def test_within_a_sentence_it_is_spoken_of(text: str) -> None:
    assert tagged(text) is None
    assert speaks_of_it(text)


async def test_who_speaks_of_it_is_told_alone_and_once_a_day_how_to_hand_in(
    open_community: Callable[..., Awaitable[Community]],
) -> None:
    course = await open_community(homework=HOMEWORK_NOTE)
    await course.until(10)
    for _ in range(2):
        await course.types("ada", "this is my #homework about three hundred yuan")
    assert [text for text in await course.said("ada") if "was not handed in" in text] != []
    assert len([text for text in await course.said("ada") if "was not handed in" in text]) == 1
    assert not [text for text in await course.said("ben") if "was not handed in" in text]
