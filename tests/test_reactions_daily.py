"""Reactions of one member to another's messages count once a day, whatever the rules say of limits."""

from typing import Any

import pytest

from bot.engine.messages import message_object
from bot.features import reactions
from tests.community import RULES, Community
from tests.test_links import TWO, link

pytestmark = pytest.mark.every_platform

LIKED = RULES + "liked:\n  when: reaction.received\n  then: [award: 4]\n"


@pytest.fixture
async def course(open_community: Any) -> Community:
    found: Community = await open_community(rules=LIKED)
    for who in ("ada", "ben", "mia"):
        await found.types(who, "hello")
    return found


async def likes(course: Community, who: str, numbers: list[int], *, on: bool = True) -> None:
    for number in numbers:
        await course.reacts(who, number, "👍", on)


async def posts(course: Community, who: str = "ada", *, count: int = 3) -> list[int]:
    return [await course.types(who, f"hello {number}") for number in range(count)]


async def test_who_likes_everything_that_somebody_says_has_liked_it_once(course: Community) -> None:
    await likes(course, "ben", await posts(course))
    assert await course.points("ada") == 4


async def test_each_day_and_each_pair_counts_anew(course: Community) -> None:
    mine = await posts(course)
    await likes(course, "ben", mine[:2])
    await likes(course, "mia", mine[:2])
    assert await course.points("ada") == 8
    await likes(course, "mia", await posts(course, "ben"))
    assert await course.points("ben") == 4
    await course.passes(days=1)
    await likes(course, "ben", mine[2:])
    assert await course.points("ada") == 12


async def test_taking_one_back_takes_nothing_while_another_of_the_day_is_left(course: Community) -> None:
    mine = await posts(course)
    await likes(course, "ben", mine)
    for number in mine[:2]:
        await likes(course, "ben", [number], on=False)
        assert await course.points("ada") == 4
    await likes(course, "ben", mine[2:], on=False)
    assert await course.points("ada") == 0
    await likes(course, "ben", mine)
    assert await course.points("ada") == 4


async def test_one_of_another_day_does_not_keep_it(course: Community) -> None:
    mine = await posts(course, count=2)
    await likes(course, "ben", mine[:1])
    await course.passes(days=1)
    await likes(course, "ben", mine[1:])
    assert await course.points("ada") == 8
    await likes(course, "ben", mine[:1], on=False)
    assert await course.points("ada") == 4
    await likes(course, "ben", mine[1:], on=False)
    assert await course.points("ada") == 0


async def test_one_to_somebody_else_does_not_keep_it(course: Community) -> None:
    mine, theirs = await posts(course, count=1), await posts(course, "mia", count=1)
    await likes(course, "ben", [*mine, *theirs])
    await likes(course, "ben", mine, on=False)
    assert (await course.points("ada"), await course.points("mia")) == (0, 4)


@pytest.mark.needs("deletions")
async def test_a_deleted_message_takes_only_what_no_other_has_earned(course: Community) -> None:
    first, second = await posts(course, count=2)
    await likes(course, "ben", [first, second])
    await likes(course, "mia", [first])
    await course.deletes("ada", first)
    assert await course.points("ada") == 4
    await course.deletes("ada", second)
    assert await course.points("ada") == 0


async def test_two_accounts_of_one_person_like_once_a_day(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=LIKED)
    for who in ("ada", "ada2", "ben"):
        await course.types(who, "hello")
    mine = await posts(course, "ben")
    await likes(course, "ada2", mine[:1])
    await link(course)
    await likes(course, "ada", mine[1:2])
    await likes(course, "ada2", mine[2:])
    assert await course.points("ben") == 4
    await likes(course, "ada2", [mine[0], mine[2]], on=False)
    assert await course.points("ben") == 4
    await likes(course, "ada", mine[1:2], on=False)
    assert await course.points("ben") == 0


async def test_to_like_two_accounts_of_one_person_counts_once_when_they_are_one(open_community: Any) -> None:
    course = await open_community(demo=TWO, rules=LIKED)
    for who in ("ada", "ada2", "ben"):
        await course.types(who, "hello")
    await likes(course, "ben", await posts(course, "ada", count=1) + await posts(course, "ada2", count=1))
    await link(course)
    assert await course.points("ada") == 4


async def test_what_was_given_for_each_message_before_goes_with_its_reaction(
    course: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    [number] = await posts(course, count=1)
    said = message_object(course.address(), str(number))
    with monkeypatch.context() as before:
        before.setattr(reactions, "_object", lambda account, _: f"reaction of member {account} on {said}")
        await likes(course, "ben", [number])
    assert await course.points("ada") == 4
    await likes(course, "ben", [number], on=False)
    assert await course.points("ada") == 0
