"""Joining and leaving, as platforms report them."""

from typing import Any

import pytest

from bot.domain.events import MemberJoined, MemberLeft
from bot.domain.ids import EventKey
from tests.community import RULES, Community

pytestmark = pytest.mark.every_platform

GREET = RULES + "\nwelcome:\n  when: member.joined\n  then: [{say: {en: 'Welcome, {name}!'}}]\n"


def _happened(course: Community, kind: type[Any], number: int, who: str = "zoe") -> Any:
    key = EventKey(f"state:{number}")
    return kind(key=key, at=course.now, actor=course.actor(who), address=course.address())


async def _greetings(course: Community) -> int:
    from sqlalchemy import select

    from storage.tables import outbox

    rows = await course.rows(select(outbox.c.message))
    return len([row for row in rows if "Welcome, Zoe!" in str(row.message["body"])])


async def test_who_joins_is_welcomed_once(open_community) -> None:
    course = await open_community(rules=GREET)
    await course.welcomes("zoe", "Zoe")
    for number in range(3):
        await course.run.app.sink([_happened(course, MemberJoined, number)])
    assert await _greetings(course) == 1


async def test_who_leaves_is_not_welcomed_and_a_stranger_who_leaves_is_nobody(open_community) -> None:
    course = await open_community(rules=GREET)
    await course.welcomes("zoe", "Zoe")
    await course.run.app.sink([_happened(course, MemberLeft, 1)])
    assert await _greetings(course) == 0
    await course.run.app.sink([_happened(course, MemberJoined, 2)])
    for number in (3, 4):
        await course.run.app.sink([_happened(course, MemberLeft, number)])
    assert await _greetings(course) == 1


async def test_who_left_is_off_the_board_until_they_are_back(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ben", "/checkin")
    gone = _happened(course, MemberLeft, 1, "ada")
    await course.run.app.sink([gone])
    assert await course.board("ben", "/rank") == [("1", "▸ Ben", "5")]
    await course.types("ada", "I am back")
    assert len(await course.board("ben", "/rank")) == 2
