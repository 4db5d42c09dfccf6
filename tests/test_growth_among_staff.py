"""A growth report that is posted among staff alone: students have theirs in private all the same."""

from __future__ import annotations

import pytest

from tests.community import Community
from tests.growth_course import LONG, MONTHLY, PEOPLE

pytestmark = pytest.mark.every_platform


async def test_students_have_theirs_where_only_staff_read_of_all(open_community) -> None:
    rituals = MONTHLY.replace("[main, staff]", "[staff]")
    course: Community = await open_community(course=LONG, rituals=rituals, demo=PEOPLE)
    await course.until(10)
    await course.types("ada", "/points", room=course.private_room)  # the private chat is open
    await course.types("ada", "/checkin")
    await course.passes(days=30)
    await course.until(21, 1)
    heard = [text for room in ("main", course.alone) for text in await course.said("ada", room)]
    assert any(text.startswith("Growth report") for text in heard)
    assert not any("This month, all of us" in text for text in await course.said())
