"""What is known already is shown to who asks, before anybody else is asked: it helps, or they ask anyway."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.features.questions.store.tables import offer, question
from tests.community import DEMO, Community

pytestmark = pytest.mark.every_platform

QUIET = DEMO.split("classmates:")[0]
FAQ = """
late_work:
  asked: {zh: 作业交晚了怎么办？, en: What happens if I hand in my homework late?}
  also: [Can I submit homework after the deadline?]
  answer: {zh: 三天内都收，每天扣一成。, en: It is taken for three days and loses a tenth each day.}
covers:
  asked: {zh: 封面用什么工具做？, en: Which tool do I use to make a cover picture?}
  answer: {zh: 可画就够用。, en: Canva is enough.}
deadline:
  asked: {zh: 作业几点截止？, en: When is the homework due each day?}
  answer: {zh: 每天 22:00。, en: At ten in the evening.}
"""
KNOWN, ALIKE, NEW = (
    "What happens if I hand in my homework late?",
    "Which tool is best to edit a picture?",
    "Why are zebras striped?",
)
ANSWER = "It is taken for three days and loses a tenth each day."


@pytest.fixture
async def asking(open_community) -> Community:
    return await opened(open_community)


async def opened(open_community, **files: str) -> Community:
    course: Community = await open_community(**{"demo": QUIET, "faq": FAQ, **files})
    await course.until(10)
    for who in ("ada", "ben"):
        await course.types(who, "/points", room=course.alone)
        await course.types(who, "hello")
    return course


async def rows(course: Community) -> list[Any]:
    return await course.rows(select(question).order_by(question.c.id))


async def offers(course: Community) -> list[Any]:
    return await course.rows(select(offer).order_by(offer.c.found))


async def told(course: Community, who: str = "ada") -> str:
    heard = [message for room in dict.fromkeys((course.alone, "main")) for message in await course.messages(who, room)]
    return "\n".join(message.text for message in heard if message.author == "bot" and message.only_for == who)


async def public(course: Community) -> list[str]:
    return [text for text in await course.said("ben") if "Q1" in text]


async def test_an_answer_that_is_sure_is_shown_to_the_asker_alone_and_nothing_is_filed(asking: Community) -> None:
    said = await asking.answer("ada", f"/ask {KNOWN}", room=asking.alone)
    assert said.startswith(f"This was answered before. Does it help?\n{KNOWN}\n{ANSWER}\nFrom: handbook, H1")
    assert "it is filed by itself in 10 minutes" in said
    assert await public(asking) == []
    [row] = await rows(asking)
    assert row.state == "drafted"


async def test_that_is_it_settles_it_and_nobody_was_asked(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    said = await asking.presses("ada", "✅ That's it", room=asking.alone)
    assert "Nobody was asked" in (said or "") + await told(asking)
    [row] = await rows(asking)
    assert (row.state, row.helped_by) == ("helped", "entry:1")
    assert [one.is_help for one in await offers(asking) if one.found == "entry:1"] == [True]
    await asking.passes(minutes=30)
    assert await public(asking) == []
    assert "Q1" not in "\n".join(await asking.said("lin", "staff"))


async def test_ask_anyway_files_it(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    await asking.presses("ada", "Ask anyway", room=asking.alone)
    assert "Your question is Q1" in await told(asking)
    assert len(await public(asking)) == 1
    assert [one.is_help for one in await offers(asking)] == [False] * len(await offers(asking))
    await asking.presses("ada", "Ask anyway", room=asking.alone)
    assert len(await public(asking)) == 1


async def test_who_presses_nothing_has_asked_after_ten_minutes(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    await asking.passes(minutes=9)
    assert await public(asking) == []
    await asking.passes(minutes=1)
    assert len(await public(asking)) == 1
    assert "You have not pressed anything, so your question was filed." in await told(asking)
    assert "by 1 Mar 14:00 at the latest" in await told(asking)  # from when it was asked


async def test_the_draft_of_who_leaves_is_dropped(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    await asking.leaves("ada")
    await asking.passes(minutes=11)
    assert await public(asking) == []
    assert not [row for row in await rows(asking) if row.state not in ("withdrawn", "closed")]


async def test_a_draft_asked_again_is_shown_again(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    assert ANSWER in await asking.answer("ada", f"/ask {KNOWN}", room=asking.alone)
    assert len(await rows(asking)) == 1


async def test_what_nobody_knows_is_filed_without_a_word_of_it(asking: Community) -> None:
    said = await asking.answer("ada", f"/ask {NEW}", room=asking.alone)
    assert said.startswith("Got it. Your question is Q1")
    assert "before" not in said
    assert await offers(asking) == []


async def test_what_is_alike_shows_by_its_title_and_in_full_on_a_tap(asking: Community) -> None:
    said = await asking.answer("ada", f"/ask {ALIKE}", room=asking.alone)
    assert "1. Which tool do I use to make a cover picture? (handbook, H2)" in said
    assert "Canva" not in said
    await asking.presses("ada", "Show 1", room=asking.alone)
    assert "Canva is enough.\nFrom: handbook, H2" in await told(asking)
    await asking.presses("ada", "✅ That's it", room=asking.alone)
    [row] = await rows(asking)
    assert row.state == "helped"


async def test_the_buttons_of_a_draft_are_for_its_asker(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    for words in ("1 helped entry:1", "1 anyway", "1 show entry:1", "1", "x", "99999999999999999999 anyway"):
        assert "does nothing any more" in await asking.answer("ben", f"/asked {words}", room=asking.alone)
    [row] = await rows(asking)
    assert row.state == "drafted"


async def test_what_was_not_shown_can_t_have_helped(asking: Community) -> None:
    await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
    assert "not there any more" in await asking.answer("ada", "/asked 1 helped entry:99", room=asking.alone)


async def test_a_post_is_filed_at_once_and_the_answer_is_whispered(asking: Community) -> None:
    await asking.types("ada", f"#提问 {KNOWN}")
    assert len(await public(asking)) == 1
    assert not [text for text in await asking.said("ben") if ANSWER in text]
    assert "maybe it helps while you wait" in await told(asking)
    assert ANSWER in await told(asking)
    await asking.presses("ada", "✅ That's it")
    [row] = await rows(asking)
    assert (row.state, row.helped_by) == ("closed", "entry:1")


async def test_of_a_post_what_is_only_alike_is_not_mentioned(asking: Community) -> None:
    await asking.types("ada", f"#提问 {ALIKE}")
    assert "Your question is Q1" in await told(asking)
    assert "alike" not in await told(asking)
    assert "maybe it helps" not in await told(asking)


async def test_a_course_may_do_without(open_community) -> None:
    course = await opened(open_community, questions="offers: false\n")
    assert "Your question is Q1" in await course.answer("ada", f"/ask {KNOWN}", room=course.alone)


async def test_asked_again_after_it_helped_it_is_another_question(asking: Community) -> None:
    for _ in range(2):
        await asking.types("ada", f"/ask {KNOWN}", room=asking.alone)
        await asking.presses("ada", "✅ That's it", room=asking.alone)
    assert [row.state for row in await rows(asking)] == ["helped", "helped"]
