"""A member who writes to the bot alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.domain.events import CommandInvoked
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address
from storage.tables import outbox
from tests.community import Community

PRIVATE = Address(platform="elsewhere", chat="42", private=True)


async def _asked(course: Community, name: str, text: str = "") -> list[dict[str, Any]]:
    event = CommandInvoked(
        key=EventKey(f"elsewhere:{name}"),
        at=datetime.fromisoformat("2027-03-01T08:30:00+00:00"),
        actor=Actor(platform="elsewhere", user="7", name="Grace", language="zh-hans"),
        address=PRIVATE,
        name=name,
        text=text,
    )
    await course.run.app.sink([event])
    rows = await course.rows(select(outbox.c.message).where(outbox.c.platform == "elsewhere").order_by(outbox.c.id))
    return [row.message for row in rows]


async def test_the_only_course_is_implied(course: Community) -> None:
    [answer] = await _asked(course, "points")
    assert answer["body"][0]["text"].startswith("You have 0 points")
    assert answer["only_for"] is None  # in private there is nobody else


async def test_what_belongs_in_a_group_can_be_asked_for_in_private_too(course: Community) -> None:
    answers = await _asked(course, "checkin")
    assert "Checked in!" in str(answers)
    assert (await course.said("ada"))[-1:] == []
    await course.run.control.settle()
    assert (await course.said("ada"))[-1] == "Check-in, Mon, 1 Mar · 1 so far\nGrace"


async def test_staff_commands_stay_with_staff(course: Community) -> None:
    [answer] = await _asked(course, "grant", "Ada +5 x")
    assert "is for: admin" in str(answer)
