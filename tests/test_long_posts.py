"""A kept post that takes several messages: it grows and shrinks with what it says, and no old end of it stays."""

import pytest

from tests.community import Community
from tests.test_answering import PAID, PEOPLE, QUESTION, TWO_ASSISTANTS, asks, staff_says

pytestmark = pytest.mark.every_platform


def long(word: str, length: int = 3900) -> str:
    """Too long for one message on some platforms, with both of its ends to be told apart."""
    return f"{word}-begins " + f"{word} 一二三四五 " * (length // (len(word) + 7)) + f"{word}-ends"


@pytest.fixture
async def course(open_community) -> Community:
    """Monday at ten; Ada has asked Q1, and Lin has answered at length."""
    course: Community = await open_community(course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("lin", "ben"):
        await course.types(who, "good morning")
    await asks(course, "ada", QUESTION)
    await staff_says(course, "lin", f"/answer Q1 {long('first')}")
    assert await shown(course, "first-begins", "first-ends") == [1, 1]
    return course


async def shown(course: Community, *words: str) -> list[int]:
    """In how many messages of the group, thread and all, each of these stands now."""
    said = [m.text for m in await course.messages("ben") if m.author == "bot" and m.only_for is None]
    return [sum(word in text for text in said) for word in words]


async def test_a_long_answer_that_becomes_short_leaves_nothing_behind(course: Community) -> None:
    await staff_says(course, "lin", "/question Q1 correct A1 Short now.")
    assert await shown(course, "Short now.", "first") == [1, 0]


async def test_a_long_answer_that_is_withdrawn_leaves_nothing_behind(course: Community) -> None:
    await staff_says(course, "lin", "/question Q1 withdraw A1 It was wrong.")
    assert await shown(course, "first") == [0]
    assert (await shown(course, "withdrawn"))[0] >= 1


async def test_a_long_answer_that_stays_long_is_read_once(course: Community) -> None:
    await staff_says(course, "lin", f"/question Q1 correct A1 {long('second')}")
    assert await shown(course, "second-begins", "second-ends", "first") == [1, 1, 0]


async def test_a_short_answer_grows_and_shrinks_again(course: Community) -> None:
    for text, there, gone in (
        ("Short now.", "Short now.", "first"),
        (long("third"), "third-ends", "Short now."),
        ("Short again.", "Short again.", "third"),
        (long("fourth"), "fourth-ends", "Short again."),
    ):
        await staff_says(course, "lin", f"/question Q1 correct A1 {text}")
        assert await shown(course, there, gone) == [1, 0]
