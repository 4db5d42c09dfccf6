"""What groups read of homework by itself: that it opens, that it is due soon, that it is due; in few words."""

import pytest

from tests.community import COURSE, DEMO, RULES, Community
from tests.homework_course import GRADING, HOMEWORK_NOTE, HOMEWORK_QUIZ, NOTE

pytestmark = pytest.mark.every_platform

CHINESE = COURSE.replace("language: en", "language: zh-CN")
QUIET = DEMO.split("classmates:")[0]
PAID = (
    RULES
    + """
in_time:
  when: homework.submitted
  where: {late: false}
  limit: {once_per: object}
  then: [award: 20]
"""
)
WORK = "Three tips that saved my evening: one, two, three."
ASKING = GRADING + NOTE + "  length: {at_least: 20, at_most: 800}\n  headings: [Data]\n"


async def opened(open_community, homework: str = HOMEWORK_NOTE, **files: str) -> Community:
    """The note is open; it is due on the evening of the next day."""
    course: Community = await open_community(homework=homework, rules=PAID, demo=QUIET, **files)
    await course.types("ada", "hello")
    await course.until(9, 30)
    return course


async def posts(course: Community, words: str) -> list[str]:
    return [text for text in await course.said("ben") if words in text]


async def buttons_below(course: Community, words: str) -> list[str]:
    """Those of the newest message that says this."""
    found = [one for one in await course.messages("ben") if words in one.text]
    return [button.label for button in found[-1].buttons]


async def staff(course: Community, text: str) -> str:
    await course.types("lin", text, room="staff")
    return (await course.said("lin", "staff"))[-1]


# --- in short, and in full --------------------------------------------------------------------------------------------


async def test_the_group_reads_what_to_do_until_when_and_how_and_a_button_shows_the_rest(open_community) -> None:
    course = await opened(open_community, ASKING)
    [post] = await posts(course, "New homework")
    assert len(post.splitlines()) <= 10
    assert not [word for word in ("800", "Data", "100 points", "Late work") if word in post]
    assert await buttons_below(course, "New homework") == ["Hand in", "Details"]
    shown = await course.answer("ben", "/homework note", room=course.alone)
    assert "Use these headings: Data\n" in shown
    assert "20 to 800 characters\n" in shown
    assert "Late work is taken until 5 Mar 22:00" in shown


async def test_the_form_says_for_which_homework_and_until_when(open_community) -> None:
    course = await opened(open_community)
    asked = await course.asked_for("ben", "/submit")
    assert "Viral note · due 2 Mar 22:00" in asked or "Which homework is it?" in asked  # there it stands in the choice


# --- more time for all ------------------------------------------------------------------------------------------------


async def test_more_time_for_all_reaches_every_post(open_community) -> None:
    course = await opened(open_community)
    await course.types("ada", f"/submit note {WORK}")
    await staff(course, "/extend note all 2h")
    assert "Due: 3 Mar 00:00\nUntil 3 Mar 00:10 it still counts" in (await posts(course, "handed in\nLatest"))[-1]
    assert "Viral note · due 3 Mar 00:00" in await staff(course, "/missing note")
    await course.until(22, 5)
    assert await posts(course, "is due in") == ["Viral note is due in 1 day 2 hours: 3 Mar 00:00\n1 handed in so far"]
    await course.passes(days=1)
    assert await posts(course, "is due now") == []
    await course.until(0, 1)
    assert await posts(course, "is due now") == [
        (
            "Viral note is due now\n1 handed in on time. Well done 👏\n"
            "Not done yet? Until 3 Mar 00:10 it still counts as in time\n"
            "Late work is taken until 6 Mar 00:00, and loses 10% for each 1 day, at most 50%"
        )
    ]


async def test_who_comes_later_has_the_time_that_everybody_was_given(open_community) -> None:
    course = await opened(open_community)
    assert "and for who joins later" in await staff(course, "/extend note all 2h")
    await course.passes(days=1)
    await course.until(23, 30)
    await course.types("ben", f"/submit note {WORK}")
    assert await course.points("ben") == 20


async def test_a_second_time_for_all_counts_from_the_first(open_community) -> None:
    course = await opened(open_community)
    await staff(course, "/extend note all 2h")
    assert "is now due 3 Mar 01:00" in await staff(course, "/extend note all 1h")
    assert "would give nobody more time" in await staff(course, "/extend note all 2027-03-03 00:30")
    await course.passes(days=1)
    await course.until(0, 30)
    assert await posts(course, "is due now") == []
    await course.until(1, 1)
    assert len(await posts(course, "is due now")) == 1


async def test_who_had_more_time_of_their_own_gets_as_much_on_top(open_community) -> None:
    course = await opened(open_community)
    await staff(course, "/extend note Ada 24h")
    assert "1 student with an extension of their own gets as much on top of it." in await staff(
        course, "/extend note all 2h"
    )
    assert "extended to 4 Mar 00:00" in await course.answer("ada", "/homework note", room=course.alone)
    assert "is due 3 Mar 00:00 for Ada again" in await staff(course, "/extend note Ada back")


# --- quizzes ----------------------------------------------------------------------------------------------------------


async def test_a_quiz_has_one_post_that_opens_and_closes_it_and_words_of_its_own(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_QUIZ, demo=QUIET)
    await course.until(20, 5)
    assert await posts(course, "quiz") == [
        "New quiz: Quiz one\n4 questions\nYou have 2 tries; the best one counts.\nDue: 3 Mar 22:00"
    ]
    assert (await buttons_below(course, "New quiz"))[0] == "Start"
    await course.passes(days=1)
    await course.until(22, 1)
    assert await posts(course, "is due in") == ["The quiz Quiz one is due in 1 day: 3 Mar 22:00"]
    assert (await buttons_below(course, "is due in"))[0] == "Start"
    await course.passes(days=1)
    assert await posts(course, "New quiz") == []
    assert await posts(course, "was due") == ["The quiz Quiz one was due 3 Mar 22:00"]
    assert not [text for text in await course.said("ben") if "/submit" in text]


async def test_an_extended_quiz_says_so_in_its_post_and_closes_later(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_QUIZ, demo=QUIET)
    await course.until(20, 5)
    await staff(course, "/extend quiz_1 all 1h")
    assert "Due: 3 Mar 23:00" in (await posts(course, "New quiz"))[0]
    await course.passes(days=2)
    await course.until(22, 30)
    assert len(await posts(course, "New quiz")) == 1
    await course.until(23, 1)
    assert await posts(course, "was due") == ["The quiz Quiz one was due 3 Mar 23:00"]


async def test_who_has_not_done_a_quiz_is_reminded_of_the_quiz(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_QUIZ, demo=QUIET)
    await course.types("ada", "hello")
    await course.answer("ada", "/help", room=course.alone)
    await course.until(20, 5)
    await staff(course, "/missing quiz_1 remind")
    rooms = dict.fromkeys(("main", course.alone))
    told = [text for room in rooms for text in await course.said("ada", room) if "You have not done" in text]
    assert told[0] == "You have not done the quiz “Quiz one” yet. It is due 3 Mar 22:00: /quiz"


async def test_in_chinese(open_community) -> None:
    course: Community = await open_community(homework=HOMEWORK_QUIZ, course=CHINESE, demo=QUIET)
    await course.until(20, 5)
    assert (await posts(course, "小测"))[0].splitlines()[0] == "新小测：第一课小测"
    await course.passes(days=1)
    await course.until(22, 1)
    assert await posts(course, "还剩") == ["小测 第一课小测 还剩 1 天，3月3日 22:00 截止"]
