"""Asked without a name: nobody learns who it was, from nothing that is said, shown, logged, exported or counted."""

import pytest

from tests.community import RULES, Community
from tests.test_asking import in_private

pytestmark = pytest.mark.every_platform

PAID = (
    RULES
    + """
asked:
  title: {zh: 提了问题, en: Asked a question}
  when: question.asked
  then: [award: 3]
"""
)
SECRET = "Why does nobody read what I write?"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=PAID)
    await course.until(10)
    await course.types("ada", "hello")
    await course.types("ben", "hello")
    return course


async def asks_without_a_name(course: Community, who: str = "ada", text: str = SECRET) -> str:
    """Asked in private; what the asker reads."""
    await in_private(course, who, f"/ask anonymous {text}")
    return "\n".join(await course.said(who, course.private_room))


async def told(course: Community, who: str) -> str:
    """All that somebody reads who asks in private."""
    return "\n".join([*await course.said(who), *await course.said(who, course.private_room)])


async def read_by(course: Community, who: str) -> str:
    """Everything that somebody else can read."""
    rooms = ["main", *(["staff"] if who in ("lin", "chen") else [])]
    return "\n".join([line for room in rooms for line in await course.said(who, room)])


async def test_everybody_reads_the_question_and_nobody_the_name(course: Community) -> None:
    assert "Q1" in await asks_without_a_name(course)
    for who in ("ben", "lin", "chen"):
        seen = await read_by(course, who)
        assert SECRET in seen
        assert "Ada" not in seen.split(SECRET)[0].splitlines()[-1]
    assert "Somebody" in await read_by(course, "ben")
    for command in ("/queue", "/queue questions", "/question Q1", "/answers"):
        assert "Ada" not in await course.answer("lin", command, room="staff"), command
    why = await course.answer("lin", "/why @ada", room="staff")
    assert "question" not in why.casefold()


async def test_what_it_earns_appears_when_the_day_is_over(course: Community) -> None:
    before = await course.points("ada")
    await asks_without_a_name(course)
    assert await course.points("ada") == before
    await course.until(23, 59)
    assert await course.points("ada") == before
    await course.passes(minutes=2)
    assert await course.points("ada") == before + 3
    said = "\n".join(await course.said("ada", course.private_room) + await course.said("ben"))
    assert "Asked a question" not in said


async def test_why_and_points_do_not_say_what_it_was(course: Community) -> None:
    await asks_without_a_name(course)
    await course.passes(hours=15)
    assert "Asked a question" not in await course.answer("ada", "/why", room=course.alone)
    shown = await course.answer("ada", "/points", room=course.alone)
    board = await course.board("ada", "/points")
    assert "Asked a question" not in shown + str(board)
    assert any("without a name" in cell for row in board for cell in row)


async def test_no_log_connects_the_two(course: Community, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("bot", "storage"):
        caplog.set_level("DEBUG", logger=name)
    await asks_without_a_name(course)
    await course.passes(hours=15)
    ours = [record.getMessage() for record in caplog.records if record.name.split(".")[0] in ("bot", "storage")]
    assert not [line for line in ours if "Ada" in line or SECRET in line]
    assert len([entry for entry in await course.ledger() if entry["points"] == 3]) == 1


async def test_answers_reach_the_asker_in_private_and_more_can_be_said_without_a_name(course: Community) -> None:
    await asks_without_a_name(course)
    await course.types("lin", "/answer Q1 They do. Look at the figures of your last note.", room="staff")
    assert "Look at the figures" in await told(course, "ada")
    await in_private(course, "ada", "/question Q1 more And those before?")
    seen = await read_by(course, "ben")
    assert "And those before?" in seen
    assert "Ada" not in seen.split("And those before?")[0].splitlines()[-1]


async def test_an_admin_may_look_with_a_reason_and_the_asker_hears_of_it(course: Community) -> None:
    await asks_without_a_name(course)
    assert "Only an admin" in await course.answer("lin", "/question Q1 reveal because I want to", room=course.alone)
    assert "more clearly why" in await course.answer("chen", "/question Q1 reveal", room=course.alone)
    assert "Q1 was asked by Ada" in await course.answer(
        "chen", "/question Q1 reveal advertises another course", room=course.alone
    )
    assert "advertises another course" in await told(course, "ada")
    assert "Ada" not in await read_by(course, "lin")


async def test_it_can_be_withdrawn_before_it_has_earned_anything(course: Community) -> None:
    before = await course.points("ada")
    await asks_without_a_name(course)
    await in_private(course, "ada", "/question Q1 withdraw")
    await course.passes(hours=15)
    assert await course.points("ada") == before
    assert SECRET not in await read_by(course, "ben")
