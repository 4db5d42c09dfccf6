"""The list of a live session: votes, questions that ask the same, what was answered, and what goes on to the next."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.live_qa.store.tables import vote
from storage.retention import forget_old
from tests.community import COURSE, DEMO, Community
from tests.test_links import link, unlink
from tests.test_live_qa import LIVE, PAID, QUESTION, QUESTIONS, leaves, until_open

pytestmark = pytest.mark.every_platform

TITLES, ENDINGS = "How long may a title be?", "Where do good endings come from?"
TWO = DEMO.replace("people:\n", "people:\n  - {id: ada2, name: Ada, role: student}\n")


@pytest.fixture
async def live(open_community) -> Community:
    """On Tuesday at noon; Ada has asked for titles, Ben for endings."""
    course: Community = await open_community(course=QUESTIONS, rituals=LIVE, rules=PAID, demo=TWO)
    await course.passes(days=1)
    await course.until(12)
    await course.types("ada", f"/live ask {TITLES}")
    await course.types("ben", f"/ask live {ENDINGS}")
    return course


async def staff(course: Community, text: str) -> str:
    return await course.answer("lin", text, room="staff")


async def ranking(course: Community, who: str = "lin") -> list[str]:
    """The lines of the list, as staff read it."""
    lines = (await course.answer(who, "/live", room="staff")).split("\n")
    return [line for line in lines if line[:1].isdigit() and ". " in line]


async def asks_without_a_name(course: Community, who: str, text: str) -> None:
    """Where nobody else reads it."""
    await course.types(who, f"/ask anonymous {text}", room=course.private_room)


async def votes_after(course: Community, *, days: int) -> list[Any]:
    """The votes that are kept for so many days."""
    now = course.now + timedelta(days=days)
    await course.run.app.database.run(lambda db: forget_old(db, now))
    return await course.rows(select(vote))


async def minutes(course: Community) -> str:
    return next(text for text in reversed(await course.said("mia")) if text.startswith("What was answered"))


# --- votes ------------------------------------------------------------------------------------------------------------


async def test_what_most_would_like_to_hear_comes_first(live: Community) -> None:
    assert "Counted. Votes for question 2: 1." in await live.answer("mia", "/live vote 2")
    assert "Votes for question 2: 2." in await live.answer("lin", "/live vote #2")
    assert await ranking(live) == [f"2. Ben: {ENDINGS} 👍 2", f"1. Ada: {TITLES}"]


async def test_the_same_again_takes_a_vote_back_however_often(live: Community) -> None:
    for _ in range(25):
        assert "question 2: 1." in await live.answer("mia", "/live vote 2")
        assert "Taken back. Votes for question 2: 0." in await live.answer("mia", "/live vote ２")
    assert await live.rows(select(vote)) == []


async def test_the_list_has_a_button_for_each_question_but_ones_own(live: Community) -> None:
    shown = await live.answer("ada", "/live")
    assert f"Your questions:\n1. {TITLES}" in shown
    assert f"What others ask (👍 what you would like to hear):\n2. {ENDINGS}" in shown
    assert "Ben" not in shown
    answer = await live.presses("ada", "👍 2")
    assert answer is None or "Votes for question 2: 1." in answer
    assert await ranking(live) == [f"2. Ben: {ENDINGS} 👍 1", f"1. Ada: {TITLES}"]
    with pytest.raises(AssertionError):
        await live.presses("ada", "👍 1")


async def test_nobody_votes_for_their_own_question_nor_for_what_is_not_there(live: Community) -> None:
    assert "is your own" in await live.answer("ada", "/live vote 1")
    assert "no question number 7" in await live.answer("ada", "/live vote 7")
    assert "Give its number" in await live.answer("ada", "/live vote for me")
    assert "no question number" in await live.answer("ada", "/live vote 999999999")
    assert "no longer on the list" in await live.answer("ada", "/live vote 1 of 999999999999999")
    assert await live.rows(select(vote)) == []


async def test_two_accounts_of_one_person_have_one_vote_and_none_for_their_own_question(live: Community) -> None:
    await live.types("ada", "/live vote 2")
    await live.types("ada2", "/live vote 2")
    await live.types("ada2", "/live vote 1")
    assert await ranking(live) == [f"2. Ben: {ENDINGS} 👍 2", f"1. Ada: {TITLES} 👍 1"]
    await link(live)
    assert await ranking(live) == [f"2. Ben: {ENDINGS} 👍 1", f"1. Ada: {TITLES}"]
    assert any(f"For the live Q&A: {ENDINGS}\n👍 1" in text for text in await live.said("mia", "questions"))
    assert "question 2: 0." in await live.answer("ada2", "/live vote 2")
    await live.types("ada2", "/live vote 2")
    await unlink(live)
    assert await ranking(live) == [f"1. Ada: {TITLES} 👍 1", f"2. Ben: {ENDINGS} 👍 1"]


async def test_who_has_left_has_no_vote(live: Community) -> None:
    await live.types("mia", "/live vote 2")
    await leaves(live, "mia")
    assert await ranking(live) == [f"1. Ada: {TITLES}", f"2. Ben: {ENDINGS}"]
    assert not any("👍 1" in text for text in await live.said("ben", "questions"))


async def test_the_post_of_a_question_shows_its_votes_and_takes_them(live: Community) -> None:
    await live.presses("mia", "👍 Me too", room="questions")
    (first, second) = await live.said("lin", "questions")
    assert "👍 1" in second
    assert "Mia" not in first + second
    await live.presses("mia", "👍 Me too", room="questions")
    assert "👍 1" not in "".join(await live.said("lin", "questions"))


async def test_a_question_that_was_taken_back_takes_its_votes_along(live: Community) -> None:
    await live.types("mia", "/live vote 1")
    await live.types("ada", "/live drop 1")
    assert await live.rows(select(vote)) == []
    assert "no question number 1" in await live.answer("mia", "/live vote 1")


async def test_who_is_forgotten_leaves_no_vote(live: Community) -> None:
    await live.types("mia", "/live vote 2")
    await live.types("mia", "/forget", room=live.alone)
    await live.presses("mia", "Yes, forget me", room=live.alone)
    assert await live.rows(select(vote)) == []
    assert await ranking(live) == [f"1. Ada: {TITLES}", f"2. Ben: {ENDINGS}"]
    assert not any("👍 1" in text for text in await live.said("ben", "questions"))


async def test_votes_go_a_month_after_the_session(live: Community) -> None:
    await live.types("mia", "/live vote 2")
    await until_open(live)
    await staff(live, "/live done all")
    assert len(await votes_after(live, days=20)) == 1
    assert await votes_after(live, days=40) == []


# --- the same question again ------------------------------------------------------------------------------------------


async def test_who_asks_much_the_same_may_join_instead(live: Community) -> None:
    await live.types("ada", f"/ask live {QUESTION}")
    hint = await live.answer("mia", "/ask live How do I find a good title that says what is in it?")
    assert f"Somebody asks much the same, number 3:\n> {QUESTION}" in hint
    await live.presses("mia", "That's mine, too")
    await live.presses("mia", "That's mine, too")
    assert f"3. Ada: {QUESTION} 👍 1" in await ranking(live)
    assert len(await ranking(live)) == 3


async def test_who_means_something_else_asks_it_all_the_same(live: Community) -> None:
    asked = f"{TITLES[:-1]}, and " + "why so, my dear teachers, " * 15 + "exactly?"
    await live.types("ada", "/live drop 1")
    await live.types("ada", f"/ask live {asked}")
    assert "much the same, number 3" in await live.answer("mia", f"/ask live {asked.upper()}")
    await live.presses("mia", "It's another one, ask it")
    assert len(await ranking(live)) == 3
    assert await live.points("mia") == 7  # with her check-in of the first day


async def test_another_lesson_makes_it_another_question(live: Community) -> None:
    await live.types("ada", "/ask live What exactly is asked of us in lesson 3?")
    assert "number 4" in await live.answer("mia", "/ask live What exactly is asked of us in lesson 4?")


async def test_staff_merge_and_part_and_the_votes_follow(live: Community) -> None:
    await live.types("chen", "/live ask Are long titles allowed?")
    await live.types("mia", "/live vote 1")
    await live.types("mia", "/live vote 3")
    await live.types("ben", "/live vote 3")
    assert "Question 3 is merged into 1" in await staff(live, "/live merge 3 into 1")
    assert await ranking(live) == [f"1. Ada: {TITLES} 👍 3", f"2. Ben: {ENDINGS}"]  # Mia once, Ben, and Chen
    assert "your vote" in await live.answer("lin", "/live vote 3")
    assert await ranking(live) == [f"1. Ada: {TITLES} 👍 4", f"2. Ben: {ENDINGS}"]
    assert "Question 3 is on the list by itself again." in await staff(live, "/live unmerge 3")
    assert await ranking(live) == [
        f"1. Ada: {TITLES} 👍 2",
        "3. Chen: Are long titles allowed? 👍 2",
        f"2. Ben: {ENDINGS}",
    ]
    assert "merged live question 3 into 1" in await live.answer("chen", "/audit", room="staff")


async def test_whose_question_was_merged_hears_of_it_and_its_post_says_so(live: Community) -> None:
    await staff(live, "/live merge 2 into 1")
    told = "\n".join([*await live.said("ben"), *await live.said("ben", live.alone)])
    assert "Your question 2 for the live Q&A asks the same as number 1" in told
    assert "is your own" in await live.answer("ben", "/live vote 1")
    (_, second) = await live.said("mia", "questions")
    assert "It asks the same as number 1" in second
    await staff(live, "/live unmerge 2")
    (_, second) = await live.said("mia", "questions")
    assert "It asks the same" not in second


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/live merge 1 into 1", "can't be merged into itself"),
        ("/live merge 1 into 2", "can't be merged into itself"),
        ("/live merge 2 into 1", "merged into 1 already"),
        ("/live merge 2", "Write it like this"),
        ("/live merge " + "9" * 5000, "Write it like this"),
        ("/live merge 8 into 1", "no question number 8"),
        ("/live merge 1 into 8", "no question number 8"),
        ("/live unmerge 1", "is not merged"),
        ("/live unmerge", "Which one?"),
    ],
)
async def test_no_merge_goes_in_a_circle_or_nowhere(live: Community, text: str, says: str) -> None:
    await staff(live, "/live merge 2 into 1")
    assert says in await staff(live, text)
    assert await ranking(live) == [f"1. Ada: {TITLES} 👍 1"]


async def test_what_others_asked_too_stays_when_the_first_takes_it_back(live: Community) -> None:
    await live.types("mia", "/live vote 1")
    await live.types("chen", "/live ask Are long titles allowed?")
    await staff(live, "/live merge 2 into 1")
    await staff(live, "/live merge 3 into 2")
    await live.types("ada", "/live drop 1")
    assert await ranking(live) == [f"2. Ben: {ENDINGS} 👍 2"]
    await leaves(live, "ben")
    assert await ranking(live) == ["3. Chen: Are long titles allowed? 👍 1"]


@pytest.mark.parametrize("verb", ["merge 1 into 2", "unmerge 1", "answer 1 no", "done all", "reopen 1", "drop 1"])
async def test_students_lead_no_session(live: Community, verb: str) -> None:
    said = await live.answer("mia", f"/live {verb}")
    assert "That is for staff" in said or "You have no question number 1" in said
    assert len(await ranking(live)) == 2


# --- the session ------------------------------------------------------------------------------------------------------


async def test_the_agenda_and_the_minutes_are_ranked_and_say_what_was_answered(live: Community) -> None:
    await live.types("mia", "/live vote 2")
    await live.types("mia", "/ask live Which editor do you use?")
    await live.types("mia", "/ask live Is tea better than coffee?")
    await live.passes(days=1)
    await live.until(19)
    agenda = (await live.said("mia"))[-1]
    assert f"\n2. Ben: {ENDINGS} 👍 1\n1. Ada: {TITLES}\n3. Mia:" in agenda
    assert "To vote for what you would like to hear: /live" in agenda
    await live.until(20)
    assert "Noted for question 2" in await staff(live, "/live answer 2 From the first line.")
    assert "Marked as answered aloud: 3, 1" in await staff(live, "/live done 3 1")
    await live.until(21, 16)
    assert await minutes(live) == (
        f"What was answered in the live Q&A of Wed, 3 Mar\n2. {ENDINGS} 👍 1\n> From the first line.\nAnswered aloud:\n"
        f"1. {TITLES}\n3. Which editor do you use?\nLeft open:\n4. Is tea better than coffee? (number 1 next time)\n"
        "The one left open goes on to the next session, with its votes."
    )


async def test_who_asked_hears_the_answer_alone_and_so_do_those_who_asked_the_same(live: Community) -> None:
    await staff(live, "/live merge 2 into 1")
    await until_open(live)
    await staff(live, "/live answer 2 {name} **twelve** `words`")
    for who in ("ada", "ben"):
        told = "\n".join([*await live.said(who), *await live.said(who, live.alone)])
        assert f"Your question for the live Q&A is answered: {TITLES}\n{{name}} **twelve** `words`" in told
    (first, _) = await live.said("mia", "questions")
    assert "Answered in the live Q&A: {name} **twelve** `words`" in first
    assert "is answered already" in await live.answer("mia", "/live vote 1")


async def test_what_is_left_open_goes_on_with_its_votes_and_the_posts_stay_the_same(live: Community) -> None:
    await live.types("mia", "/live vote 2")
    await staff(live, "/live merge 1 into 2")
    await until_open(live)
    await live.until(21, 16)
    assert await ranking(live) == [f"1. Ben: {ENDINGS} 👍 2"]
    assert len(await live.said("mia", "questions")) == 2
    await live.presses("lin", "👍 Me too", room="questions")
    assert await ranking(live) == [f"1. Ben: {ENDINGS} 👍 3"]
    await live.types("ada", "/live drop 2")  # her own, under its number of today
    assert await live.points("ada") == 0
    assert await ranking(live) == [f"1. Ben: {ENDINGS} 👍 2"]
    assert "already: it is number 1" in await live.answer("ben", f"/ask live {ENDINGS}")


async def test_what_is_noted_after_the_minutes_comes_off_the_next_list_and_back(live: Community) -> None:
    await until_open(live)
    await live.until(21, 16)
    assert len(await ranking(live)) == 2
    await staff(live, "/live answer 1 Twelve words.")
    assert await ranking(live) == [f"2. Ben: {ENDINGS}"]
    assert f"1. {TITLES}\n> Twelve words." in await live.answer("mia", "/live minutes")
    assert "counts as not answered again" in await staff(live, "/live reopen 1")
    assert await ranking(live) == [f"2. Ben: {ENDINGS}", f"3. Ada: {TITLES}"]
    assert "is not marked as answered" in await staff(live, "/live reopen 1")


async def test_staff_drop_what_nobody_needs_and_its_asker_hears_that(live: Community) -> None:
    assert "Question 1 is taken back." in await staff(live, "/live drop 1")
    told = "\n".join([*await live.said("ada"), *await live.said("ada", live.alone)])
    assert f"Staff took your question 1 off the list for the live Q&A: {TITLES}" in told
    assert await ranking(live) == [f"2. Ben: {ENDINGS}"]


async def test_after_the_last_session_nothing_goes_on(open_community) -> None:
    live: Community = await open_community(rituals=LIVE)
    await live.passes(days=8)
    await live.until(12)
    await live.types("ada", f"/live ask {TITLES}")
    await until_open(live)
    await live.until(21, 16)
    assert "Left open" in await minutes(live)
    assert "goes on" not in await minutes(live)


async def test_one_session_in_two_spaces_has_one_set_of_minutes(open_community) -> None:
    two = COURSE.replace("spaces:\n", "spaces:\n  - {id: books, kind: interest, local: books}\n")
    live: Community = await open_community(rituals=LIVE + "  spaces: [main, books]\n", course=two)
    await live.passes(days=1)
    await live.until(12)
    await live.types("ada", f"/live ask {TITLES}")
    await live.types("mia", "/live vote 1")
    await until_open(live)
    await live.until(21, 16)
    (in_books,) = [text for text in await live.said("mia", "books") if text.startswith("What was answered")]
    assert in_books == await minutes(live)
    assert f"1. {TITLES} 👍 1" in in_books
    assert await ranking(live) == [f"1. Ada: {TITLES} 👍 1"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("/live answer 1 " + "字" * 10_000, "An answer may have at most 2000 characters, and this one has"),
        ("/live answer 1", "Write it like this"),
        ("/live answer 1 \u200b\u3164", "Write it like this"),
        ("/live answer Twelve words.", "Write it like this"),
        ("/live answer 9 Twelve words.", "no question number 9"),
        ("/live done", "Which ones?"),
        ("/live done 1 9", "no question number 9"),
        ("/live reopen 2", "is not marked as answered"),
    ],
)
async def test_an_answer_that_cannot_be_noted_is_refused_kindly(live: Community, text: str, says: str) -> None:
    await until_open(live)
    assert says in await staff(live, text)
    assert len(await ranking(live)) == 2


async def test_before_the_first_session_nothing_was_answered(live: Community) -> None:
    assert "There has been no live Q&A yet." in await staff(live, "/live done 1")
    assert "There has been no live Q&A yet." in await live.answer("mia", "/live minutes")


async def test_what_was_answered_is_known_to_who_asks_the_same_in_the_course(live: Community) -> None:
    await until_open(live)
    await staff(live, "/live answer 1 Twelve words at most.")
    assert "Twelve words at most." in await live.answer("mia", f"/ask {TITLES}")
    await staff(live, "/live answer 1 Twenty words.")
    told = await live.answer("ben", "/ask how long may a title be")
    assert "Twenty words." in told
    assert "Twelve" not in told


# --- questions that were asked by themselves --------------------------------------------------------------------------


async def test_a_question_of_the_course_is_put_on_the_list_by_its_asker_or_staff(live: Community) -> None:
    await live.types("mia", "/ask Which editor do you use?")
    assert "Only the asker puts Q1" in await live.answer("ada", "/live add Q1")
    assert "number 3" in await live.answer("mia", "/live add q1")
    assert "3. Mia: Which editor do you use?" in await ranking(live)
    assert "Give the number" in await live.answer("mia", "/live add Q99")
    assert "already" in await staff(live, "/live add 1")


async def test_what_was_asked_without_a_name_stands_on_the_list_without_it(live: Community) -> None:
    await asks_without_a_name(live, "mia", "Which editor do you use?")
    for who in ("mia", "ben"):
        assert "if it was asked anonymously, only staff do" in await live.answer(who, "/live add Q1")
    await staff(live, "/live add Q1")
    assert "3. Lin: Which editor do you use?" in await ranking(live)


async def test_it_speaks_chinese(open_community) -> None:
    course = await open_community(rituals=LIVE, course=COURSE.replace("language: en", "language: zh-CN"))
    await course.passes(days=1)
    await course.until(12)
    await course.types("ada", "/ask 直播 标题怎么写才不空？")
    assert "有人提过差不多的，第 1 号：\n> 标题怎么写才不空？" in await course.answer("ben", "/ask 直播 标题怎么写不空")
    await course.presses("ben", "我也想问这个")
    await course.passes(days=1)
    await course.until(20)
    assert "记下了第 1 号" in await course.answer("lin", "/live 回答 第1号 先写人，再写事。", room="staff")
    told = "\n".join([*await course.said("ada"), *await course.said("ada", course.alone)])
    assert "你提给直播答疑的问题有回答了：标题怎么写才不空？\n先写人，再写事。" in told
    await course.until(21, 16)
    assert (await course.said("ben"))[-1] == "3月3日 周三 直播答疑记录\n1. 标题怎么写才不空？　👍 1\n> 先写人，再写事。"


# --- between two sessions ---------------------------------------------------------------------------------------------


async def test_where_two_lists_have_the_number_staff_are_asked_which_they_mean(live: Community) -> None:
    await until_open(live)
    await staff(live, "/live done 2")
    await live.until(21, 16)
    await live.types("ben", "/ask live Which editor do you use?")  # number 2 of the next list; 1 is Ada's
    asked = await staff(live, "/live answer 2 The plain one.")
    assert f"Last session: {ENDINGS}" in asked
    assert "Next session: Which editor do you use?" in asked
    await live.presses("lin", "Next session", room="staff")
    assert await ranking(live) == [f"1. Ada: {TITLES}", "2. Ben: Which editor do you use? (answered)"]
    assert "The plain one." not in await staff(live, "/live minutes")
    assert "Noted for question 1" in await staff(live, "/live answer 1 Ten words."), "it is the same one on both"


async def test_an_answer_that_is_replaced_is_shown_and_askers_read_that_it_is_a_correction(live: Community) -> None:
    await staff(live, "/live merge 2 into 1")
    await until_open(live)
    await staff(live, "/live answer 1 Ten words.")
    said = await staff(live, "/live answer 2 Twelve words.")
    assert "Question 2 was merged into 1" in said
    assert "It said before: Ten words." in said
    told = "\n".join([*await live.said("ada"), *await live.said("ada", live.alone)])
    assert f"Correction: the answer to your question for the live Q&A has changed: {TITLES}\nTwelve words." in told


async def test_a_question_that_is_settled_meanwhile_is_on_the_list_no_more(live: Community) -> None:
    await live.types("ada", "/ask Where do I find the recording of the lesson?", room=live.alone)
    await staff(live, "/live add Q1")
    assert any("recording" in line for line in await ranking(live))
    await live.types("lin", "/answer Q1! Below the post.", room="staff")
    assert not any("recording" in line for line in await ranking(live))


async def test_the_report_says_what_was_answered_and_how_many_were_merged(live: Community) -> None:
    await live.types("mia", "/ask live Which editor do you use?")
    assert "already" in await live.answer("mia", "/ask live which editor do you use"), "but for punctuation the same"
    assert "/live merge" in await staff(live, "/live")
    await staff(live, "/live merge 3 into 1")
    await until_open(live)
    await staff(live, "/live answer 1 Ten words.")
    await live.until(21, 16)
    report = next(text for text in reversed(await live.said("lin", "staff")) if "There were" in text or "asked" in text)
    assert "3 questions were asked, 2 after merging." in report
    assert f"1. Ada: {TITLES} 👍 1 (answered)" in report
    assert f"2. Ben: {ENDINGS}\n" in report
