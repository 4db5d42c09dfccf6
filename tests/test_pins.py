"""A post that is pinned takes the place of the one before it; where nothing can be pinned, it is just a post."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.tables import outbox
from tests.adapters.test_local_api import client, door
from tests.community import COURSE, Community

pytestmark = pytest.mark.every_platform

YEAR = COURSE.replace("ends: 2027-03-14", "ends: 2028-02-28")


def ritual(what: str, name: str = "notice", when: str = "every: day") -> str:
    return f"{name}: {{{when}, at: 09:00, do: post, pin: true, {what}}}\n"


async def pinned_texts(course: Community, who: str = "ada") -> list[str]:
    return [post.text for post in await course.messages(who) if post.is_pinned]


async def top(course: Community, who: str = "ada") -> str | None:
    """What stands above the conversation."""
    found = await course.pinned(who)
    return found.text if found else None


async def test_the_next_post_of_a_ritual_is_pinned_instead_of_the_last(open_community) -> None:
    course: Community = await open_community(rituals=ritual("say: [One., Two.]"))
    assert await top(course) is None
    await course.until(9)
    assert (await pinned_texts(course), await top(course)) == (["One."], "One.")
    await course.until(9)
    assert (await pinned_texts(course), await top(course)) == (["Two."], "Two.")
    assert "One." in await course.said()


async def test_each_ritual_has_a_pin_of_its_own_and_the_newest_stands_on_top(open_community) -> None:
    course: Community = await open_community(
        rituals=ritual("say: Rules.", "rules", "on_day: 1") + ritual("say: '{date}'", "today")
    )
    await course.until(9)
    await course.until(9)
    assert (await pinned_texts(course), await top(course)) == (["Rules.", "Tue, 2 Mar"], "Tue, 2 Mar")


async def test_the_task_can_be_pinned(open_community) -> None:
    course: Community = await open_community(rituals="task: {every: day, at: 09:00, do: post_task, pin: true}\n")
    await course.until(9)
    assert str(await top(course)).startswith("Day 1 · First words")


async def test_a_pin_is_found_again_after_a_restart_and_after_months(open_community) -> None:
    rituals = ritual("say: [One., Two.]", "notice", "monthly: 1")
    course: Community = await open_community(course=YEAR, rituals=rituals)
    await course.until(9)
    course = await open_community(course=YEAR, rituals=rituals)
    await course.passes(days=62)  # what was sent a month ago is forgotten, but not what is still pinned
    assert (await pinned_texts(course), await top(course)) == (["One."], "One.")  # the third post


async def test_pins_are_no_messages_and_leave_no_trace_in_the_conversation(open_community) -> None:
    course: Community = await open_community(rituals=ritual("say: [One., Two.]"))
    await course.until(9)
    await course.until(9)
    assert [text for text in await course.said() if "Check-in" not in text] == ["One.", "Two."]
    rows = await course.rows(select(outbox.c.state, func.count()).group_by(outbox.c.state))
    assert {row.state for row in rows} == {"sent"}


@pytest.mark.needs("local chat")
async def test_the_api_says_what_is_pinned(open_community, tmp_path: Path) -> None:
    course: Community = await open_community(rituals=ritual("say: One."))
    async with client(door(course, tmp_path)) as api:

        async def state() -> dict[str, Any]:
            answer = await api.get("/api/state", params={"as": "ada", "room": "main"})
            return dict(answer.json())

        assert (await state())["pinned"] is None
        await course.until(9)
        [post] = (await api.get("/api/messages", params={"as": "ada", "room": "main"})).json()["messages"]
        assert ((await state())["pinned"], post["is_pinned"], post["text"]) == (post["number"], True, "One.")
