"""Featured works in a contest: their authors are asked, and nothing takes part unasked."""

import pytest
from sqlalchemy import select

from bot.features.contests.store import entry
from tests.community import Community
from tests.test_contests import LINE, OTHER, PAID, RITUAL, number_of, vote_begins

pytestmark = pytest.mark.every_platform

ASKED = "Shall this featured work of yours take part?"
BUTTON = "Let it take part"


async def featured(open_community, *, rituals: str = RITUAL) -> tuple[Community, int]:
    """Ada's message is featured before the contest opens; the number of the message."""
    course: Community = await open_community(rituals=rituals, rules=PAID)
    await course.types("ben", "hello", room=course.private_room)
    await course.types("ada", "hello", room=course.private_room)
    number = await course.writes("ada", LINE)
    await course.types("lin", "/feature", reply_to=number)
    await course.until(10)
    return course, number


async def asked(course: Community, who: str) -> list[str]:
    heard = await course.said(who) + await course.said(who, course.private_room)
    return [text for text in dict.fromkeys(heard) if ASKED in text]


async def accepts(course: Community, who: str) -> str:
    for room in (course.private_room, "main"):
        if any(button.label == BUTTON for m in await course.messages(who, room) for button in m.buttons):
            return await course.presses(who, BUTTON, room=room) or (await course.said(who, room))[-1]
    raise AssertionError("nobody has asked")


async def test_the_author_is_asked_in_private_and_one_press_enters_the_work(open_community) -> None:
    course, _ = await featured(open_community)
    [said] = await asked(course, "ada")
    assert LINE in said
    assert await asked(course, "ben") == []
    assert await course.rows(select(entry.c.id)) == []
    assert "Your work takes part in: Title contest." in await accepts(course, "ada")
    assert "You have a work in this contest already." in await accepts(course, "ada")
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert number_of((await course.said("ben"))[-1], LINE)
    assert await course.points("ada") == 6  # and one for the message


async def test_unless_the_author_says_so_nothing_takes_part(open_community) -> None:
    course, _ = await featured(open_community)
    await course.types("ben", f"/enter {OTHER}")
    await vote_begins(course)
    assert "1 work came in." in (await course.said("ben"))[-1]


async def test_what_is_featured_no_more_does_not_take_part(open_community) -> None:
    course, number = await featured(open_community)
    await course.types("lin", "/feature", reply_to=number)
    assert "I see no featured work that could take part" in await accepts(course, "ada")


async def test_nobody_enters_what_somebody_else_made_or_when_it_is_over(open_community) -> None:
    course, _ = await featured(open_community)
    assert "I see no featured work that could take part" in await course.answer("ben", "/contest enter #1")
    assert await course.answer("lin", "/contest enter #1") == "That is for students."
    assert "This contest is over" in await course.answer("ben", "/contest enter #9")
    await course.types("ben", f"/enter {OTHER}")
    await course.types("mia", "/enter A third")
    await vote_begins(course)
    assert "No more works are taken" in await accepts(course, "ada")


async def test_a_ritual_may_ask_nobody(open_community) -> None:
    course, _ = await featured(open_community, rituals=RITUAL + "  from_featured: false\n")
    assert await asked(course, "ada") == []
