"""A first morning in the course."""

import pytest

from tests.community import Community

pytestmark = pytest.mark.every_platform


async def test_the_task_is_posted_at_nine_with_a_button(course: Community) -> None:
    await course.until(9)
    assert await course.said() == [
        "Day 1 · First words (Mon, 1 Mar)\nWrite three lines.\nMaterial\nRead page one.",
    ]


async def test_the_button_checks_in_and_only_its_presser_is_told(course: Community) -> None:
    await course.until(9)
    assert await course.presses("ada", "Check in") == "Checked in! 1 day in a row.\n+5 points, 5 in all"
    assert (await course.said("ben"))[-1] == "Check-in, Mon, 1 Mar · 1 so far\nAda"
