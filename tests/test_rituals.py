"""What staff see of the rituals and change by hand; what is skipped, and that it is told once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage.tables import occurrence
from tests.community import COURSE, RITUALS, Community

pytestmark = pytest.mark.every_platform

QUIET = COURSE + "quiet_days: {weekdays: [sunday], dates: [2027-03-03]}\n"
MORE = (
    RITUALS
    + """
champion:
  every: wednesday
  at: 12:00
  do: settle_board
  on_quiet_days: postpone
each:
  every: day
  at: 10:00
  do: settle_board
  catch_up: all
newest:
  every: day
  at: 11:00
  do: settle_board
  catch_up: latest
"""
)


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community()
    return course


async def staff(course: Community, text: str, who: str = "chen") -> str:
    return await course.answer(who, text, room="staff")


async def told(course: Community) -> list[str]:
    """What the staff room has read from the bot."""
    return await course.said("chen", "staff")


async def tasks(course: Community) -> list[str]:
    """When the day's task was posted, and which."""
    return [
        f"{m.at[5:16]} {m.text.splitlines()[0]}"
        for m in await course.messages()
        if m.author == "bot" and m.text.startswith("Day ")
    ]


async def states(course: Community, ritual: str) -> list[tuple[str, str, str | None]]:
    query = select(occurrence).where(occurrence.c.ritual == ritual, occurrence.c.state != "planned")
    return [
        (f"{row.local_date:%m-%d}", row.state, row.reason)
        for row in await course.rows(query.order_by(occurrence.c.due_at, occurrence.c.slot))
    ]


async def outage(course: Community, **length: float) -> None:
    """The clock goes on while nobody looks at it; then somebody does."""
    await course.is_away(**length)
    await course.comes_back()


# --- what is next -----------------------------------------------------------------------------------------------------


async def test_staff_see_what_is_next(course: Community) -> None:
    await course.until(10)
    shown = (await staff(course, "/rituals")).splitlines()
    assert shown == [
        "What is next",
        "1 Mar 20:00 · evening_sharing: Sharing opens: Why do you write?",
        "2 Mar 09:00 · daily_task: Task of day 2: Second day",
        "Nothing was skipped in the last 7 days.",
    ]
    one = await staff(course, "/rituals daily_task", who="lin")
    assert [line[:11] for line in one.splitlines()[1:4]] == ["2 Mar 09:00", "3 Mar 09:00", "4 Mar 09:00"]
    assert "There is no ritual “x”. There are daily_task, evening_sharing" in await staff(course, "/rituals x")


@pytest.mark.parametrize("command", ["/run daily_task", "/pause all", "/resume all", "/postpone daily_task 30m"])
async def test_only_admins_change_them(course: Community, command: str) -> None:
    for who in ("ada", "lin"):
        room = "main" if who == "ada" else "staff"
        await course.answer(who, command, room=room)
    await course.until(10)
    assert await tasks(course) == ["03-01T09:00 Day 1 · First words (Mon, 1 Mar)"]


# --- run --------------------------------------------------------------------------------------------------------------


async def test_what_is_done_now_is_not_done_again_at_its_time(course: Community) -> None:
    assert "is under way" in await staff(course, "/run daily_task")
    await course.until(12)
    assert [line[:11] for line in await tasks(course)] == ["03-01T08:30"]
    assert "ran daily_task by hand" in await staff(course, "/audit")


async def test_a_second_time_on_one_day_is_asked_for_twice(course: Community) -> None:
    await course.until(10)
    assert "was done today already, 1 Mar 09:00" in await staff(course, "/run daily_task")
    await staff(course, "/run daily_task again")
    assert [line[:11] for line in await tasks(course)] == ["03-01T09:00", "03-01T10:00"]
    await course.until(12)
    await course.until(12)
    assert len(await tasks(course)) == 3


async def test_a_session_that_is_opened_now_closes_after_its_length(course: Community) -> None:
    await course.until(15)
    await staff(course, "/run evening_sharing")
    await course.types("ada", "What I have learned today is patience.")
    await course.until(16)
    closing = [m for m in await course.messages() if m.text.startswith("Tonight's sharing is closed")]
    assert [m.at[11:16] for m in closing] == ["16:00"]
    assert await course.points("ada") == 9
    await course.until(23)
    assert len([text for text in await course.said() if "sharing is open" in text]) == 1
    await staff(course, "/run evening_sharing again")
    assert len([text for text in await course.said() if "sharing is open" in text]) == 2


async def test_what_was_skipped_can_be_done_after_all(course: Community) -> None:
    await course.passes(minutes=1)
    await outage(course, hours=8)
    assert await tasks(course) == []
    assert any("daily_task was due at 1 Mar 09:00" in text for text in await told(course))
    await staff(course, "/run daily_task 2027-03-01")
    assert [line[:11] for line in await tasks(course)] == ["03-01T16:31"]
    assert "Nothing of daily_task was skipped on Tue, 2 Mar" in await staff(course, "/run daily_task 2027-03-02")


# --- postpone ---------------------------------------------------------------------------------------------------------


async def test_the_next_time_is_moved_and_moved_back(course: Community) -> None:
    assert "from 1 Mar 09:00 to 1 Mar 09:30" in await staff(course, "/postpone daily_task 30m")
    assert "to 1 Mar 21:00" in await staff(course, "/postpone daily_task 21：00")
    await staff(course, "/reload")
    assert "1 Mar 21:00 · daily_task" in await staff(course, "/rituals")
    assert "to 1 Mar 09:00" in await staff(course, "/postpone daily_task back")
    await course.until(10)
    assert [line[:11] for line in await tasks(course)] == ["03-01T09:00"]


