"""Nobody looked for a while: what was deleted meanwhile counts no more, and reactions count as they stand now."""

import itertools
from collections.abc import Iterable

import pytest
from sqlalchemy import func, select

from bot.domain.events import SeenMessage, StretchSeen
from bot.domain.ids import EventKey
from bot.domain.places import Address
from storage.tables import fact
from tests.community import RULES, Community
from tests.test_links import TWO, link

RULED = RULES + "liked: {when: reaction.received, then: [award: 2]}\n"
_numbers = itertools.count(1)


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=RULED)
    return course


Shown = dict[int, Iterable[tuple[str, str]] | None]


async def is_seen(
    course: Community,
    shown: Shown,
    *,
    first: int = 1,
    last: int = 9999,
    times: int = 1,
    address: Address | None = None,
) -> None:
    """What stands in the group between two messages now, with who reacted; told as often as one likes."""
    for _ in range(times):
        event = StretchSeen(
            key=EventKey(f"local:stretch:{next(_numbers)}"),
            at=course.now,
            address=address or course.address(),
            first=str(first),
            last=str(last),
            messages=tuple(
                SeenMessage(
                    message=str(message),
                    reactions=None if who is None else tuple((course.actor(user), what) for user, what in who),
                )
                for message, who in shown.items()
            ),
        )
        await course.run.app.sink([event])
    await course.settle()


async def counted(course: Community, kind: str) -> int:
    rows = await course.rows(select(func.count()).select_from(fact).where(fact.c.kind == kind))
    return int(rows[0][0])


LONG = "A message that is long enough to be worth something."


async def test_what_is_gone_was_deleted_and_only_that(course: Community) -> None:
    numbers = [await course.types("ada", f"{LONG} {count}") for count in range(2)]
    assert await course.points("ada") == 2
    await is_seen(course, dict.fromkeys(numbers[:1]), times=3)
    assert await course.points("ada") == 1
    assert await counted(course, "retracted") == 1


async def test_what_lies_outside_the_stretch_is_left_alone(course: Community) -> None:
    numbers = [await course.types("ada", f"{LONG} {count}") for count in range(12)]
    inside = numbers[8:11]
    assert len({len(str(number)) for number in inside}) > 1, "ids of several lengths"
    await is_seen(course, {}, first=inside[0], last=inside[-1])
    gone = await course.rows(select(fact.c.object).where(fact.c.kind == "retracted"))
    assert sorted(row.object.rpartition(":")[2] for row in gone) == sorted(map(str, inside))


async def test_a_stretch_of_another_chat_deletes_nothing(course: Community) -> None:
    await course.types("ada", LONG)
    for address in (course.address("staff"), course.address("nowhere"), course.address("mainly"), course.address("m")):
        await is_seen(course, {}, address=address)
    assert await course.points("ada") == 1
    assert await course.answer("chen", "/failures", room="staff") == "Nothing is waiting: all is well."


async def test_reactions_that_came_and_went_count_as_they_stand_now(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await is_seen(course, {number: [("ben", "👍")], 1: ()}, times=2)
    assert (await course.points("ada"), await counted(course, "reaction.received")) == (2, 1)
    await is_seen(course, {number: []}, first=number, times=2)
    assert (await course.points("ada"), await counted(course, "retracted")) == (0, 1)


async def test_reactions_that_are_not_known_stay(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    await is_seen(course, {number: None}, first=number)
    assert await course.points("ada") == 2


async def test_one_reaction_for_another(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", "hello")
    await course.reacts("ben", number, "👍")
    long = "x" * 80
    await is_seen(course, {number: [("ben", "🎉"), ("ben", long), ("stranger", "👍")]}, first=number, times=2)
    assert await course.points("ada") == 2
    await is_seen(course, {number: []}, first=number)
    assert await course.points("ada") == 0


async def test_a_message_that_is_gone_takes_its_reactions_along(course: Community) -> None:
    await course.types("ben", "hello")
    number = await course.types("ada", LONG)
    await course.reacts("ben", number, "👍")
    assert await course.points("ada") == 3
    await is_seen(course, {}, first=number, times=2)
    assert await course.points("ada") == 0


async def test_a_share_that_is_gone_is_none(course: Community) -> None:
    await course.until(20)
    number = await course.types("ada", LONG)
    shares = 8
    assert await course.points("ada") == shares + 1
    await is_seen(course, {}, first=number, last=number, times=2)
    assert await course.points("ada") == 0


async def test_the_reaction_of_one_person_stays_while_either_account_has_it(open_community) -> None:
    course: Community = await open_community(rules=RULED, demo=TWO)
    await course.types("ada", "hello")
    await course.types("ada2", "hello")
    number = await course.types("ben", "hello")
    await course.reacts("ada", number, "👍")
    await link(course)
    assert await course.points("ben") == 2
    await is_seen(course, {number: [("ada2", "👍")]}, first=number)
    assert await course.points("ben") == 2
    await is_seen(course, {number: []}, first=number, times=2)
    assert await course.points("ben") == 0
