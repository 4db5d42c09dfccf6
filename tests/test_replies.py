"""Which messages are a reply to somebody."""

from collections.abc import Sequence

import pytest
from sqlalchemy import event

from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

REPLIED = RULES + "reply: {when: message.posted, where: {is_reply: true}, counts_as: help, then: [award: 3]}\n"


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=REPLIED)
    return course


async def _at_once(course: Community, said: Sequence[tuple[str, str, int | None]]) -> None:
    """Several messages that come as one batch; a reply names the message by its place, from 0."""
    numbers: list[int] = []
    for who, text, to in said:
        reply_to = None if to is None else numbers[to]
        numbers.append(await course.posts(who, text, reply_to=reply_to))
    await course.settle()


async def test_a_reply_to_another_member_is_one(course: Community) -> None:
    number = await course.types("ben", "how?")
    await course.types("ada", "so", reply_to=number)
    assert await course.points("ada") == 3


@pytest.mark.parametrize("to", ["oneself", "a command", "the bot", "nothing"])
async def test_a_reply_to_nobody_else_is_none(course: Community, to: str) -> None:
    await course.until(9)
    number = {
        "oneself": await course.types("ada", "how?"),
        "a command": await course.types("ben", "/points"),
        "the bot": (await course.messages())[0].number,
        "nothing": 99_999,
    }[to]
    await course.types("ada", "so", reply_to=number)
    assert await course.points("ada") == 0


async def test_it_is_the_same_for_messages_that_come_together(course: Community) -> None:
    await _at_once(course, [("ada", "how?", None), ("ada", "so", 0), ("ben", "so", 0), ("ada", "ah", 2)])
    assert (await course.points("ada"), await course.points("ben")) == (3, 3)


@pytest.mark.parametrize(("replies", "statements"), [(0, 0), (1, 1), (5, 1)])
async def test_whom_they_answer_is_asked_once_for_all(course: Community, replies: int, statements: int) -> None:
    first = await course.types("ben", "how?")
    for number in range(6):
        await course.posts("ada", "so", reply_to=first if number < replies else None)
    events = await course.withheld()
    asked: list[str] = []
    engine = course.run.app.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    await course.run.app.sink(events)
    assert sum("FROM fact" in " ".join(said.split()) for said in asked) == statements
    assert await course.points("ada") == 3 * replies
