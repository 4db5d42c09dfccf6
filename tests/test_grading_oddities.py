"""Grading where something unusual is typed, or happens meanwhile."""

import pytest
from sqlalchemy import select

from bot.domain.errors import Refused
from bot.features.homework.store import tables
from tests.community import Community
from tests.homework_course import GRADING, HOMEWORK_NOTE
from tests.test_grading import FINISH, PAID, hands_in, press, staff, told

VOICE = {"name": "voice.ogg", "media_type": "audio/ogg"}
FEATURING = PAID + "shown:\n  when: homework.featured\n  then: [award: 15]\n"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID, homework=HOMEWORK_NOTE)
    await course.until(10)
    return course


async def test_an_appeal_takes_the_work_from_who_has_it_open(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 60 weak")
    await course.passes(minutes=5)
    await staff(course, "/grade 1 hook=15 body=25")
    await course.answer("ada", "/appeal 1 I did give figures", room=course.alone)
    assert "its author has asked to look" in await told(course, "lin")
    assert "somebody else decides" in await staff(course, "/grade 1 form=10")
    assert "⚖️ appeal" in await staff(course, "/queue", "chen")


async def test_a_reason_may_begin_with_a_number(course: Community) -> None:
    for who in ("ada", "ben"):
        await hands_in(course, who, f"Text of {who}")
    await staff(course, "/return 1, 2 things are missing")
    assert "2 things are missing" in await told(course, "ada")
    assert "#2 Viral note · Ben" in await staff(course, "/queue")


async def test_numbers_before_words_are_several_only_by_their_signs(course: Community) -> None:
    for who in ("ada", "ben"):
        await hands_in(course, who, f"Text of {who}")
    assert "Did you mean #1, #2?" in await staff(course, "/grade 1, 2 85 Good")
    said = await staff(course, "/grade #1, #2 85 Good")
    assert "#1 Ada: 85%" in said
    assert "#2 Ben: 85%" in said


async def test_a_comment_may_end_with_next(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    assert "#1 Ada: 85%" in await staff(course, "/grade 1 85 Well done, work on the title next")
    assert "work on the title next" in await told(course, "ada")


async def test_what_looks_like_points_and_is_not_understood_is_no_comment(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    for odd in ("85.5", "-5", "999999"):
        assert "is no number of points" in await staff(course, f"/grade 1 {odd}")
    assert "Do you give 3 points?" in await staff(course, "/grade 1 3 points I liked")
    assert "#1 Ada: 85%" in await staff(course, "/grade 1 85。写得好")
    assert "💬 写得好" in await told(course, "ada")


async def test_what_is_withdrawn_is_featured_no_more(open_community) -> None:
    course = await open_community(rules=FEATURING, homework=HOMEWORK_NOTE)
    await course.until(10)
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 feature")
    assert await course.points("ada") == 25
    await course.types("ada", "/homework 1 withdraw yes", room=course.alone)
    assert await course.points("ada") == 0
    assert "can't be graded now" in await staff(course, "/grade 1 feature")
    assert await course.points("ada") == 0


async def test_words_do_not_drop_a_voice_message(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1")
    await course.sends("lin", b"hm", text="/grade comment", room="staff", **VOICE)
    await staff(course, "/grade 1 85 Listen to it")
    [grade] = await course.rows(select(tables.grade))
    assert len(grade.files) == 1
    assert grade.comment == "Listen to it"


async def test_a_voice_message_that_comes_with_points_is_not_left_behind(course: Community) -> None:
    await hands_in(course, "ada", "First.")
    await course.sends("lin", b"hm", text="/grade 1 85 Listen", room="staff", **VOICE)
    assert not await course.rows(select(tables.grade))
    assert "has to be downloaded first" in "\n".join(await course.said("lin", "staff"))


async def test_a_voice_message_that_never_comes_is_told(course: Community, monkeypatch) -> None:
    await hands_in(course, "ada", "First.")
    await staff(course, "/grade 1 hook=30 body=50")

    async def gone(attachment: object) -> bytes:
        raise Refused("gone", why="gone")

    monkeypatch.setattr(course.run.adapter, "fetch", gone)
    await course.sends("lin", b"hm", text="/grade comment", room="staff", **VOICE)
    assert "could not be downloaded" in await told(course, "lin")
    assert "could not be downloaded: voice.ogg" in await staff(course, "/grade 1 form=20")
    await press(course, FINISH)
    assert "100%" in await told(course, "ada")


async def test_a_shorter_limit_counts_for_what_waits_already(course: Community) -> None:
    await staff(course, "hi")
    await hands_in(course, "ada", "First.")
    course.rewrites(rules=PAID, homework=HOMEWORK_NOTE.replace("within: 24h", "within: 4h"))
    await staff(course, "/reload", "chen")
    await course.passes(hours=10)
    assert any("is overdue" in text for text in await course.said("chen", "staff"))
    assert "1 overdue" in await staff(course, "/queue")
    await staff(course, "/grade 1 90")
    assert await course.points("lin") == 0


async def test_a_digest_of_a_homework_that_is_gone_is_not_posted(course: Community) -> None:
    for number, who in enumerate(("ada", "ben"), 1):
        await hands_in(course, who, f"Text of {who}")
        await staff(course, f"/grade {number} hook=10 body=50 form=20")
    await staff(course, "/common note")
    course.rewrites(rules=PAID, homework=GRADING)
    await staff(course, "/reload", "chen")
    assert "no longer part of the course" in await staff(course, "/common 1 post")
