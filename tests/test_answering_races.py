"""Two who answer in one moment, one handled after the other, on either database. (Real races: test_two_at_once.)"""

from __future__ import annotations

import pytest

from tests.community import Community
from tests.test_answering import PAID, PEOPLE, QUESTION, TWO_ASSISTANTS, asks, post_in, shown_in, told

HELP = "Read it aloud until one line stays."
MORE = "Ask somebody what they would click on."


@pytest.fixture
async def course(server: None, open_community) -> Community:
    """Monday at ten; Ada has asked Q1."""
    course: Community = await open_community(course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("lin", "mo", "ben"):
        await course.types(who, "good morning")
    await asks(course, "ada", QUESTION)
    return course


async def test_of_two_assistants_who_claim_at_once_one_has_it_and_the_other_is_told(course: Community) -> None:
    await course.posts("lin", "/question Q1 claim", room="staff")
    await course.posts("mo", "/question Q1 claim", room="staff")
    await course.settle()
    assert [text for text in await course.said("lin", "staff") if "Q1 is yours" in text]
    said = await course.said("mo", "staff")
    assert [text for text in said if "Lin is working on Q1 until" in text]
    assert not [text for text in said if "Q1 is yours" in text]
    assert "Lin is on it" in await shown_in(course, "staff")


async def test_two_answers_at_once_both_stand(course: Community) -> None:
    post = await post_in(course, "staff")
    await course.posts("lin", HELP, room="staff", reply_to=post)
    await course.posts("mo", MORE, room="staff", reply_to=post)
    await course.settle()
    assert HELP in await told(course, "ada")
    assert MORE in await told(course, "ada")
    card = await course.answer("ben", "/question Q1")
    assert HELP in card
    assert MORE in card


async def test_an_answer_and_the_last_word_at_once(course: Community) -> None:
    post = await post_in(course, "staff")
    await course.posts("lin", f"/answer Q1! {HELP}", room="staff")
    await course.posts("mo", MORE, room="staff", reply_to=post)
    await course.settle()
    assert "Settled" in await shown_in(course, "main")
    assert any("Q1 is over" in text for text in await course.said("mo", "staff"))
    assert MORE not in await told(course, "ada")


async def test_two_who_withdraw_the_same_answer_at_once(course: Community) -> None:
    await course.types("lin", f"/answer Q1 {HELP}", room="staff")
    await course.posts("lin", "/question Q1 withdraw A1", room="staff")
    await course.posts("mo", "/question Q1 withdraw A1 it was about another lesson", room="staff")
    await course.settle()
    assert any("A1 is withdrawn." in text for text in await course.said("lin", "staff"))
    assert any("no answer “A1”" in text for text in await course.said("mo", "staff"))


async def test_two_questions_merged_into_each_other_at_once(course: Community) -> None:
    await asks(course, "ben", "Where do good titles come from, please?")
    await course.posts("lin", "/question Q1 merge Q2", room="staff")
    await course.posts("mo", "/question Q2 merge Q1", room="staff")
    await course.settle()
    assert "Q2 asks the same" in await shown_in(course, "main", 1)
    assert "asks the same" not in await shown_in(course, "main", 2)
