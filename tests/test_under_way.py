"""What staff read of what has begun: it is ended, on hold or not, and can neither be moved nor taken away unnoticed."""

from __future__ import annotations

import pytest

from tests.community import Community

pytestmark = pytest.mark.every_platform

PK = """
pk:
  every: monday
  at: 09:00
  do: contest
  enter_for: 1d
  vote_for: 1d
"""
QUIZ = """
quiz:
  every: monday
  at: 12:00
  do: battle
  questions: [{ask: One?, options: [a, b], right: 1}]
"""


async def staff(course: Community, text: str) -> str:
    return await course.answer("chen", text, room="staff")


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rituals=PK + QUIZ)
    await course.until(10)
    return course


async def test_the_end_of_what_has_begun_is_not_on_hold(course: Community) -> None:
    await staff(course, "/pause pk")
    lines = (await staff(course, "/rituals pk")).splitlines()
    assert [line.split(" · ")[0] for line in lines if "pk" in line and "Mar" in line and "⏸" not in line] != []
    assert [line for line in lines if "2 Mar 09:00" in line and "on hold" in line] == []
    assert [line for line in lines if "8 Mar 09:00" in line and "on hold" in line] != []


async def test_what_has_begun_is_not_postponed_and_the_next_one_is_named(course: Community) -> None:
    said = await staff(course, "/postpone pk 2h")
    assert "pk is under way" in said
    assert "The next one is on 8 Mar 09:00; it can be postponed from 7 Mar 09:00 on." in said
    await course.passes(days=2, hours=1)
    assert "The next time of pk is 8 Mar 09:00" in await staff(course, "/postpone pk 2h")


async def test_a_second_battle_is_not_said_to_have_begun(course: Community) -> None:
    assert "quiz is under way" in await staff(course, "/run quiz")
    before = len(await course.said("chen", "staff"))
    await course.types("chen", "/run quiz again", room="staff")
    said = "\n".join((await course.said("chen", "staff"))[before:])
    assert "so Quiz battle did not begin" in said
    assert "is under way" not in said
    assert "Nothing came of quiz this time" in said


async def test_staff_hear_of_a_contest_that_new_files_cut_off(course: Community) -> None:
    await course.types("ada", "/enter A night train to the sea")
    course.rewrites(rituals=PK.replace("pk:", "weekly:") + QUIZ)
    said = await staff(course, "/reload")
    assert "pk is no longer in rituals.yaml, but its contest is on (works: 1)." in said
    assert "Name it pk again before 2 Mar 09:00" in said
    course.rewrites(rituals=PK + QUIZ)
    assert await staff(course, "/reload") == "The changed course files are live now."
