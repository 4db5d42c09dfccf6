"""A quiz that is changed, taken away or brought back while members are at it, and one that closes for many at once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.homework.quizzes import result
from bot.features.homework.store.tables import attempt, hand_in, submission
from storage.tables import set_aside
from tests.community import DEMO, RULES, Community
from tests.homework_course import GRADING, HOMEWORK_QUIZ, NOTE, QUIZ
from tests.test_links import link

Open = Callable[..., Awaitable[Community]]
PAID = (
    RULES
    + """
handed_in:
  when: homework.submitted
  where: {late: false}
  limit: {once_per: object}
  then: [award: 7]
handed_late:
  when: homework.submitted
  where: {late: true}
  limit: {once_per: object}
  then: [award: 2]
"""
)
TWO_ACCOUNTS = DEMO.replace("  - {id: ben,", "  - {id: ada2, name: Ada Two, role: student}\n  - {id: ben,")
SHORT = (
    GRADING
    + QUIZ.split("  questions:")[0]
    + """  late: {accepted_for: 3d, loses: 10, per: 1d}
  questions:
    - {ask: {zh: 甲, en: A}, options: [x, y], right: 2}
    - {ask: {zh: 乙, en: B}, options: [x, y], right: 2}
"""
)


async def opened(open_community: Open, homework: str = HOMEWORK_QUIZ, **more: str) -> Community:
    course = await open_community(rules=PAID, homework=homework, **more)
    await course.until(20)
    await course.passes(minutes=5)
    return course


async def changes(course: Community, homework: str) -> None:
    course.rewrites(rules=PAID, homework=homework)
    await course.types("chen", "/reload", room="staff")


async def nothing_failed(course: Community) -> bool:
    return not await course.rows(select(set_aside))


async def test_a_choice_that_was_begun_starts_anew_when_an_option_is_taken_away(open_community: Open) -> None:
    course = await opened(open_community)
    await course.types("ada", "/quiz")
    await course.presses("ada", "B")
    await course.presses("ada", "D")  # chosen, not yet the answer
    fewer = HOMEWORK_QUIZ.replace("[A question, A number, A blank line, A yawn]", "[A question, A number]")
    assert fewer != HOMEWORK_QUIZ
    await changes(course, fewer)
    assert "Quiz one · 2/" in await course.answer("ada", "/quiz")
    await course.presses("ada", "A")
    await course.presses("ada", "That's it")
    assert await nothing_failed(course)


async def test_a_question_of_another_kind_is_asked_anew(open_community: Open) -> None:
    course = await opened(open_community)
    await course.types("ada", "/quiz")
    await course.presses("ada", "B")
    await course.presses("ada", "D")
    before = "      options: [A question, A number, A blank line, A yawn]\n      right: [1, 2]\n"
    assert before in HOMEWORK_QUIZ
    await changes(course, HOMEWORK_QUIZ.replace(before, "      order: [Topic, Draft]\n"))
    assert "Quiz one · 2/" in await course.answer("ada", "/quiz")
    assert await nothing_failed(course)


async def test_a_question_put_in_front_is_asked_and_what_was_answered_stays_answered(open_community: Open) -> None:
    course = await opened(open_community)
    await course.types("ada", "/quiz")
    await course.presses("ada", "B")
    new = "    - {ask: {zh: 新, en: NEW QUESTION}, options: [x, y], right: 2}\n"
    await changes(course, HOMEWORK_QUIZ.replace("  questions:\n", f"  questions:\n{new}"))
    assert "NEW QUESTION" in await course.answer("ada", "/quiz")
    await course.presses("ada", "B")
    assert "Quiz one · 3/" in (await course.said("ada"))[-1]


async def test_an_old_button_never_answers_another_question(open_community: Open) -> None:
    course = await opened(open_community)
    await course.types("ada", "/quiz")
    old = (await course.messages("ada"))[-1]
    press = next(button.command for button in old.buttons if button.label == "B")
    new = "    - {ask: {zh: 新, en: NEW QUESTION}, options: [x, y], right: 2}\n"
    await changes(course, HOMEWORK_QUIZ.replace("  questions:\n", f"  questions:\n{new}"))
    said = await course.answer("ada", f"/{press}")
    assert "Right" not in said
    assert "NEW QUESTION" in said


async def test_a_quiz_that_comes_back_after_its_end_is_closed_with_what_was_answered(open_community: Open) -> None:
    course = await opened(open_community)
    await course.types("ada", "/quiz")
    await course.presses("ada", "B")
    await changes(course, GRADING + NOTE)
    await course.passes(days=3)
    assert await course.rows(select(hand_in)) == []
    await changes(course, HOMEWORK_QUIZ)
    await course.passes(hours=1)
    [row] = await course.rows(select(hand_in))
    assert row.state == "graded"
    assert await nothing_failed(course)


async def test_linked_accounts_that_are_both_at_it_hold_up_nobody_elses_end(open_community: Open) -> None:
    course = await opened(open_community, demo=TWO_ACCOUNTS)
    for who in ("ada", "ada2", "ben"):
        await course.types(who, "/quiz")
        await course.presses(who, "A")
    await link(course)
    await course.passes(days=3)
    assert await nothing_failed(course)
    assert all(row.finished_at for row in await course.rows(select(attempt)))
    assert len(await course.rows(select(hand_in))) == 2


async def test_one_attempt_that_cannot_be_closed_holds_up_no_other(
    open_community: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = await opened(open_community)
    for who in ("ada", "ben", "mia"):
        await course.types(who, "/quiz")
        await course.presses(who, "A")
    finish = result.finish

    def fails_for_ben(ctx: Any, sitting: Any, **at: Any) -> None:
        if sitting.attempt.number == 1 and sitting.attempt.id == 2:
            raise ZeroDivisionError("broken")
        finish(ctx, sitting, **at)

    monkeypatch.setattr(result, "finish", fails_for_ben)
    await course.passes(days=3)
    assert [row.finished_at is not None for row in await course.rows(select(attempt).order_by(attempt.c.id))] == [
        True,
        False,
        True,
    ]
    assert len(await course.rows(select(set_aside))) == 1


async def test_a_late_attempt_that_does_not_count_earns_and_announces_nothing(open_community: Open) -> None:
    course = await opened(open_community, homework=SHORT)
    await course.types("ada", "/quiz")
    await course.presses("ada", "A")
    await course.presses("ada", "A")
    assert await course.points("ada") == 7
    await course.passes(hours=50)
    await course.types("ada", "/quiz quiz_1 again")
    await course.presses("ada", "A")
    await course.presses("ada", "A")
    assert len(await course.rows(select(submission))) == 2
    assert [one["rule"] for one in await course.ledger() if one["who"] == "ada"] == ["handed_in"]


async def test_items_leave_out_answers_to_a_question_as_it_was_before(open_community: Open) -> None:
    once = HOMEWORK_QUIZ.replace("attempts: 2", "attempts: 1")
    course = await opened(open_community, homework=once)
    for who in ("ada", "ben"):
        await course.types(who, "/quiz")
        await course.presses(who, "C")
    await course.passes(days=3)
    fewer = once.replace("[Good day, 3 tips that saved me, Hello]", "[Good day, 3 tips that saved me]")
    assert fewer != once
    await changes(course, fewer)
    await course.types("lin", "/items quiz_1", room="staff")
    assert await nothing_failed(course)
