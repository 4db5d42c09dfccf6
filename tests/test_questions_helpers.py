"""Classmates answer: who asked accepts, the helper earns on the board of help, and what was not deserved goes back."""

import re

import pytest

from tests.community import DEMO, RULES, Community

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
answered:
  title: {zh: 回答同学的问题, en: Answered a question}
  when: question.answered
  where: {member.role: student}
  counts_as: help
  then: [award: 1]
accepted:
  title: {zh: 回答被采纳, en: An accepted answer}
  when: question.accepted
  where: {member.role: student}
  counts_as: help
  then: [award: 7]
"""
)
PEOPLE = DEMO.replace("  - {id: lin,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: lin,")
DONE, NOT_YET = "✅ That settles it", "Not yet"
ASKED = "Why is my title cut off?"
ANSWERED = "It may have 20 characters, emoji count as two."


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("ada", "ada2", "ben"):
        await course.types(who, "hello")
    return course


async def asked_and_answered(course: Community, by: str = "ben") -> None:
    await course.types("ada", f"/ask {ASKED}", room=course.alone)
    await course.types(by, f"/answer Q1 {ANSWERED}", room=course.alone)


async def ada_says(course: Community, verb: str) -> str:
    return await course.answer("ada", f"/question Q1 {verb}", room=course.alone)


async def told(course: Community, who: str) -> str:
    rooms = dict.fromkeys(("main", course.alone))
    return "\n".join([text for room in rooms for text in await course.said(who, room)])


async def board(course: Community) -> list[tuple[str, ...]]:
    await course.types("ada", "/helpers")
    return list((await course.messages("ada"))[-1].table)


async def link(course: Community, first: str, second: str) -> None:
    shown = await course.answer(first, "/link", room=course.alone)
    found = re.search(r"[0-9A-F]{5}-[0-9A-F]{5}", shown)
    assert found
    assert "Done" in await course.answer(second, f"/link {found[0]}", room=course.alone)


async def test_an_accepted_answer_of_a_classmate_earns_on_the_board_of_help(course: Community) -> None:
    await asked_and_answered(course)
    assert f"A1, from Ben:\n{ANSWERED}" in await told(course, "ada")
    assert await course.points("ben") == 1
    await course.presses("ada", DONE)
    assert await course.points("ben") == 8
    heard = await told(course, "ben")
    assert "Your answer to Q1 was accepted" in heard
    assert "+7" in heard
    [line] = [row for row in await board(course) if "Ben" in row]
    assert "8" in line


async def test_it_is_paid_once_however_often_it_is_pressed(course: Community) -> None:
    await asked_and_answered(course)
    for _ in range(3):
        await ada_says(course, "accept A1")
    assert await course.points("ben") == 8
    assert (await told(course, "ben")).count("was accepted") == 1


async def test_only_who_asked_can_accept(course: Community) -> None:
    await asked_and_answered(course)
    for who in ("ben", "ada2"):
        assert "for the asker or for staff" in await course.answer(who, "/question Q1 accept A1", room=course.alone)
    assert await course.points("ben") == 1


async def test_what_staff_settle_earns_nobody_the_points_of_an_accepted_answer(course: Community) -> None:
    await asked_and_answered(course)
    await course.types("lin", "/question Q1 resolve A1", room="staff")
    assert "is settled" in await told(course, "ada")
    assert await course.points("ben") == 1


async def test_reopened_the_points_go_back_and_come_again_with_the_next_accepting(course: Community) -> None:
    await asked_and_answered(course)
    await ada_says(course, "accept A1")
    await ada_says(course, "reopen it did not help after all")
    assert await course.points("ben") == 1
    await ada_says(course, "accept A1")
    assert await course.points("ben") == 8


async def test_points_for_a_withdrawn_answer_go_back(course: Community) -> None:
    await asked_and_answered(course)
    await ada_says(course, "accept A1")
    await course.types("ben", "/question Q1 withdraw A1", room=course.alone)
    assert await course.points("ben") == 0
    heard = await told(course, "ada")
    assert "was withdrawn" in heard
    assert "You will get a new answer by" in heard


async def test_staff_are_still_waited_for_when_a_classmate_has_answered(course: Community) -> None:
    await asked_and_answered(course)
    assert "waits for an answer, by" in await course.answer("ada", "/questions", room=course.alone)
    await ada_says(course, "accept")
    assert "settled" in await course.answer("ada", "/questions", room=course.alone)


async def test_not_yet_to_a_classmate_asks_for_more_and_staff_are_waited_for_as_before(course: Community) -> None:
    await asked_and_answered(course)
    before = await course.answer("ada", "/questions", room=course.alone)
    await course.passes(minutes=30)
    await course.presses("ada", NOT_YET)
    assert await course.points("ben") == 1
    now = await course.answer("ada", "/questions", room=course.alone)
    assert before.splitlines()[-1] in now


async def test_nobody_earns_by_answering_oneself_from_another_account(course: Community) -> None:
    await link(course, "ada", "ada2")
    await asked_and_answered(course, by="ada2")
    await ada_says(course, "accept A1")
    assert await course.points("ada2") == 0
    assert await course.points("ada") == 0


async def test_what_another_account_of_theirs_has_earned_goes_back_when_they_are_linked(course: Community) -> None:
    await asked_and_answered(course, by="ada2")
    await course.types("ben", "/answer Q1 And on old phones even fewer of them.", room=course.alone)
    await ada_says(course, "accept A1")
    assert await course.points("ada2") == 8
    await link(course, "ada", "ada2")
    assert await course.points("ada") + await course.points("ada2") == 0
    assert await course.points("ben") == 1


async def test_the_answer_of_who_has_left_stays_and_can_be_accepted(course: Community) -> None:
    await asked_and_answered(course)
    await course.leaves("ben")
    await ada_says(course, "accept A1")
    assert await course.points("ben") == 8
    assert "How satisfied are you" in await told(course, "ada")
