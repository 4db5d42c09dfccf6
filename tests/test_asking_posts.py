"""The message that holds a question changes or goes; questions without a name; pictures that came in private."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.features.questions.store.tables import question, remark
from storage.tables import fact
from tests.community import Community
from tests.test_asking import in_private, opened, rows, told
from tests.test_bare import PNG as PNG_WHOLE
from tests.test_bare import PNG_OF_ADA

pytestmark = pytest.mark.every_platform

HOW, WHY = "How do I find a title that works?", "Why does nobody read what I write?"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
async def asking(open_community) -> Community:
    return await opened(open_community)


async def remarks(course: Community) -> list[tuple[str, str]]:
    return [(row.kind, row.text) for row in await course.rows(select(remark).order_by(remark.c.id))]


async def answers(course: Community, text: str = "With a number in it.") -> None:
    await course.types("lin", f"/answer Q1 {text}", room="staff")


async def public(course: Community, number: int = 1) -> str:
    return next(text for text in await course.said("ben") if f"Q{number}" in text)


# --- edited -----------------------------------------------------------------------------------------------------------


async def test_an_edit_before_an_answer_changes_the_question_and_the_words_before_are_kept(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await asking.edits("ada", number, f"#提问 {WHY}")
    [row] = await rows(asking)
    assert (row.text, row.tag, row.state) == (WHY, "content", "waiting")
    assert await remarks(asking) == [("before", HOW)]
    assert "You edited your message, and Q1 goes along" in await told(asking)


async def test_an_edit_that_changes_nothing_of_it_is_no_edit(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await asking.edits("ada", number, f"{HOW} #提问")
    assert await remarks(asking) == []


async def test_an_edit_after_an_answer_changes_nothing_and_all_are_told(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await answers(asking)
    await asking.edits("ada", number, f"#提问 {WHY}")
    [row] = await rows(asking)
    assert row.text == HOW
    assert "but Q1 keeps its words" in await told(asking)
    assert "The asker of Q1 has edited the message since." in "\n".join(await asking.said("lin", "staff"))


async def test_a_tag_that_is_put_into_a_message_later_asks_it(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.edits("ada", number, f"#提问 {WHY}")
    [row] = await rows(asking)
    assert row.text == WHY


async def test_who_edits_far_too_much_into_it_keeps_the_question(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await asking.edits("ada", number, "#提问 " + "字" * 2001)
    assert len(await rows(asking)) == 1


@pytest.mark.needs("question marks")
async def test_a_question_mark_below_an_edited_message_asks_what_it_says_now(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.edits("ada", number, WHY)
    await asking.reacts("ada", number, "❓")
    [row] = await rows(asking)
    assert row.text == WHY


# --- taken back -------------------------------------------------------------------------------------------------------


@pytest.mark.needs("deletions")
async def test_who_deletes_their_message_withdraws_the_question_and_what_it_earned(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await asking.deletes("ada", number)
    [row] = await rows(asking)
    assert row.state == "withdrawn"
    assert HOW not in await public(asking)
    assert await asking.points("ada") == 0
    assert "so Q1 is withdrawn" in await told(asking)


@pytest.mark.needs("deletions")
async def test_what_was_answered_stays_when_its_message_goes(asking: Community) -> None:
    number = await asking.types("ada", f"#提问 {HOW}")
    await answers(asking)
    await asking.deletes("ada", number)
    [row] = await rows(asking)
    assert row.state == "answered"
    assert "The message of Q1 was deleted." in "\n".join(await asking.said("lin", "staff"))


@pytest.mark.needs("deletions")
@pytest.mark.needs("question marks")
async def test_a_deleted_message_is_no_question_any_more(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.deletes("ada", number)
    assert await asking.rows(select(question)) == []


@pytest.mark.needs("question marks")
async def test_who_takes_the_question_mark_away_takes_the_question_back(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.reacts("ada", number, "❓")
    await asking.reacts("ada", number, "❓", False)
    [row] = await rows(asking)
    assert row.state == "withdrawn"
    assert "You took the question mark away" in await told(asking)
    await asking.reacts("ada", number, "❓")
    assert [row.state for row in await rows(asking)] == ["withdrawn", "waiting"]


@pytest.mark.needs("question marks")
async def test_once_somebody_has_taken_it_on_a_question_mark_takes_nothing_back(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.reacts("ada", number, "❓")
    await asking.types("lin", "/question Q1 claim", room="staff")
    await asking.reacts("ada", number, "❓", False)
    [row] = await rows(asking)
    assert row.state == "waiting"


@pytest.mark.needs("question marks")
async def test_the_question_mark_of_the_staff_takes_back_nothing_of_anothers(asking: Community) -> None:
    number = await asking.types("ada", HOW)
    await asking.types("lin", "hello")
    await asking.reacts("lin", number, "❓")
    await asking.reacts("lin", number, "❓", False)
    [row] = await rows(asking)
    assert row.state == "waiting"


# --- without a name ---------------------------------------------------------------------------------------------------


async def test_an_anonymous_question_names_nobody_anywhere(asking: Community) -> None:
    await in_private(asking, "ada", f"/ask anonymous {HOW}")
    [row] = await rows(asking)
    assert (row.text, row.is_anonymous, row.object) == (HOW, True, None)
    for who, room in (("ben", "main"), ("lin", "staff")):
        [shown] = [text for text in await asking.said(who, room) if "Q1" in text]
        assert HOW in shown
        assert "Ada" not in shown
    assert await asking.rows(select(fact).where(fact.c.kind == "question.asked")) == []


async def test_it_is_asked_in_chinese_and_by_a_tag(asking: Community) -> None:
    await in_private(asking, "ada", f"/ask 匿名 {HOW}")
    await in_private(asking, "ada", f"#提问 匿名：{WHY}")
    assert [(row.text, row.is_anonymous) for row in await rows(asking)] == [(HOW, True), (WHY, True)]


@pytest.mark.parametrize("text", [f"/ask anonymous {HOW}", f"/ask 匿名：{HOW}", "/ask 匿名"])
async def test_in_the_open_it_would_be_no_secret(asking: Community, text: str) -> None:
    await asking.writes("ada", text)
    assert await rows(asking) == []
    assert "in the private chat" in await heard(asking) or "in our private chat" in await heard(asking)


async def heard(course: Community) -> str:
    """All that Ada has read of the bot, wherever."""
    rooms = (course.private_room, "main")
    return "\n".join([text for room in rooms for text in await course.said("ada", room)])


async def test_three_a_day_may_be_asked_without_a_name(asking: Community) -> None:
    for number in range(4):
        await in_private(asking, "ada", f"/ask anonymous Question of mine, number {number}?")
    assert len(await rows(asking)) == 3
    await asking.passes(days=1)
    await in_private(asking, "ada", "/ask anonymous One more today?")
    assert len(await rows(asking)) == 4


async def test_a_course_may_want_no_anonymous_questions(open_community) -> None:
    course = await opened(open_community, questions="anonymous: 0\n")
    await in_private(course, "ada", f"/ask anonymous {HOW}")
    assert await rows(course) == []


async def test_asking_the_same_openly_gives_nobody_away(asking: Community) -> None:
    await in_private(asking, "ada", f"/ask anonymous {HOW}")
    await asking.types("ada", f"#提问 {HOW}")
    assert not [text for text in await asking.said("ben") if "asked this already" in text]
    number = await asking.types("ada", HOW)
    await asking.types("lin", "/ask", reply_to=number)
    said = await told(asking, "lin") + "\n".join(await asking.said("lin"))
    assert "it is Q2" in said  # what she asked openly, as it would be with anybody
    assert [row.is_anonymous for row in await rows(asking)] == [True, False]


# --- pictures ---------------------------------------------------------------------------------------------------------


async def test_a_picture_that_came_in_private_is_shown_to_all_without_a_name(asking: Community) -> None:
    said = f"/ask anonymous {HOW}"
    await asking.sends("ada", PNG_OF_ADA, name="ada.png", media_type="image/png", text=said, room=asking.private_room)
    await asking.passes(seconds=30)
    [shown] = [message for message in await asking.messages("ben") if message.files]
    assert "ada" not in shown.files[0].name.casefold()
    assert "Q1" in shown.text
    [row] = await rows(asking)
    kept = asking.run.app.library.store.path(row.files[0]["file"]["sha256"])
    assert kept is not None
    assert kept.read_bytes() == PNG_WHOLE


async def test_a_picture_that_stands_in_the_group_is_not_shown_again(asking: Community) -> None:
    await asking.sends("ada", PNG, name="cover.png", media_type="image/png", text=f"#提问 {HOW}")
    await asking.passes(seconds=30)
    assert not [message for message in await asking.messages("ben") if message.files and message.author == "bot"]
    [row] = await rows(asking)
    assert row.files[0]["file"]
