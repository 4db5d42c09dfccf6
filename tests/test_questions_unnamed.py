"""Without a name means without a name: a mark that is not sure, what the group sees, points, and what staff try."""

import pytest

from tests.community import Community
from tests.test_asking import in_private, rows
from tests.test_links import TWO, link
from tests.test_questions_anonymous import PAID, SECRET, asks_without_a_name, read_by, told

pytestmark = pytest.mark.every_platform

ANSWERED = PAID + "answered: {title: {en: Answered}, when: question.answered, then: [award: 1]}\n"


@pytest.fixture
async def course(open_community) -> Community:
    return await opened(open_community)


async def opened(open_community, **files: str) -> Community:
    course: Community = await open_community(**{"rules": ANSWERED, **files})
    await course.until(10)
    for who in ("ada", "ben"):
        await course.types(who, "/points", room=course.alone)
        await course.types(who, "hello")
    return course


async def test_a_mark_in_any_dress_keeps_the_name_back(course: Community) -> None:
    await in_private(course, "ada", f"/ask 【匿名】{SECRET}")
    await in_private(course, "ben", "/ask How do I find a title? (anonymous)")
    assert [(row.is_anonymous, row.text) for row in await rows(course)] == [
        (True, SECRET),
        (True, "How do I find a title?"),
    ]


async def test_where_it_is_not_sure_nothing_is_filed_and_both_ways_are_one_tap(course: Community) -> None:
    await in_private(course, "ada", "/ask 匿名我想知道标题怎么写")
    assert await rows(course) == []
    assert "without your name" in await told(course, "ada")
    await course.presses("ada", "Without my name", room=course.private_room)
    await in_private(course, "ben", "/ask Can I ask anonymously?")
    await course.presses("ben", "With my name", room=course.private_room)
    assert [(row.is_anonymous, row.text) for row in await rows(course)] == [
        (True, "匿名我想知道标题怎么写"),
        (False, "Can I ask anonymously?"),
    ]


async def test_in_a_group_nothing_is_filed_that_may_have_been_meant_so(course: Community) -> None:
    await course.types("ada", f"#提问 匿名！{SECRET}")
    await course.types("ada", f"#提问 匿名我想问 {SECRET}")
    assert await rows(course) == []


@pytest.mark.parametrize(
    "said", ["close", "more hello there", "accept A1", "rate 4", "reopen", "withdraw", "tag how_to"]
)
async def test_typed_where_all_can_read_it_everybody_is_answered_alike(course: Community, said: str) -> None:
    await asks_without_a_name(course)
    seen = []
    [before] = await rows(course)
    for who in ("ada", "ben"):
        count = len(await course.said("mia"))
        await course.writes(who, f"/question Q1 {said}")
        seen.append((await course.said("mia"))[count + 1 :])
    assert seen[0] == seen[1]
    assert await rows(course) == [before]


async def test_an_own_answer_counts_as_anybodys_also_when_the_day_is_over(course: Community) -> None:
    before = await course.points("ada")
    await asks_without_a_name(course)
    await course.types("ada", "/answer Q1 Because of the title, I think.", room=course.alone)
    assert await course.points("ada") == before + 1
    await course.passes(hours=15)
    assert await course.points("ada") == before + 4


async def test_linking_the_accounts_takes_nothing_back_that_others_would_see(open_community) -> None:
    course = await opened(open_community, demo=TWO)
    await asks_without_a_name(course)
    await course.types("ada2", "/answer Q1 Because of the title, I think.", room=course.alone)
    await link(course)
    assert [entry["points"] for entry in await course.ledger()] == [1]


async def test_taken_back_later_it_costs_its_points_when_that_day_is_over(course: Community) -> None:
    before = await course.points("ada")
    await asks_without_a_name(course)
    await course.passes(hours=15)
    assert await course.points("ada") == before + 3
    await in_private(course, "ada", "/question Q1 withdraw")
    assert await course.points("ada") == before + 3
    await course.passes(hours=24)
    assert await course.points("ada") == before


async def test_staff_filing_the_same_words_learn_nothing(course: Community) -> None:
    await asks_without_a_name(course)
    for who in ("ada", "ben"):
        number = await course.types(who, SECRET)
        await course.types("lin", "/ask", reply_to=number)
    assert [row.is_anonymous for row in await rows(course)] == [True, False, False]
    assert "Ada has asked" not in await read_by(course, "lin")


async def test_what_was_asked_without_a_name_does_not_fill_up_what_staff_may_file(open_community) -> None:
    course = await opened(open_community, questions="within: 4h\nanonymous: 20\n")
    for topic in ("title", "cover", "tag", "voice", "song", "map", "date", "link", "draft", "colour"):
        await in_private(course, "ada", f"/ask anonymous What about every single {topic * 3}?")
    number = await course.types("ada", SECRET)
    await course.types("lin", "/ask", reply_to=number)
    assert [row.text for row in await rows(course) if not row.is_anonymous] == [SECRET]
    await in_private(course, "ada", "/ask anonymous Is one more too many?")
    assert "questions waiting for an answer" in await told(course, "ada")
