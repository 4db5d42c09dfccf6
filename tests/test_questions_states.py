"""No question is lost on the way: merged, helped, taken back, forgotten, edited, asked twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.features.questions.store.tables import answer, question, remark
from tests.community import DEMO, Community
from tests.test_asking import told
from tests.test_asking_hints import FAQ, KNOWN
from tests.test_bare import PNG
from tests.test_forget import _found as found_in

pytestmark = pytest.mark.every_platform

QUIET = DEMO.split("classmates:")[0].replace("  - {id: lin,", "  - {id: cas, name: Cas, role: student}\n  - {id: lin,")
WHY = "Why does nobody read what I write?"
INVISIBLE = "\u200b\u3164\u2060"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(demo=QUIET, faq=FAQ)
    await course.until(10)
    for who in ("ada", "ben", "cas"):
        await course.types(who, "/points", room=course.alone)
        await course.types(who, "hello everybody")
    return course


async def rows(course: Community) -> list[Any]:
    return await course.rows(select(question).order_by(question.c.id))


async def states(course: Community) -> list[str]:
    return [row.state for row in await rows(course)]


async def alone(course: Community, who: str, text: str) -> str:
    """What the bot says to somebody where nobody reads along on any platform."""
    before = len(await course.said(who, course.private_room))
    await course.types(who, text, room=course.private_room)
    return "\n".join((await course.said(who, course.private_room))[before:])


async def shown_by_us(course: Community) -> list[Any]:
    rooms = [("ben", "main"), ("lin", "staff")]
    return [one for who, room in rooms for one in await course.messages(who, room) if one.author == "bot"]


# --- helped by what was known -----------------------------------------------------------------------------------------


async def test_who_was_merged_into_a_question_goes_on_when_its_asker_is_helped(course: Community) -> None:
    await alone(course, "ada", f"/ask {KNOWN}")
    await alone(course, "ada", "/asked 1 anyway")
    await alone(course, "cas", f"/ask {WHY}")
    await course.types("lin", "/question Q2 merge Q1", room="staff")
    said = await alone(course, "ada", "/asked 1 helped entry:1")
    assert "is settled by what was known already" in said
    assert await states(course) == ["closed", "waiting"]
    assert "is open again: you will have an answer by" in await told(course, "cas")


async def test_what_was_never_filed_is_known_to_its_asker_alone(course: Community) -> None:
    await alone(course, "ada", f"/ask {KNOWN}")
    await alone(course, "ada", "/asked 1 helped entry:1")
    assert KNOWN in await alone(course, "ada", "/question Q1")
    assert "settled" in await alone(course, "ada", "/questions")
    for who, room in (("cas", course.alone), ("lin", "staff")):
        for text in ("/question Q1", "/question Q1 reopen", "/answer Q1 Because it is so, always."):
            assert "There is no question" in await course.answer(who, text, room=room), text
    await course.types("cas", f"/ask {WHY}", room=course.alone)
    assert "There is no question" in await course.answer("lin", "/question Q2 merge Q1", room="staff")
    assert "Q1" not in await course.answer("lin", "/queue", room="staff")
    assert "settled already" in await alone(course, "ada", "/question Q1 close")


async def test_reopened_it_is_filed_with_all_limits(course: Community) -> None:
    most = 3
    for number in range(1, most + 2):
        await alone(course, "ada", f"/ask anonymous {KNOWN}{'?' * number}")
        await alone(course, "ada", f"/asked {number} helped entry:1")
    for number in range(1, most + 1):
        assert f"Your question is Q{number}" in await alone(course, "ada", f"/question Q{number} reopen")
    assert f"{most}" in await alone(course, "ada", f"/question Q{most + 1} reopen")
    assert [(row.state, row.helped_by) for row in await rows(course)] == [
        *[("waiting", None)] * most,
        ("helped", "entry:1"),
    ]
    assert all(row.unsettled for row in (await rows(course))[:most])


async def test_a_settled_question_that_is_reopened_is_helped_no_more(course: Community) -> None:
    await alone(course, "ada", f"/ask {KNOWN}")
    await alone(course, "ada", "/asked 1 anyway")
    await alone(course, "ada", "/asked 1 helped entry:1")
    await alone(course, "ada", "/question Q1 reopen")
    [row] = await rows(course)
    assert (row.state, row.helped_by) == ("waiting", None)
    assert "is closed. If you want to know after all" in await alone(course, "ada", "/question Q1 close")


# --- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["", "anonymous "])
@pytest.mark.parametrize("end", ["/question Q1 withdraw", "/forget yes"])
async def test_what_is_taken_back_is_shown_nowhere(course: Community, kind: str, end: str) -> None:
    asked = f"/ask {kind}{WHY}"
    for text in (asked, "/question Q1 more my phone number is 555-1234"):
        await course.sends("ada", PNG, name="a.png", media_type="image/png", text=text, room=course.private_room)
        await course.passes(minutes=1)
    assert len([one for one in await shown_by_us(course) if one.files]) == 4  # in the group, and among staff
    assert [one for one in await shown_by_us(course) if "555-1234" in one.text]
    await alone(course, "ada", "/forget")
    await alone(course, "ada", end)
    await course.passes(minutes=5)
    assert [one.text for one in await shown_by_us(course) if one.files] == []
    assert [one.text for one in await shown_by_us(course) if "555-1234" in one.text or WHY in one.text] == []


async def test_a_long_question_goes_to_its_last_page(course: Community) -> None:
    await alone(course, "ada", f"/ask {'Why is that so? ' * 120} The end of it.")
    assert [one for one in await shown_by_us(course) if "The end of it." in one.text]
    await alone(course, "ada", "/question Q1 withdraw")
    await course.passes(minutes=5)
    assert [
        one.text for one in await shown_by_us(course) if "Why is that so" in one.text or "The end" in one.text
    ] == []


async def test_the_words_before_a_correction_are_forgotten_too(course: Community, tmp_path: Path) -> None:
    await course.types("cas", f"/ask {WHY}", room=course.alone)
    await course.types("ben", "/answer Q1 Ameisenantwort is the way to go", room=course.alone)
    await course.types("ben", "/question Q1 correct A1 Bienenantwort is the way to go", room=course.alone)
    for text in ("/forget", "/forget yes"):
        await course.types("ben", text, room=course.alone)
    await course.passes(days=2)
    assert [word for word in ("Ameisenantwort", "Bienenantwort") if found_in(tmp_path / "data", word)] == []


async def test_forgetting_says_what_stays_of_the_handbook(course: Community) -> None:
    assert "what staff have made of a question for the handbook, without a name" in await alone(
        course, "ada", "/forget"
    )


async def test_an_answer_to_somebody_forgotten_is_withdrawn_without_a_promise(course: Community) -> None:
    await alone(course, "cas", f"/ask {WHY}")
    await course.types("ben", "/answer Q1 because Cas is thinking", room=course.alone)
    await alone(course, "cas", "/forget")
    await alone(course, "cas", "/forget yes")
    said = await course.answer("ben", "/question Q1 withdraw A1", room=course.alone)
    assert "A1 is withdrawn." in said
    assert "waits" not in said


# --- messages ---------------------------------------------------------------------------------------------------------


async def test_one_message_is_one_question(course: Community) -> None:
    number = await course.sends("ada", PNG, name="a.png", media_type="image/png", text=WHY, room="main")
    for who in ("ada", "ada", "lin"):
        await course.types(who, "/ask", reply_to=number)
    assert len(await rows(course)) == 1
    assert "You have asked this already: it is Q1." in await told(course)
    assert "Ada has asked this already: it is Q1." in await told(course, "lin") + "\n".join(await course.said("lin"))


async def test_a_tagged_message_below_a_question_is_a_question_and_nothing_else(course: Community) -> None:
    await course.types("ada", f"/ask {WHY}", room=course.alone)
    post = next(one for one in await course.messages("ben") if one.author == "bot" and "Q1" in one.text)
    await course.types("ben", "#提问 My pictures look blurred on my phone, why?", reply_to=post.number)
    await course.types("ada", "#ask Which fonts are good to read on a phone?", reply_to=post.number)
    assert len(await rows(course)) == 3
    assert await course.rows(select(answer)) == []
    assert await course.rows(select(remark)) == []


async def test_an_edit_that_is_told_first_makes_no_second_question(course: Community) -> None:
    number = await course.posts("ada", "#ask First words of mine?")
    posted = await course.withheld()
    await course.edits("ada", number, "#ask Second words of mine?")
    await course.run.app.sink(posted)
    await course.settle()
    assert [row.text for row in await rows(course)] == ["Second words of mine?"]


async def test_a_draft_that_is_edited_has_the_limits_of_a_question(course: Community) -> None:
    number = await course.types("ada", KNOWN)
    await course.types("ada", "/ask", reply_to=number)
    assert await states(course) == ["drafted"]
    await course.edits("ada", number, KNOWN + "?" * 2500)
    assert [row.text for row in await rows(course)] == [KNOWN]
    assert "That is too long" in await told(course)


@pytest.mark.parametrize("text", ["[#ask](http://x.y) what is it?", "see [#提问](https://x.y/z)"])
async def test_a_tag_in_a_link_is_none(course: Community, text: str) -> None:
    await course.types("ada", text)
    assert await rows(course) == []


# --- words ------------------------------------------------------------------------------------------------------------


async def test_words_that_nobody_can_see_are_none(course: Community) -> None:
    await course.types("cas", f"/ask {WHY}", room=course.alone)
    await course.types("ben", "/answer Q1 because \u202eCas is thinking", room=course.alone)
    said = await course.answer("ben", f"/question Q1 correct A1 {INVISIBLE}", room=course.alone)
    assert "What does it say from now on?" in said
    assert "because Cas is thinking" in [one.text for one in await course.rows(select(answer))]
    await course.types("lin", f"/question Q1 back {INVISIBLE}", room="staff")
    await course.types("lin", "/question Q1 back what \u202edo you mean?", room="staff")
    assert [one.text for one in await course.rows(select(remark))] == ["what do you mean?"]
    await alone(course, "cas", "/question Q1 accept A1")
    await alone(course, "cas", f"/question Q1 rate 1 {INVISIBLE}")
    assert [(row.satisfaction, row.verdict) for row in await rows(course)] == [(1, None)]


@pytest.mark.parametrize("which", ["回答 1", "a 1", "A1", "1"])
async def test_an_answer_is_accepted_by_whatever_it_is_called(course: Community, which: str) -> None:
    await alone(course, "cas", f"/ask {WHY}")
    await course.types("ben", "/answer Q1 because Cas is thinking", room=course.alone)
    await alone(course, "cas", f"/question Q1 accept {which}")
    [row] = await rows(course)
    assert (row.state, row.accepted) == ("closed", 1)
