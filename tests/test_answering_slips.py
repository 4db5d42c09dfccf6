"""Slips in answering: what was undone, withdrawn, merged, said in the wrong place, or changed in between."""

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.features.questions.meant import number_in, numbered
from bot.features.questions.store.tables import question, response
from tests.community import Community, write_course
from tests.test_answering import (
    ANSWER,
    PAID,
    PEOPLE,
    QUESTION,
    TWO_ASSISTANTS,
    asks,
    buttons_of,
    post_in,
    replies,
    shown_in,
    staff_says,
    told,
)

pytestmark = pytest.mark.every_platform

HELP = "I read the text aloud until one line stays with me."
OTHER = "Where do good titles come from, please?"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
async def course(open_community) -> Community:
    """Monday at ten; Ada has asked Q1."""
    course: Community = await open_community(course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("lin", "mo", "chen", "ben", "mia"):
        await course.types(who, "good morning")
    await asks(course, "ada", QUESTION)
    return course


async def stands(course: Community, number: int = 1) -> tuple[str, int | None]:
    """Its state, and the answer that settled it."""
    [row] = await course.rows(select(question).where(question.c.id == number))
    return row.state, row.accepted


async def news_to(course: Community, who: str, before: str) -> str:
    return (await told(course, who)).removeprefix(before)


# --- undone -----------------------------------------------------------------------------------------------------------


async def test_an_undone_slip_leaves_a_question_waiting_that_its_asker_had_reopened(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await course.passes(hours=1)
    await course.types("ada", "/question Q1 more It says nothing of short texts.", room=course.alone)
    due = await shown_in(course, "main")
    await course.passes(minutes=5)
    await replies(course, "mo", "can somebody take this one?", room="staff")
    await course.presses("mo", "Undo", room="staff")
    assert await shown_in(course, "main") == due, "it waits since when it was reopened"
    await course.passes(hours=4)
    assert any("overdue" in text for text in await course.said("chen", "staff"))


async def test_one_of_two_answers_is_withdrawn_and_the_other_still_helps(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await replies(course, "mo", "And read it aloud, both of you.")
    await course.types("lin", "/question Q1 withdraw A1", room="staff")
    assert (await stands(course))[0] == "answered"
    await course.types("mo", "/question Q1 withdraw A2", room="staff")
    assert (await stands(course))[0] == "waiting"


async def test_a_settled_question_stays_settled_when_another_answer_goes(course: Community) -> None:
    await replies(course, "ben", HELP)
    await replies(course, "lin", ANSWER)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    await staff_says(course, "lin", "/question Q1 withdraw A2 it was about another lesson")
    assert await stands(course) == ("closed", 1)
    assert "Settled" in await shown_in(course, "main")
    await course.types("ben", "/question Q1 withdraw A1", room=course.alone)
    assert await stands(course) == ("waiting", None)
    assert await course.points("ben") == 0, "what was accepted is accepted no more"


async def test_no_withdrawn_answer_reopens_the_question_of_somebody_who_has_left(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await course.types("ada", "/question Q1 accept A1", room=course.alone)
    await course.leaves("ada")
    await staff_says(course, "lin", "/question Q1 withdraw A1 wrong")
    assert await stands(course) == ("closed", None)


async def test_the_pictures_of_an_answer_go_with_it(course: Community) -> None:
    file = course.run.app.library.store.keep("roster.png", "image/png", PICTURE)
    post = await post_in(course, "staff")
    await course.types("lin", "this is the wrong one", room="staff", reply_to=post, files=[file])
    assert [m for m in await course.messages("ben") if m.author == "bot" and m.files]
    await course.presses("lin", "Undo", room="staff")
    for who, room in (("ben", "main"), ("ada", "main"), ("ada", course.alone)):
        assert not [m for m in await course.messages(who, room) if m.author == "bot" and m.files]


# --- merged -----------------------------------------------------------------------------------------------------------


async def test_nothing_is_merged_into_what_was_closed_without_an_answer(course: Community) -> None:
    await asks(course, "ben", OTHER)
    await course.types("ada", "/question Q1 close", room=course.alone)
    assert "closed without an answer" in await staff_says(course, "lin", "/question Q2 merge Q1")
    assert (await stands(course, 2))[0] == "waiting"


async def test_a_wrong_merge_that_is_undone_was_no_answer_in_time(course: Community) -> None:
    await asks(course, "ben", OTHER)
    await staff_says(course, "lin", "/question Q2 merge Q1")
    await course.types("ben", "/question Q2 reopen", room=course.alone)
    assert not await course.rows(select(response).where(response.c.withdrawn_at.is_(None)))


async def test_what_staff_say_below_a_merged_question_is_an_answer_to_both(course: Community) -> None:
    await asks(course, "ben", OTHER)
    await staff_says(course, "lin", "/question Q2 merge Q1")
    await course.types("mo", ANSWER, room="staff", reply_to=await post_in(course, "staff", 2))
    assert ANSWER in await told(course, "ada")
    assert ANSWER in await told(course, "ben")


async def _about(course: Community, words: str, who: str) -> int:
    """The newest message of the bot in the staff room that says this, and stands there for all."""
    said = [m for m in await course.messages(who, "staff") if m.author == "bot" and words in m.text]
    return said[-1].number


# --- who said what, and where -----------------------------------------------------------------------------------------


async def test_staff_settle_a_question_by_what_staff_have_said(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    await replies(course, "ben", "I think the title must be at least 500 words long.")
    assert "✅ Resolve" in await buttons_of(course)
    await course.presses_below("mo", await post_in(course, "staff"), "✅ Resolve", room="staff")
    assert await stands(course) == ("closed", 1)


async def test_without_a_name_it_is_the_newest_answer_of_staff(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await replies(course, "ben", HELP)
    await staff_says(course, "lin", "/question Q1 resolve")
    assert await stands(course) == ("closed", 1)


async def test_what_staff_say_below_the_news_of_one_question_answers_it(course: Community) -> None:
    await course.passes(hours=4)
    await course.types("lin", ANSWER, room="staff", reply_to=await _about(course, "overdue", "lin"))
    assert ANSWER in await told(course, "ada")


async def test_below_the_news_of_several_nobody_can_say_which(course: Community) -> None:
    await asks(course, "ben", OTHER)
    await course.passes(hours=4)
    await course.types("lin", ANSWER, room="staff", reply_to=await _about(course, "overdue", "lin"))
    assert "Which question do you answer?" in (await course.said("lin", "staff"))[-1]


async def test_what_the_asker_says_below_a_settled_question_is_not_lost_without_a_word(course: Community) -> None:
    await course.types("lin", f"/answer Q1! {ANSWER}", room="staff")
    before, among_staff = await told(course, "ada"), await course.said("lin", "staff")
    await replies(course, "ada", "It still does not work, the title is still dull!")
    assert "it is settled" in await news_to(course, "ada", before)
    assert await course.said("lin", "staff") == among_staff
    before = await told(course, "ada")
    await replies(course, "ada", "谢谢！")
    assert await told(course, "ada") == before


async def test_who_loses_a_question_to_somebody_else_hears_of_it(course: Community) -> None:
    await course.types("lin", "/question Q1 claim", room="staff")
    before = await told(course, "lin")
    await course.types("mo", "/question Q1 to @chen", room="staff")
    assert "has taken over Q1" in await news_to(course, "lin", before)


# --- too short, too long ----------------------------------------------------------------------------------------------


async def test_a_mark_that_slipped_in_is_no_answer(course: Community) -> None:
    before = await told(course, "ada")
    assert "too short" in await staff_says(course, "lin", "/answer Q1 x")
    await course.types("lin", "/answer Q1 !", room="staff")
    assert await told(course, "ada") == before
    await course.types("lin", f"/answer Q1 ！ {ANSWER}", room="staff")
    assert await stands(course) == ("closed", 1)


async def test_a_mark_may_stand_between_number_and_answer_without_a_space(course: Community) -> None:
    await course.types("lin", f"/answer Ｑ１！{ANSWER}", room="staff")
    assert await stands(course) == ("closed", 1)
    assert ANSWER in await told(course, "ada")


async def test_a_long_answer_is_refused_rather_than_cut(tmp_path: Path) -> None:
    """In the local chat: not every platform takes so long a message."""
    folder = write_course(tmp_path / "writing", course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    course = await Community.open(tmp_path / "data", folder)
    await course.until(10)
    await asks(course, "ada", QUESTION)
    await replies(course, "mo", "y" * 5000, room="staff")
    assert "4000" in (await course.said("mo", "staff"))[-1].replace(",", "")
    assert (await stands(course))[0] == "waiting"
    await course.close()


@pytest.mark.parametrize(
    "word", ["Q12", "ｑ12", "Q１２", "１２", "Ｑ12", "Q12，", "Q12:", "#12", "＃12", "问题12", "Q12!"]
)
def test_numbers_are_read_as_members_type_them(word: str) -> None:
    assert number_in(word) == 12


@pytest.mark.parametrize(
    ("said", "rest"), [("Q1!hello there", "hello there"), ("Ｑ１：你好", "你好"), ("Q1 3.5 it is", "3.5 it is")]
)
def test_what_follows_a_number_is_the_answer(said: str, rest: str) -> None:
    assert numbered(said)[1] == rest
    assert number_in(numbered(said)[0]) == 1


# --- changed in between -----------------------------------------------------------------------------------------------


async def test_what_has_changed_in_the_handbook_is_shown_again_instead_of_sent(course: Community) -> None:
    await course.types("lin", f"/answer Q1! {ANSWER}", room="staff")
    await asks(course, "ben", QUESTION)
    await course.passes(minutes=11)
    before = await told(course, "ben")
    [card] = [m for m in await course.messages("lin", "staff") if "🙋 Q2 " in m.text]
    [command] = [button.command for button in card.buttons if " use " in button.command]
    await course.types("lin", "/question Q1 correct A1 Take its last line instead.", room="staff")
    heard = await staff_says(course, "lin", f"/{command}")
    assert "has changed in the meantime" in heard
    assert "last line" in heard
    assert await told(course, "ben") == before
