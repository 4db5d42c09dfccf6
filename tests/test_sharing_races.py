"""Two who answer an invitation in one moment, on either database."""

from __future__ import annotations

from typing import Any

from tests.community import RITUALS, Community
from tests.test_sharing_speakers import TWO, asked, invited, opened, opening


async def test_of_two_who_decline_at_once_each_is_replaced_by_one(server: None, open_community: Any) -> None:
    course = await opened(open_community, rituals=TWO, good=("ada", "ben", "mia", "ned"))
    await course.until(20)
    assert await asked(course) == ["ada", "ben"]
    await course.posts("ada", "/invitation no")
    await course.posts("ben", "/invitation no")
    await course.settle()
    assert await asked(course) == ["ada", "ben", "mia", "ned"]
    assert (await invited(course)).count("no answer yet") == 2


async def test_a_yes_at_noon_itself_is_late_and_a_yes_at_eight_too(server: None, open_community: Any) -> None:
    course: Community = await opened(open_community, good=("ada",))
    await course.until(20)
    await course.until(11, 59)
    await course.types("ada", "/invitation yes")
    await course.until(20)
    assert "speakers: Ada\n" in await opening(course)
    assert "has opened already" in await course.answer("ada", "/invitation no 1")


async def test_a_session_that_was_planned_before_the_course_wanted_speakers_opens_and_closes_as_it_was(
    server: None, open_community: Any
) -> None:
    """Being asked is no step: the rows of a session mean what they meant."""
    course = await opened(open_community, rituals=RITUALS.replace("lasts: 1h", "lasts: 1h\n  invite: 0"))
    await course.until(20)
    course.rewrites(rituals=RITUALS, demo=(course.folder / "demo.yaml").read_text(encoding="utf-8"))
    await course.types("chen", "/reload", room="staff")
    await course.until(21)
    said = [text for text in await course.said("ned") if "sharing is" in text]
    assert len(said) == 2
    assert "nobody has posted" in said[-1]
