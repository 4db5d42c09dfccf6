"""Asking: by command, form, reply, tag or ❓; the receipt, the limits, how a question is sorted."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.messages import File
from bot.features.questions.store.tables import question
from tests.community import COURSE, DEMO, RULES, Community
from tests.homework_course import HOMEWORK_NOTE

pytestmark = pytest.mark.every_platform

QUIET = DEMO.split("classmates:")[0]
CHINESE = COURSE.replace("language: en", "language: zh-CN")
FORUM = COURSE.replace("spaces:", "spaces:\n  - {id: questions, kind: questions, local: questions}")
NIGHTS = 'within: 4h\nnights: {from: "22:00", until: "08:00"}\n'
PAID = RULES + "asked:\n  when: question.asked\n  limit: {points_per_day: 4}\n  then: [award: 2]\n"
HOW, WHY = "How do I find a title that works?", "Why does nobody read what I write?"
PICTURE = File(name="ada.png", media_type="image/png", size=3, sha256="0" * 64)


@pytest.fixture
async def asking(open_community) -> Community:
    """The first day at ten; Ada and Ben have said hello, and can be written to."""
    return await opened(open_community)


async def opened(open_community, **files: str) -> Community:
    course: Community = await open_community(**{"demo": QUIET, "rules": PAID, **files})
    await course.until(10)
    for who in ("ada", "ben"):
        await course.types(who, "/points", room=course.alone)
        await course.types(who, "hello")
    return course


async def rows(course: Community) -> list[Any]:
    return await course.rows(select(question).order_by(question.c.id))


async def post(course: Community, number: int = 1, *, who: str = "ben", room: str = "main") -> str:
    """The public post of a question."""
    [found] = [text for text in await course.said(who, room) if f"Q{number}" in text and "Got it" not in text]
    return found


async def told(course: Community, who: str = "ada") -> str:
    """All that the bot has told this person, where nobody else reads it."""
    alone = await course.said(who, course.private_room)
    return "\n".join(alone + [message.text for message in await course.messages(who) if message.only_for == who])


async def in_private(course: Community, who: str, text: str) -> None:
    """Somebody says it to the bot alone."""
    await course.types(who, text, room=course.private_room)


# --- every way --------------------------------------------------------------------------------------------------------


async def test_a_question_in_one_line_is_numbered_and_everybody_can_read_it(asking: Community) -> None:
    said = await asking.answer("ada", f"/ask {HOW}", room=asking.alone)
    assert f"Got it. Your question is Q1: {HOW}" in said
    assert "Everybody can read it in the group." in said
    assert "You will have an answer by 1 Mar 14:00 at the latest." in said
    assert "+2 points" in said
    shown = await post(asking)
    assert "Q1 · asked by Ada" in shown or f"Q1 · Ada\n{HOW}" in shown  # where it stands there already, in short
    assert "Got it" not in "\n".join(await asking.said("ben"))


async def test_it_speaks_chinese(open_community) -> None:
    course = await opened(open_community, course=CHINESE)
    said = await course.answer("ada", "/ask 标题怎么写才不空？", room=course.alone)
    assert "收到，编号 Q1：标题怎么写才不空？" in said
    assert "最晚 3月1日 14:00 前有人回答你。" in said
    assert "先归到“操作指导”了" in said


async def test_where_the_course_has_a_place_for_questions_it_stands_there(open_community) -> None:
    course = await opened(open_community, course=FORUM)
    said = await course.answer("ada", f"/ask {HOW}", room=course.alone)
    assert "Everybody can read it where questions are answered." in said
    assert HOW in await post(course, room="questions")
    assert not [text for text in await course.said("ben") if HOW in text]


@pytest.mark.needs("forms as conversations")
@pytest.mark.parametrize("text", ["/ask", "提问", "/ask \u200b\u3164"])
async def test_who_asks_nothing_is_asked_what_they_would_like_to_know(asking: Community, text: str) -> None:
    assert "What would you like to know?" in await asking.asked_for("ada", text, room=asking.alone)
    await asking.types("ada", HOW, room=asking.alone, reply_to=(await asking.messages("ada", asking.alone))[-1].number)
    [row] = await rows(asking)
    assert (row.text, row.state, row.is_anonymous) == (HOW, "waiting", False)


async def test_a_reply_makes_ones_own_message_a_question(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("ada", "/ask", reply_to=number)
    [row] = await rows(asking)
    assert row.text == HOW
    assert "Your question is Q1" in await told(asking)


async def test_staff_file_what_a_student_has_written_and_the_student_is_told(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("lin", "/ask", reply_to=number)
    assert "Ada" in await post(asking, who="ben")
    assert f"Your question is Q1: {HOW}" in await told(asking)
    assert "Filed as Q1, asked by Ada" in await told(asking, "lin") + "\n".join(await asking.said("lin"))
    await asking.types("lin", "/ask", reply_to=number)
    assert len(await rows(asking)) == 1


async def test_nobody_asks_in_anothers_name(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("ben", "/ask", reply_to=number)
    assert await rows(asking) == []


@pytest.mark.parametrize(
    "text", [f"#提问 {HOW}", f"{HOW}\n#ask", f"#question\n{HOW}", f"＃提问{HOW}", f"【#提问】 {HOW}"]
)
async def test_a_tag_makes_a_post_a_question_and_the_group_reads_nothing_but_that(asking: Community, text: str) -> None:
    before = len(await asking.said("ben"))
    await asking.types("ada", text)
    [row] = await rows(asking)
    assert row.text == HOW
    assert len(await asking.said("ben")) == before + 1
    assert "Q1" in (await asking.said("ben"))[-1]
    assert "Your question is Q1" in await told(asking)


@pytest.mark.parametrize("text", ["I like to #ask people", "https://x.org/#ask", "`#提问`", "> #提问 that", "#提问者"])
async def test_what_only_speaks_of_the_tag_is_no_question(asking: Community, text: str) -> None:
    await asking.types("ada", text)
    assert await rows(asking) == []


async def test_a_tag_in_the_private_chat_asks_too(asking: Community) -> None:
    await in_private(asking, "ada", f"#提问 {HOW}")
    assert HOW in await post(asking)


async def test_many_posts_at_once_are_as_many_questions(asking: Community) -> None:
    await asking.posts("ada", f"#ask {HOW}")
    await asking.posts("ben", f"#ask {WHY}")
    await asking.posts("ada", f"#ask {WHY}")
    await asking.settle()
    assert [(row.text, row.state) for row in await rows(asking)] == [
        (HOW, "waiting"),
        (WHY, "waiting"),
        (WHY, "waiting"),
    ]
    assert (await asking.points("ada"), await asking.points("ben")) == (6, 3)  # with what their posts earn


@pytest.mark.needs("question marks")
async def test_a_question_mark_below_ones_own_message_asks_it(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.reacts("ada", number, "❓")
    [row] = await rows(asking)
    assert row.text == HOW
    assert "Your question is Q1" in await told(asking)


@pytest.mark.needs("question marks")
async def test_staff_may_put_a_question_mark_and_classmates_may_not(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("lin", "hello")
    await asking.reacts("ben", number, "❓")
    assert await rows(asking) == []
    await asking.reacts("lin", number, "❓")
    [row] = await rows(asking)
    assert row.text == HOW
    assert "Ada" in await post(asking)


@pytest.mark.needs("question marks")
async def test_other_reactions_ask_nothing_and_two_question_marks_ask_once(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("lin", "hello")
    await asking.reacts("ada", number, "👍")
    assert await rows(asking) == []
    await asking.reacts("ada", number, "❓")
    await asking.reacts("lin", number, "❓")
    assert len(await rows(asking)) == 1


@pytest.mark.needs("question marks")
async def test_the_words_of_a_message_are_kept_for_a_day(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.passes(days=2)
    await asking.reacts("ada", number, "❓")
    assert await rows(asking) == []
    assert "That message is too old" in await told(asking)


async def test_a_picture_with_words_is_a_question(asking: Community) -> None:
    await asking.types("ada", f"#提问 {HOW}", files=[PICTURE])
    [row] = await rows(asking)
    assert (row.text, len(row.files)) == (HOW, 1)


async def test_a_picture_without_words_asks_for_them(asking: Community) -> None:
    await asking.types("ada", "#提问", files=[PICTURE])
    assert await rows(asking) == []
    assert "Please say in a few words" in await told(asking)


async def test_staff_do_not_ask_for_themselves(asking: Community) -> None:
    for text in ("/ask", f"/ask {HOW}"):
        assert "This is for students to ask." in await asking.answer("lin", text, room=asking.alone)
    await asking.types("lin", f"#提问 {HOW}")
    assert await rows(asking) == []


# --- limits -----------------------------------------------------------------------------------------------------------


async def test_the_same_question_again_shows_the_one_that_is_there(asking: Community) -> None:
    await asking.types("ada", f"/ask {HOW}", room=asking.alone)
    said = await asking.answer("ada", f"/ask   {HOW.upper()}", room=asking.alone)
    assert "You have asked this already: it is Q1." in said
    await asking.types("ben", f"/ask {HOW}", room=asking.alone)
    assert [row.text for row in await rows(asking)] == [HOW, HOW]


async def test_one_member_has_ten_questions_that_wait(asking: Community) -> None:
    for number in range(10):
        await asking.types("ada", f"/ask Question of mine, number {number}?", room=asking.alone)
    assert "10 questions waiting" in await asking.answer("ada", "/ask And one more?", room=asking.alone)
    await asking.types("ada", "/question Q4 withdraw", room=asking.alone)
    await asking.types("ada", "/ask And one more?", room=asking.alone)
    assert len(await rows(asking)) == 11


async def test_lines_stay_lines_and_what_nobody_sees_goes(asking: Community) -> None:
    await asking.types("ada", "#ask\nWhat is wrong here?\n    print(1)\n\n\n\nIt\u202e says\u200b nothing.")
    [row] = await rows(asking)
    assert row.text == "What is wrong here?\n    print(1)\n\nIt says nothing."


@pytest.mark.parametrize(
    "text",
    [
        "**bold** {name} %s {0.__class__} `code` <b>x</b>",
        "[a](https://evil.example.org) @everyone <@&1> </b>",
        "'; drop table question; --",
    ],
)
async def test_hostile_words_stand_as_they_are(asking: Community, text: str) -> None:
    await asking.types("ada", f"#ask {text}")
    [row] = await rows(asking)
    assert row.text == text
    assert "Q1" in (await asking.said("ben"))[-1]


async def test_what_is_too_long_is_refused_kindly(asking: Community) -> None:
    await in_private(asking, "ada", "/ask " + "字" * 2001)
    assert await rows(asking) == []


# --- when somebody answers --------------------------------------------------------------------------------------------


async def test_at_night_the_receipt_says_when_somebody_is_there_again(open_community) -> None:
    course = await opened(open_community, questions=NIGHTS)
    await course.until(23)
    said = await course.answer("ada", f"/ask {HOW}", room=course.alone)
    assert "Staff are back at 2 Mar 08:00. You will have an answer by 2 Mar 12:00 at the latest." in said


# --- sorting ----------------------------------------------------------------------------------------------------------


async def test_a_question_is_sorted_as_it_seems_and_a_tap_sorts_it_otherwise(asking: Community) -> None:
    said = await asking.answer("ada", f"/ask {WHY}", room=asking.alone)
    assert "Sorted as “Content”" in said
    await asking.presses("ada", "Beyond", room=asking.alone)
    [row] = await rows(asking)
    assert (row.tag, row.is_sorted) == ("beyond", True)
    assert "Beyond" in await post(asking)


async def test_the_course_has_words_of_its_own(open_community) -> None:
    words = "keywords:\n  beyond: [title]\n"
    course = await opened(open_community, questions=words)
    await course.types("ada", "#ask A title?")
    [row] = await rows(course)
    assert row.tag == "beyond"


async def test_only_what_is_asked_about_the_content_belongs_to_the_day_on_which_it_is_asked(asking: Community) -> None:
    await asking.types("ada", f"/ask {HOW}", room=asking.alone)
    await asking.types("ada", f"/ask {WHY}", room=asking.alone)
    assert [(row.tag, row.lesson) for row in await rows(asking)] == [("how_to", None), ("content", 1)]
    await asking.types("ada", "/question Q1 tag content", room=asking.alone)
    await asking.types("ada", "/question Q2 tag how_to", room=asking.alone)
    assert [(row.tag, row.lesson) for row in await rows(asking)] == [("content", 1), ("how_to", None)]
    await asking.types("ada", "/question Q2 lesson 3", room=asking.alone)
    await asking.types("ada", "/question Q2 tag content", room=asking.alone)
    assert (await rows(asking))[1].lesson == 3


@pytest.mark.parametrize("text", ["#提问 匿名 我不好意思问", "#ask anonymous I dare not ask this", "#提问 匿名"])
async def test_nobody_asks_without_a_name_where_others_read_along(asking: Community, text: str) -> None:
    await asking.writes("ada", text)
    assert await rows(asking) == []
    assert "/ask anonymous" in await told(asking)
    assert not [said for said in await asking.said("ben") if "🙋" in said]


async def test_what_one_has_earned_stands_in_the_receipt(asking: Community) -> None:
    await asking.writes("ada", f"#ask {HOW}")
    rooms = dict.fromkeys((asking.alone, asking.private_room, "main"))
    heard = [m.text for room in rooms for m in await asking.messages("ada", room) if m.author == "bot"]
    [receipt] = [text for text in dict.fromkeys(heard) if "+2 points" in text]
    assert receipt.startswith("Got it. Your question is Q1")
    assert receipt.endswith("+2 points")


async def test_lesson_and_homework_are_taken_from_the_words_and_can_be_said(open_community) -> None:
    course = await opened(open_community, homework=HOMEWORK_NOTE)
    await course.types("ada", "/ask In lesson 3, what is a hook in the Viral note?", room=course.alone)
    await course.types("ada", "/ask And today?", room=course.alone)
    assert [(row.lesson, row.homework) for row in await rows(course)] == [(3, "note"), (None, None)]
    await course.types("ada", "/question Q2 lesson 2", room=course.alone)
    await course.types("ada", "/question Q2 homework viral note", room=course.alone)
    await course.types("ada", "/question Q1 homework none", room=course.alone)
    await course.types("ada", "/question Q1 lesson none", room=course.alone)
    assert [(row.lesson, row.homework) for row in await rows(course)] == [(None, None), (2, "note")]
    assert "from 1 to 14" in await course.answer("ada", "/question Q1 lesson 99", room=course.alone)
    assert "There are: Viral note" in await course.answer("ada", "/question Q1 homework x", room=course.alone)
    assert "What is Q1 about?" in await course.answer("ada", "/question Q1 tag x", room=course.alone)


async def test_classmates_do_not_sort_it(asking: Community) -> None:
    await asking.types("ada", f"#ask {WHY}")
    await asking.types("ben", "/question Q1 tag beyond", room=asking.alone)
    [row] = await rows(asking)
    assert row.tag == "content"