async def test_a_session_is_moved_with_its_end(course: Community) -> None:
    await staff(course, "/postpone evening_sharing 2h")
    await course.until(23, 30)
    sharing = [m.at[11:16] for m in await course.messages() if "sharing is" in m.text]
    assert sharing == ["22:00", "23:00"]


async def test_a_reload_leaves_what_staff_moved_where_they_want_it(course: Community) -> None:
    await staff(course, "/postpone daily_task 3h")
    rituals = course.folder / "rituals.yaml"
    rituals.write_text(RITUALS.replace("at: 09:00", "at: 09:30"), encoding="utf-8")
    await staff(course, "/reload")
    await course.until(13)
    await course.until(13)
    assert [line[:11] for line in await tasks(course)] == ["03-01T12:00", "03-02T09:30"]


@pytest.mark.parametrize(
    "text", ["daily_task", "daily_task tomorrow", "daily_task 06:00", "nothing 3h", "daily_task 90d"]
)
async def test_a_move_that_can_not_be_is_explained(course: Community, text: str) -> None:
    answer = await staff(course, f"/postpone {text}")
    assert answer
    assert "is moved" not in answer


# --- pause ------------------------------------------------------------------------------------------------------------


async def test_what_is_on_hold_is_not_posted_and_goes_on_when_it_is_resumed(course: Community) -> None:
    assert "daily_task is on hold" in await staff(course, "/pause daily_task")
    assert "⏸ 1 Mar 09:00 · daily_task" in await staff(course, "/rituals")
    await course.until(10)
    await course.until(10)
    assert await states(course, "daily_task") == [("03-01", "skipped", "paused"), ("03-02", "skipped", "paused")]
    assert "on hold" in (await staff(course, "/rituals")).split("Skipped in the last 7 days")[1]
    assert "daily_task goes on" in await staff(course, "/resume daily_task")
    await course.until(10)
    assert [line[:11] for line in await tasks(course)] == ["03-03T09:00"]


async def test_a_pause_ends_by_itself_at_its_date(course: Community) -> None:
    assert "until 3 Mar 00:00" in await staff(course, "/pause all 2027-03-03")
    for _ in range(3):
        await course.until(22)
    assert [line[:11] for line in await tasks(course)] == ["03-03T09:00"]


async def test_what_is_open_when_all_is_put_on_hold_is_closed(course: Community) -> None:
    await course.until(20, 10)
    await course.types("ada", "What I have learned today is patience.")
    await staff(course, "/pause all")
    await course.until(22)
    assert any(text.startswith("Tonight's sharing is closed") for text in await course.said())
    assert "All rituals go on" in await staff(course, "/resume all")
    assert "is not on hold" in await staff(course, "/resume evening_sharing")


# --- quiet days, catching up ------------------------------------------------------------------------------------------


async def test_on_a_quiet_day_nothing_is_posted_and_staff_read_it_once(open_community) -> None:
    course = await open_community(course=QUIET, rituals=MORE)
    for _ in range(4):
        await course.until(22)
    assert [line[:5] for line in await tasks(course)] == ["03-01", "03-02"]
    quiet = [text for text in await told(course) if "is a quiet day" in text]
    assert len(quiet) == 1
    assert await states(course, "champion") == [("03-03", "done", None)]
    settled = select(occurrence.c.due_at).where(occurrence.c.ritual == "champion", occurrence.c.state == "done")
    assert [row.due_at.isoformat() for row in await course.rows(settled)] == ["2027-03-04T12:00:00+00:00"]


async def test_after_three_days_away_each_ritual_follows_its_policy(open_community) -> None:
    course = await open_community(rituals=MORE.replace("on_quiet_days: postpone", "starts: 2027-03-10"))
    await course.until(9, 30)
    await outage(course, days=3, hours=3)  # until the fourth, 12:30
    assert await states(course, "daily_task") == [
        ("03-01", "done", None),
        *((f"03-0{day}", "skipped", "late") for day in (2, 3, 4)),
    ]
    assert await states(course, "each") == [(f"03-0{day}", "done", None) for day in (1, 2, 3, 4)]
    skipped = [("03-01", "skipped", "superseded"), *((f"03-0{day}", "skipped", "superseded") for day in (2, 3))]
    assert await states(course, "newest") == [*skipped, ("03-04", "done", None)]
    notices = [text for text in await told(course) if "was due at" in text or "was missed" in text]
    assert len(notices) == 1
    assert notices[0].count("\n") >= 8


async def test_a_share_from_the_time_of_an_outage_belongs_to_the_session_that_should_have_been_open(
    course: Community,
) -> None:
    await course.until(19)
    await course.is_away(hours=1, minutes=20)
    await course.posts("ada", "What I have learned today is patience.")
    await course.is_away(minutes=20)
    await course.settle()
    await course.comes_back()
    await course.until(22)
    assert "Ada" in next(text for text in await course.said() if text.startswith("Tonight's sharing is closed"))


async def test_what_nobody_can_hear_yet_waits_and_is_told(open_community) -> None:
    course = await open_community(course=COURSE.replace(", local: main}", "}"))
    await course.until(9, 30)
    assert await states(course, "daily_task") == []
    await course.types("chen", "/bind writing main")
    await course.passes(minutes=1)
    assert [line[:11] for line in await tasks(course)] == ["03-01T09:30"]
