"""What was planned, when files change, staff intervene, or the clock was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.domain.events import TimeLost
from bot.domain.ids import EventKey
from storage.tables import occurrence
from tests.community import COURSE, RITUALS, Community

LIVE = """
live:
  every: wednesday
  at: 19:00
  do: live_qa
"""
CONTEST = """
works:
  every: tuesday
  at: 10:00
  do: contest
  title: Works of the week
  enter_for: 4d
  vote_for: 1d
"""
TURNS = """
prompt:
  every: day
  at: 12:00
  do: post
  say: [A, B, C, D, E, F]
"""


async def staff(course: Community, text: str, who: str = "chen") -> str:
    return await course.answer(who, text, room="staff")


async def writes(course: Community, rituals: str) -> str:
    """An admin saves other rituals and takes them."""
    (course.folder / "rituals.yaml").write_text(rituals, encoding="utf-8")
    return await staff(course, "/reload")


async def posted(course: Community, *beginnings: str) -> list[str]:
    """When each post began that begins like one of these."""
    return [
        f"{message.at[8:16]} {message.text.splitlines()[0]}"
        for message in await course.messages()
        if message.author == "bot" and message.only_for is None and message.text.startswith(beginnings)
    ]


async def outage(course: Community, **length: float) -> None:
    await course.run.control._clock.move(course.now + timedelta(**length))
    await course.run.control.catch_up()


async def states(course: Community, ritual: str) -> list[tuple[str, str | None]]:
    query = select(occurrence).where(occurrence.c.ritual == ritual, occurrence.c.state != "planned")
    return [(row.state, row.reason) for row in await course.rows(query.order_by(occurrence.c.due_at))]


# --- staff move something -------------------------------------------------------------------------------------------


async def test_what_is_moved_is_moved_whole_however_far_ahead_its_end_is(open_community) -> None:
    course = await open_community(rituals=CONTEST)
    await course.until(22)
    assert "from 2 Mar 10:00 to 3 Mar 10:00" in await staff(course, "/postpone works 1d")
    for _ in range(9):
        await course.until(22)
    found = await posted(course, "Works of the week")
    assert [line[:8] for line in found] == ["03T10:00", "07T10:00", "09T10:00"]


async def test_what_was_announced_can_be_moved_and_the_group_is_told(open_community) -> None:
    course = await open_community(rituals=LIVE)
    for _ in range(2):
        await course.until(21)
    await course.until(16, 30)
    assert "from 3 Mar 18:00 to 3 Mar 19:00" in await staff(course, "/postpone live 1h")
    assert (await course.said())[-1].startswith("⏰ A change of time: what was announced for 3 Mar 18:00 is now at")
    await course.until(22)
    opened = [line for line in await posted(course, "The live Q&A") if "T20:00" in line]
    assert opened


async def test_what_rests_is_done_by_hand_once(open_community) -> None:
    course = await open_community()
    await staff(course, "/pause daily_task")
    await staff(course, "/run daily_task")
    await staff(course, "/resume daily_task")
    await course.until(12)
    assert await posted(course, "Day 1") == ["01T08:30 Day 1 · First words (Mon, 1 Mar)"]


async def test_after_a_pause_has_run_out_what_is_done_by_hand_is_the_one_that_was_planned(open_community) -> None:
    course = await open_community()
    await staff(course, "/pause evening_sharing 1h")
    await course.until(12, 30)
    await staff(course, "/run evening_sharing")
    await course.until(22)
    assert await posted(course, "Tonight's sharing is open") == ["01T12:30 Tonight's sharing is open!"]


async def test_one_of_all_that_is_on_hold_can_not_go_on_alone(open_community) -> None:
    course = await open_community()
    await staff(course, "/pause all")
    assert "All rituals are on hold" in await staff(course, "/resume daily_task")


async def test_without_a_chat_a_ritual_is_refused_not_broken(open_community) -> None:
    club = COURSE.replace("  - {id: staff,", "  - {id: club, kind: interest}\n  - {id: staff,")
    course = await open_community(course=club, rituals=RITUALS + TURNS + "  spaces: [club]\n")
    assert "nowhere to go" in await staff(course, "/run prompt")


# --- files change -----------------------------------------------------------------------------------------------------


async def test_what_is_open_is_closed_as_it_was_planned_when_its_day_changes(open_community) -> None:
    course = await open_community(rituals=CONTEST)
    for _ in range(2):
        await course.until(12)
    await course.answer("ada", "/enter My work")
    await course.answer("ben", "/enter Another work")
    await writes(course, CONTEST.replace("tuesday", "thursday"))
    for _ in range(6):
        await course.until(12)
    assert [line[:8] for line in await posted(course, "Works of the week")] == [
        "02T10:00",
        "04T10:00",
        "06T10:00",
        "07T10:00",
        "08T10:00",
    ]


async def test_a_ritual_that_is_gone_while_it_is_open_is_told_to_staff(open_community) -> None:
    course = await open_community()
    await course.until(20, 10)
    await writes(course, RITUALS.replace("evening_sharing", "night_sharing"))
    await course.until(22)
    assert any("no longer in rituals.yaml" in text for text in await course.said("chen", "staff"))


async def test_a_slip_that_is_mended_in_time_costs_nothing(open_community) -> None:
    course = await open_community()
    await course.until(8, 50)
    await course.until(8, 50)
    await writes(course, RITUALS.replace("at: 09:00", "at: 0900"))
    await course.until(9, 10)
    await writes(course, RITUALS)
    await course.passes(minutes=1)
    assert (await posted(course, "Day 2"))[0][:8] in ("02T09:10", "02T09:11")


async def test_a_slip_in_an_open_session_does_not_cost_its_summary(open_community) -> None:
    course = await open_community()
    await course.until(20, 30)
    await course.types("ada", "What I have learned today is patience.")
    await writes(course, RITUALS.replace("lasts: 1h", "lasts: one"))
    await course.until(21, 10)
    await writes(course, RITUALS)
    await course.passes(minutes=1)
    assert any(text.startswith("Tonight's sharing is closed") for text in await course.said())


async def test_another_cron_line_does_not_swallow_a_time_of_today(open_community) -> None:
    twice = 'ask:\n  cron: "0 9,18 * * *"\n  do: post\n  say: [A question]\n'
    course = await open_community(rituals=twice)
    await course.until(12)
    await writes(course, twice.replace("9,18", "18"))
    await course.until(20)
    assert [line[:8] for line in await posted(course, "A question")] == ["01T09:00", "01T18:00"]


# --- catching up ------------------------------------------------------------------------------------------------------


async def test_a_share_counts_also_where_the_outage_outlasted_the_session(open_community) -> None:
    course = await open_community()
    await course.until(19, 30)
    clock, chat = course.run.control._clock, course.run.adapter.chat
    await clock.move(course.now + timedelta(hours=1))
    await chat.say("ada", "main", "What I have learned today is patience.")
    await clock.move(course.now + timedelta(minutes=45))
    await course.run.control.settle()
    await course.run.control.catch_up()
    assert await course.points("ada") == 9
    assert not await posted(course, "Tonight's sharing is open")
    assert any("Ada" in text for text in await course.said() if text.startswith("Tonight's sharing is closed"))


async def test_the_newest_is_done_also_where_a_newer_one_rests(open_community) -> None:
    quiet = COURSE + "quiet_days: {dates: [2027-03-03]}\n"
    course = await open_community(course=quiet, rituals=TURNS + "  catch_up: latest\n")
    await course.until(10)
    await outage(course, days=2, hours=4)
    assert await states(course, "prompt") == [("skipped", "superseded"), ("done", None), ("skipped", "quiet")]


async def test_texts_in_turn_go_on_where_they_were_after_an_outage(open_community) -> None:
    course = await open_community(rituals=TURNS)
    await course.until(13)
    await course.until(10)
    await outage(course, days=2, hours=3)
    for _ in range(2):
        await course.until(13)
    shown = [text for text in await course.said() if len(text) == 1]
    assert shown == ["A", "B", "C", "D"]


@pytest.mark.parametrize("ahead", [timedelta(hours=20), timedelta(days=3)])
async def test_what_a_clock_that_ran_ahead_skipped_is_done_at_its_time(open_community, ahead: timedelta) -> None:
    course = await open_community(rituals=RITUALS)
    await course.until(10)
    true = course.now
    await outage(course, seconds=ahead.total_seconds())
    wrong = course.now
    await course.run.app.sink([TimeLost(key=EventKey("time:back"), at=true, kind="back", since=wrong)])
    course.run.control._clock._now = true  # nobody but a machine's owner can do this
    due = select(occurrence.c.due_at).where(occurrence.c.state == "planned", occurrence.c.ritual == "evening_sharing")
    first = min(row.due_at for row in await course.rows(due))
    assert first == datetime(2027, 3, 1, 20, tzinfo=UTC)
