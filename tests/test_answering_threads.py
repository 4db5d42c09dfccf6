"""Posts of questions, and messages that answers stand in: edited, deleted, posted anew, sent from the handbook."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from bot.domain.events import MessageDeleted
from bot.domain.ids import EventKey
from bot.engine.known import Found
from bot.features import FEATURES
from tests.community import Community
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

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


async def opened(open_community: Any) -> Community:
    """Monday at ten; Ada has asked Q1."""
    course: Community = await open_community(course=TWO_ASSISTANTS, rules=PAID, demo=PEOPLE)
    await course.until(10)
    for who in ("lin", "mo", "ben"):
        await course.types(who, "good morning")
    await asks(course, "ada", QUESTION)
    return course


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(open_community)


async def post_is_deleted(course: Community, number: int, room: str = "main") -> None:
    """An admin of the group has deleted a message of the bot's."""
    nobody = course.actor("chen")
    gone = MessageDeleted(
        key=EventKey(f"local:gone:{room}:{number}"),
        at=course.now,
        actor=nobody,
        address=course.address(room),
        message=str(number),
    )
    await course.run.app.sink([gone])
    await course.settle()


# --- posts ------------------------------------------------------------------------------------------------------------


async def test_where_there_are_no_threads_an_answer_replies_to_the_post(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    posted = [m for m in await course.messages("ben") if "Answer A1 to Q1, by Lin" in m.text]
    assert [m.reply_to for m in posted] == [await post_in(course, "main")]
    await course.writes("ben", "And I would sing it to somebody first.", reply_to=posted[0].number)
    assert "sing it" in await told(course, "ada")


async def test_a_question_asked_in_the_group_is_not_said_twice(course: Community) -> None:
    number = await course.types("ben", "/ask Where do good titles come from, please?")
    post = await post_in(course, "main", 2)
    [shown] = [m for m in await course.messages("ada") if m.number == post]
    assert shown.reply_to == number
    assert "Where do good titles" not in shown.text
    assert "Where do good titles" in await shown_in(course, "staff", 2)


async def test_a_deleted_post_comes_again_and_the_answer_reaches_the_asker(course: Community) -> None:
    before = await post_in(course, "main")
    await post_is_deleted(course, before)
    said = [text for text in await course.said("lin", "staff") if "The post of Q1 was deleted" in text]
    assert len(said) == 1
    await replies(course, "lin", ANSWER, room="staff")
    assert ANSWER in await told(course, "ada")
    assert await post_in(course, "main") > before
    assert "Answered" in await shown_in(course, "main")


async def test_staff_post_it_again_by_a_button(course: Community) -> None:
    before = await post_in(course, "main")
    await post_is_deleted(course, before)
    await course.presses("lin", "Post it again", room="staff")
    assert await post_in(course, "main") > before


async def test_the_staffs_own_post_comes_again_too(course: Community) -> None:
    before = await post_in(course, "staff")
    await post_is_deleted(course, before, "staff")
    await course.types("lin", "/question Q1 claim", room="staff")
    assert await post_in(course, "staff") > before


# --- messages that answers stand in -----------------------------------------------------------------------------------


async def test_an_edited_answer_says_something_else(course: Community) -> None:
    number = await replies(course, "lin", ANSWER)
    await course.edits("lin", number, "Take its last line instead.")
    assert "Take its last line instead." in await told(course, "ada")
    assert "Take its last line instead." in await course.answer("ben", "/question Q1")


async def test_an_edit_in_the_staff_room_changes_what_was_posted(course: Community) -> None:
    number = await replies(course, "lin", ANSWER, room="staff")
    await course.edits("lin", number, "Take its last line instead.", room="staff")
    [posted] = [text for text in await course.said("ben") if "Answer A1 to Q1, by Lin" in text]
    assert "Take its last line instead." in posted
    assert "Corrected" in posted
    assert ANSWER not in posted


async def test_an_answer_whose_message_is_deleted_is_none_any_more(course: Community) -> None:
    number = await replies(course, "lin", ANSWER)
    await course.deletes("lin", number)
    assert "its author has deleted it" in await told(course, "ada")
    assert "Answered" not in await shown_in(course, "main")


async def test_the_staff_room_may_be_tidied_up(course: Community) -> None:
    number = await replies(course, "lin", ANSWER, room="staff")
    await course.deletes("lin", number, room="staff")
    assert "Answered" in await shown_in(course, "main")


async def test_a_wrong_answer_that_stands_in_the_group_gets_a_note(course: Community) -> None:
    await replies(course, "lin", ANSWER)
    await staff_says(course, "mo", "/question Q1 withdraw A1 that was about headings")
    assert any("A1 to Q1 was withdrawn: that was about headings" in text for text in await course.said("ben"))


async def test_the_post_of_a_withdrawn_answer_holds_it_no_more(course: Community) -> None:
    await replies(course, "lin", ANSWER, room="staff")
    await staff_says(course, "mo", "/question Q1 withdraw A1 that was about headings")
    assert not any(ANSWER in text for text in await course.said("ben"))


# --- files ------------------------------------------------------------------------------------------------------------


async def test_a_picture_from_the_staff_room_is_shown_to_all(course: Community) -> None:
    file = course.run.app.library.store.keep("title.png", "image/png", PICTURE)
    await course.types("lin", ANSWER, room="staff", reply_to=await post_in(course, "staff"), files=[file])
    shown = [m for m in await course.messages("ben") if m.files and m.author == "bot"]
    assert ["Files of answer A1" in m.text for m in shown] == [True]
    assert any(m.files for m in await course.messages("ada") if m.only_for == "ada")


# --- from the handbook ------------------------------------------------------------------------------------------------


@pytest.fixture
def handbook(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the handbook knew one answer, for staff to take or to leave, and one that is only like it."""
    fits = Found("entry:3", "How do I find a title?", "Take the strongest words.", 0.5, is_sure=True)
    alike = Found("entry:4", "Is there a title too long?", "Twenty characters.", 0.2, is_sure=False)
    [feature] = [feature for feature in FEATURES if feature.name == "handbook"]

    def find(db: Connection, *asked: object) -> list[Found]:
        return [fits, alike]

    monkeypatch.setitem(feature.queries, "handbook.find", find)


async def test_what_is_only_like_it_is_named_but_not_sent_with_one_tap(handbook: None, open_community) -> None:
    course = await opened(open_community)
    await course.passes(minutes=11)
    assert "May help: H4 Is there a title too long?" in await shown_in(course, "staff")
    assert [label for label in await buttons_of(course) if "resolve" in label] == ["📖 H3 & resolve"]


async def test_one_tap_answers_from_the_handbook_and_settles(handbook: None, open_community) -> None:
    course = await opened(open_community)
    await course.passes(minutes=11)
    assert "May help: H3 How do I find a title?" in await shown_in(course, "staff")
    await course.presses("lin", "📖 H3 & resolve", room="staff")
    news = await told(course, "ada")
    assert "Take the strongest words." in news
    assert "How satisfied" in news
    assert "Settled" in await shown_in(course, "main")
    assert await buttons_of(course) == []
