"""`/quiz`: a short quiz after a lesson, in private, judged at once."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.homework.store.tables import answer, attempt, grade, hand_in, submission
from tests.community import COURSE, RULES, Community
from tests.homework_course import HOMEWORK_QUIZ

pytestmark = pytest.mark.every_platform

CHINESE = COURSE.replace("language: en", "language: zh-CN")
PAID = RULES + (
    "quiz_in:\n  when: homework.submitted\n  then: [award: 3]\n"
    "quiz_good:\n  when: homework.graded\n  where: {score: {at_least: 80}}\n  then: [award: 10]\n"
)
ONE_TRY = HOMEWORK_QUIZ.replace("attempts: 2", "attempts: 1")
LATE = ONE_TRY.replace("attempts: 1", "attempts: 1\n  late: {accepted_for: 2d, loses: 10, per: 1d}")
RIGHT_ORDER = ("Topic", "Draft", "Polish")


async def opened(open_community, homework: str = HOMEWORK_QUIZ, **files: str) -> Community:
    """On the first evening, when the quiz is open."""
    course: Community = await open_community(homework=homework, rules=PAID, **files)
    await course.until(20, 5)
    return course


async def heard(course: Community, who: str = "ada") -> str:
    """What this person was told last, where only they read it."""
    return (await course.messages(who, course.alone))[-1].text


async def asks(course: Community, who: str = "ada", text: str = "/quiz") -> str:
    return await course.answer(who, text, room=course.alone)


async def presses(course: Community, label: str, who: str = "ada") -> str:
    """What they are told: at once, or in a message."""
    return await course.presses(who, label, room=course.alone) or await heard(course, who)


async def chooses(course: Community, *labels: str, who: str = "ada") -> str:
    for label in labels:
        told = await presses(course, label, who)
    return told


async def fills(course: Community, words: str, who: str = "ada", label: str = "Answer") -> str:
    """In a form where the platform has one, else in words below the question."""
    there: Any = course
    last = (await course.messages(who, course.alone))[-1]
    if label in [button.label for button in last.buttons]:
        asked = there.town.presses(who, there.town.entry(who, course.alone, last.number).message, label)
        await there._lets_it_follow(who, course.alone)
        there.town.fills_in(who, asked, words)
        await there._lets_it_follow(who, course.alone)
    else:
        await course.types(who, words, room=course.alone, reply_to=last.number)
    return await heard(course, who)


def letter_of(shown: str, option: str) -> str:
    """The letter below which a question shows an option."""
    return next(line[0] for line in shown.splitlines() if line[1:] == f". {option}")


async def puts(course: Community, shown: str, *options: str, who: str = "ada") -> str:
    """The first ones of an order, pressed one after the other; the last goes there by itself."""
    for option in options[:-1]:
        await presses(course, letter_of(shown, option), who)
    return await presses(course, "That's it", who)


async def answers_all(course: Community, who: str = "ada", *, first: str = "B") -> str:
    """Right, but perhaps for the first; what is told at the end."""
    await presses(course, first, who)
    await chooses(course, "A", "B", "That's it", who=who)
    shown = await fills(course, "关 键 词。", who)
    return await puts(course, shown, *RIGHT_ORDER, who=who)


async def test_a_quiz_asks_one_question_after_the_other_and_judges_at_once(open_community) -> None:
    course = await opened(open_community)
    begun = await asks(course)
    assert begun.startswith("Quiz one: 4 questions.\nAttempt 1 of 2; the best one counts.\nFinish by 3 Mar 22:00")
    assert "Quiz one · 1/4\nWhich title catches the eye?\nA. Good day\nB. 3 tips that saved me\nC. Hello" in begun
    told = await presses(course, "B")
    assert told.startswith("✅ Right!\nA number is concrete.\n")
    assert "Quiz one · 2/4" in told
    assert await presses(course, "B") == "Chosen: B"
    assert await presses(course, "A") == "Chosen: A, B"
    told = await presses(course, "That's it")
    assert told.startswith("✅ Right!")
    assert "Quiz one · 3/4" in told
    told = await fills(course, "ＫＥＹＷＯＲＤ！")
    assert told.startswith("✅ Right!\nPut the keyword into the title.")
    done = await puts(course, told, *RIGHT_ORDER)
    assert "Quiz one is done: 4/4 (100%)\nEverything right. Well done!\nHanded in (No. " in done
    assert "+13 points" in done
    assert await course.points("ada") == 13


async def test_the_whole_quiz_in_chinese(open_community) -> None:
    course = await opened(open_community, course=CHINESE)
    begun = await asks(course, text="小测")
    assert begun.startswith("第一课小测，共 4 题。\n第 1 次，一共 2 次，取最好的一次。\n3月3日 22:00 前答完（还剩 ")
    assert "哪个标题最抓人？" in begun
    told = await presses(course, "A")
    assert told.startswith("❌ 不对，你答的是：A. Good day\n数字更具体。\n")
    assert await chooses(course, "A", "B") == "已选：A、B"
    await presses(course, "就这些")
    shown = await fills(course, "关键词", label="作答")
    for option in RIGHT_ORDER[:2]:
        await presses(course, letter_of(shown, option))
    done = await presses(course, "就这些")
    assert "第一课小测 做完了：3/4（75%）\n没答对：第 1 题\n可以再看看：hooks\n可以回看第 1 天的课：First words" in done
    assert "还可以再做 1 次。" in done


async def test_the_right_answer_is_told_only_where_nobody_can_copy_it_into_a_next_attempt(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    told = await presses(course, "C")
    assert told.startswith("❌ Not right. You answered: C. Hello\nA number is concrete.")
    assert "right answer" not in told
    await chooses(course, "A", "That's it")
    shown = await fills(course, "title")
    await puts(course, shown, "Polish", "Draft", "Topic")
    told = await presses(course, "Try again")
    assert told.startswith("Quiz one: 4 questions.\nAttempt 2 of 2")
    assert "The right answer: B. 3 tips that saved me" in await presses(course, "A")
    assert "The right answer: A. A question, B. A number" in await chooses(course, "D", "That's it")
    shown = await fills(course, "title")
    assert "The right answer: 关键词" in shown
    done = await puts(course, shown, "Polish", "Draft", "Topic")
    assert "Quiz one is done: 0/4 (0%)" in done
    assert "Your best attempt counts" in done
    assert "Try again" not in [button.label for button in (await course.messages("ada", course.alone))[-1].buttons]
    assert await asks(course) == "Your best at “Quiz one”: 0/4 (0%)\nYou have no attempts left."


async def test_the_best_attempt_counts_and_is_paid_for_once(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    first = await answers_all(course, first="A")
    assert "Quiz one is done: 3/4 (75%)\nNot right yet: 1\nWorth another look: hooks" in first
    assert "Go back to day 1: First words" in first
    assert "You can try 1 more time." in first
    assert await course.points("ada") == 3
    await presses(course, "Try again")
    assert "+10 points" in await answers_all(course)
    assert await course.points("ada") == 13
    [row] = await course.rows(select(hand_in))
    assert (row.state, row.versions, row.counts, row.is_late) == ("graded", 2, 2, False)
    grades = await course.rows(select(grade).order_by(grade.c.id))
    assert [(one.points, one.out_of, one.score, one.member) for one in grades] == [(3, 4, 75, None), (4, 4, 100, None)]
    versions = await course.rows(select(submission.c.digest))
    assert len(versions) == len(set(versions)) == 2


async def test_a_worse_attempt_changes_nothing(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    await answers_all(course)
    await presses(course, "Try again")
    assert "Your best attempt counts, so your grade stays as it is." in await answers_all(course, first="A")
    [row] = await course.rows(select(hand_in))
    assert (row.versions, row.counts) == (2, 1)
    assert len(await course.rows(select(grade))) == 1
    assert await course.points("ada") == 13


async def test_an_old_button_does_no_harm_and_shows_where_one_is(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    question = (await course.messages("ada", course.alone))[-1].number
    await presses(course, "B")
    await course.presses_below("ada", question, "C", room=course.alone)
    told = await heard(course)
    assert told.startswith("That question is behind you. You are here now:\nQuiz one · 2/4")
    [row] = await course.rows(select(answer).where(answer.c.is_final))
    assert (row.question, row.given, row.is_right) == ("1", [1], True)
    await chooses(course, "A", "B", "That's it")
    await puts(course, await fills(course, "keyword"), *RIGHT_ORDER)
    await course.presses_below("ada", question, "C", room=course.alone)
    assert (await heard(course)).startswith("You have finished that attempt.\nYour best at “Quiz one”: 4/4 (100%)")


async def test_an_order_is_never_shown_as_it_should_be_and_can_be_begun_anew(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    await presses(course, "B")
    await chooses(course, "A", "B", "That's it")
    shown = await fills(course, "keyword")
    assert [line[3:] for line in shown.splitlines()[-4:-1]] != list(RIGHT_ORDER)
    wrong = letter_of(shown, "Polish")
    assert await presses(course, wrong) == f"Your order: {wrong}"
    assert "one after the other" in await presses(course, "Start over")
    assert "Quiz one is done: 4/4" in await puts(course, shown, *RIGHT_ORDER)


async def test_a_quiz_goes_on_where_it_was_after_a_restart(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    await presses(course, "B")
    await presses(course, "A")
    course = await open_community(homework=HOMEWORK_QUIZ, rules=PAID)
    told = await asks(course)
    assert told.startswith("Quiz one · 2/4")
    assert told.endswith("Chosen: A")
    assert await chooses(course, "B", "That's it")
    assert len(await course.rows(select(attempt))) == 1


async def test_before_it_opens_and_after_it_closes_there_is_no_quiz(open_community) -> None:
    course = await open_community(homework=HOMEWORK_QUIZ)
    assert await asks(course) == "No quiz is open right now."
    assert "1 Mar 20:00" in await asks(course, text="/quiz quiz_1")
    await course.passes(days=3)
    assert await asks(course) == "No quiz is open right now."
    assert "closed" in await asks(course, text="/quiz Quiz one")


async def test_the_last_second_is_in_time(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    await presses(course, "B")
    await chooses(course, "A", "B", "That's it")
    shown = await fills(course, "keyword")
    await course.passes(days=2)
    await course.until(22)
    assert "Quiz one is done: 4/4" in await puts(course, shown, *RIGHT_ORDER)
    [row] = await course.rows(select(hand_in))
    assert row.is_late is False


async def test_what_was_answered_counts_when_the_quiz_closes(open_community) -> None:
    course = await opened(open_community, ONE_TRY)
    await asks(course)
    await presses(course, "B")
    await asks(course, "ben")
    await course.passes(days=3)
    told = "\n".join([text for room in {"main", course.alone} for text in await course.said("ada", room)])
    closed = "“Quiz one” has closed. What you had answered is handed in.\nQuiz one is done: 1/4 (25%)"
    assert told.count(closed) == 1
    assert "Not right yet: 2, 3, 4" in told
    assert "has closed" not in "\n".join(await course.said("ben", course.alone))
    [row] = await course.rows(select(hand_in))  # of Ben, who answered nothing, there is none
    [version] = await course.rows(select(submission))
    assert (row.state, row.is_late, version.at.hour) == ("graded", False, 20)  # with the last answer
    assert (await presses(course, "A")).startswith("You have finished that attempt.")
    assert "You had answered nothing" in await presses(course, "B", "ben")


async def test_an_extension_of_the_policy_costs_what_the_policy_says(open_community) -> None:
    course = await opened(open_community, LATE)
    await course.passes(days=3)
    begun = await asks(course)
    assert "The deadline has passed: what you finish now is late (−10%)." in begun
    assert "Late: −10%, so it counts as 90%." in await answers_all(course)
    [found] = await course.rows(select(grade))
    assert (found.points, found.lost, found.score) == (4, 10, 90)
    [row] = await course.rows(select(hand_in))
    assert row.is_late is True


async def test_more_time_for_one_member_keeps_the_quiz_open_for_them(open_community) -> None:
    course = await opened(open_community, ONE_TRY)
    await asks(course)
    await presses(course, "B")
    await asks(course, text="/extend quiz_1")
    await presses(course, "Use 1 token")
    await course.passes(days=2)
    await course.until(23)
    assert "2/4" in await asks(course)
    await course.passes(days=1)
    [row] = await course.rows(select(attempt))
    assert (row.points, row.finished_at is None) == (1, False)


async def test_linked_accounts_are_one_person(open_community) -> None:
    course = await opened(open_community)
    await course.welcomes("ada2", "Ada")
    for who in ("ada", "ada2"):
        await asks(course, who)
        await answers_all(course, who)
    assert "2 students (first attempts only)" in await _staff(course, "/items quiz_1")
    code = re.search(r"[0-9A-F]{5}-[0-9A-F]{5}", await asks(course, "ada", "/link"))
    assert code
    await asks(course, "ada2", f"/link {code[0]}")
    assert "1 student (first attempts only)\n" in await _staff(course, "/items quiz_1")
    assert await asks(course, "ada2") == "Your best at “Quiz one”: 4/4 (100%)\nYou have no attempts left."


async def test_nobody_else_sees_anything_of_it(open_community) -> None:
    course = await opened(open_community)
    before = await course.said("ben")
    await course.types("ada", "/quiz")  # in the group
    told = (await course.messages("ada"))[-1]
    assert "Quiz one · 1/4" in told.text or "private" in told.text
    await asks(course)
    await presses(course, "A")
    await chooses(course, "A", "That's it")
    seen = [text for text in await course.said("ben") if text not in before]
    for words in ("Which title", "Hello", "Right", "Chosen", "hooks", "attempt"):
        assert not [text for text in seen if words in text]
    assert not [text for text in await course.said("ben", course.alone) if "Quiz one ·" in text]


async def test_another_members_buttons_are_not_ones_own(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    [row] = await course.rows(select(attempt))
    told = await asks(course, "ben", f"/quiz {row.id}:1 pick 2")
    assert told == "That is not your quiz. Do your own with /quiz."
    assert await course.rows(select(answer).where(answer.c.is_final)) == []


async def test_what_members_write_is_never_markup(open_community) -> None:
    course = await opened(open_community)
    await asks(course)
    await presses(course, "B")
    await chooses(course, "A", "B", "That's it")
    assert "You answered: **{title}** `x`" in await fills(course, "**{title}** `x`")


async def test_staff_do_no_quiz_and_see_how_its_questions_do(open_community) -> None:
    course = await opened(open_community)
    assert "student" in await asks(course, "lin")
    assert "Nobody has finished" in (await _staff(course, "/items quiz_1"))
    await asks(course)
    await answers_all(course, first="A")
    told = await _staff(course, "/items quiz_1")
    assert "Quiz one: 1 student (first attempts only)\nFewer than 10 students so far" in told
    assert "Q1, most common wrong answer: Good day (1)" in told
    board = (await course.messages("lin", "staff"))[-1].table
    assert board[0] == ("#", "Right", "D", "r", "s")
    assert [row[1] for row in board[1:]] == ["0%", "100%", "100%", "100%"]
    assert "assistant" in await course.answer("ada", "/items quiz_1")


async def _staff(course: Community, text: str) -> str:
    await course.types("lin", text, room="staff")
    return (await course.messages("lin", "staff"))[-1].text
