"""Rules in the shadow: what they would do is recorded, shown and reported; nothing is done."""

import pytest
from sqlalchemy import select

from storage.shadows import shadow_run
from storage.tables import ledger, shadow_ledger
from tests.community import COURSE, RULES, Community

pytestmark = pytest.mark.every_platform

TRIED = """
generous:
  title: {zh: 大方一点, en: Generous}
  when: message.posted
  where: {length: {at_least: 5}}
  limit: {points_per_day: 4}
  shadow: 2d
  then:
    - award: 2
    - say: {zh: 真好, en: How nice}
    - praise: {zh: "{name} 真好", en: "{name} is nice"}
    - tell_staff: {zh: "{name} 发言了", en: "{name} has spoken"}
"""
DARK, LIVE = RULES + TRIED, RULES + TRIED.replace("  shadow: 2d\n", "")


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=DARK)
    return course


async def reload(course: Community, rules: str) -> str:
    course.rewrites(rules=rules)
    return await course.answer("chen", "/reload", room="staff")


async def in_the_shadow(course: Community) -> list[int]:
    return [row.points for row in await course.rows(select(shadow_ledger.c.points).order_by(shadow_ledger.c.id))]


async def reports(course: Community) -> list[str]:
    return [text for text in await course.said("chen", "staff") if text.startswith("The trial of")]


async def since(course: Community) -> list[str]:
    return [f"{row.since:%m-%d %H:%M}" for row in await course.rows(select(shadow_run.c.since))]


async def test_nothing_follows_from_it_and_why_says_what_would(course: Community) -> None:
    assert await course.answer("ada", "hello there") == ""
    assert (await course.points("ada"), await in_the_shadow(course)) == (0, [2])
    assert await course.said("chen", "staff") == []
    assert await course.said("ben") == []
    assert "    ~ Generous: on trial, it would have given +2" in await course.answer("chen", "/why Ada", room="staff")
    assert "Generous" not in await course.answer("ada", "/why")


async def test_a_rule_without_points_would_have_acted(open_community) -> None:
    course = await open_community(
        rules=DARK.replace("    - award: 2\n", "").replace("{points_per_day: 4}", "{once_per: day}")
    )
    await course.types("ada", "hello there")
    assert "    ~ Generous: on trial, it would have acted" in await course.answer("chen", "/why @ada", room="staff")
    assert "    · Ada: +0, once" in await course.answer("chen", "/shadow", room="staff")


async def test_its_limits_count_what_it_would_have_given(course: Community) -> None:
    for number in range(3):
        await course.types("ada", f"hello {number}")
    assert await in_the_shadow(course) == [2, 2]
    said = await course.answer("chen", "/why @ada", room="staff")
    assert "no points, the limit of 4 points was reached that day" in said


async def test_what_it_would_have_given_never_blocks_it_once_it_is_live(course: Community) -> None:
    for number in range(3):
        await course.types("ada", f"hello {number}")
    await reload(course, LIVE)
    assert await course.answer("ada", "hello again") == "How nice"
    assert await course.points("ada") == 2
    for number in range(3):
        await course.types("ada", f"once more {number}")
    assert await course.points("ada") == 4


async def test_what_it_gave_live_never_blocks_it_in_the_shadow(open_community) -> None:
    course = await open_community(rules=LIVE)
    for number in range(3):
        await course.types("ada", f"hello {number}")
    assert await course.points("ada") == 4
    await reload(course, DARK)
    await course.types("ada", "hello again")
    assert (await course.points("ada"), await in_the_shadow(course)) == (4, [2])


@pytest.mark.needs("deletions")
async def test_what_is_taken_back_counts_as_never_given_there_too(course: Community) -> None:
    number = await course.types("ada", "hello there")
    await course.types("ada", "hello again")
    await course.deletes("ada", number)
    assert await in_the_shadow(course) == [2, 2, -2]
    assert "it would have acted once: 2 points, members: 1." in await course.answer("chen", "/shadow", room="staff")
    await course.types("ada", "and once more")
    assert await in_the_shadow(course) == [2, 2, -2, 2]


# --- what staff see ---------------------------------------------------------------------------------------------------


async def test_staff_see_what_it_would_have_done_so_far(course: Community) -> None:
    for who, times in (("ada", 1), ("ben", 2)):
        for number in range(times):
            await course.types(who, f"hello {number}")
    await course.types("ada", "/checkin")
    assert await course.answer("lin", "/shadow", room="staff") == (
        "Generous (generous, on trial for 2 days)\n"
        "Since 1 Mar 08:30 it would have acted 3 times: 6 points, members: 2. "
        "The whole course got 5 points in that time.\n"
        "    · Ben: +4, 2 times\n"
        "    · Ada: +2, once"
    )


async def test_one_rule_can_be_asked_for(open_community) -> None:
    other = TRIED.replace("generous", "strict").replace("Generous", "Strict").replace("at_least: 5", "at_least: 50")
    course = await open_community(rules=DARK + other)
    await course.types("ada", "hello there")
    both = await course.answer("chen", "试运行", room="staff")
    assert ("Generous (" in both, "Strict (" in both) == (True, True)
    one = await course.answer("chen", "/shadow strict", room="staff")
    assert one.startswith("Strict (strict, on trial for 2 days)\nSince 1 Mar 08:30 it would have acted 0 times")
    unknown = await course.answer("chen", "/shadow streak_3", room="staff")
    assert unknown == "No rule “streak_3” is on trial. On trial: generous, strict."


async def test_where_none_is_on_trial_it_is_said_how_to_try_one(open_community) -> None:
    course = await open_community()
    assert (await course.answer("chen", "/shadow", room="staff")).startswith("No rule is on trial. Give one the line")


async def test_members_do_not_see_it(course: Community) -> None:
    assert "is for: assistant, admin" in await course.answer("ada", "/shadow")
    assert "does not work here" in await course.answer("chen", "/shadow")


# --- the report -------------------------------------------------------------------------------------------------------


async def test_when_its_time_is_over_staff_are_told_once(course: Community, open_community) -> None:
    await course.types("ada", "hello there")
    await course.types("ada", "/checkin")
    await course.until(9)
    await course.passes(days=1, hours=14)
    assert await reports(course) == []
    course = await open_community(rules=DARK)
    await course.until(0)
    assert await reports(course) == []  # two days ago there were some hours to go
    await course.until(0)
    report = (
        "The trial of “Generous” is over\n"
        "Since 1 Mar 08:30 it would have acted once: 2 points, members: 1. "
        "The whole course got 10 points in that time.\n"
        "    · Ada: +2, once\n"
        "To make it live, take the shadow: line of generous out of rules.yaml."
    )
    assert await reports(course) == [report]
    assert f"{course.now:%m-%d}" == "03-04"
    course = await open_community(rules=DARK)
    await course.passes(days=3)
    assert await reports(course) == [report]
    await course.types("ada", "still on trial")
    assert "acted 2 times" in await course.answer("chen", "/shadow", room="staff")


async def test_the_top_five_are_told(open_community) -> None:

    course = await open_community(rules=DARK)
    for count in range(7):
        await course.welcomes(f"p{count}", f"P{count}")
        await course.types(f"p{count}", "hello there")
        if count % 2:
            await course.types(f"p{count}", "hello again")
    lines = (await course.answer("chen", "/shadow", room="staff")).splitlines()[2:]
    assert [line.split(":")[0] for line in lines] == ["    · P1", "    · P3", "    · P5", "    · P0", "    · P2"]


async def test_the_end_of_the_course_ends_every_trial(open_community) -> None:
    course = await open_community(rules=DARK.replace("2d", "90d"), course=COURSE.replace("03-14", "03-03"))
    await course.types("ada", "hello there")
    await course.passes(days=5)
    [report] = await reports(course)
    assert report.startswith("The trial of “Generous” is over")


async def test_a_report_that_is_late_comes_once(course: Community) -> None:

    await course.types("ada", "hello there")
    await course.until(9)
    await course.is_away(days=10)  # as if nothing had run
    await course.comes_back()
    assert len(await reports(course)) == 1


# --- beginning and ending ---------------------------------------------------------------------------------------------


async def test_a_trial_goes_on_through_other_changes(course: Community) -> None:
    await course.types("ada", "hello there")
    await course.passes(hours=3)
    await reload(course, DARK.replace("award: 5", "award: 6"))  # of another rule
    assert (await since(course), await in_the_shadow(course)) == (["03-01 08:30"], [2])
    await reload(course, DARK.replace("Generous", "Kind").replace("How nice", "Lovely").replace("2d", "3d"))
    assert (await since(course), await in_the_shadow(course)) == (["03-01 08:30"], [2])
    await reload(course, DARK.replace("award: 2", "award: two"))  # off because of a slip
    await reload(course, DARK)
    assert (await since(course), await in_the_shadow(course)) == (["03-01 08:30"], [2])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("award: 2", "award: 1"),
        ("at_least: 5", "at_least: 6"),
        ("points_per_day: 4", "points_per_day: 6"),
        ("when: message.posted", "when: share.posted"),
        ("  shadow: 2d", "  counts_as: help\n  shadow: 2d"),
    ],
)
async def test_a_rule_that_becomes_another_is_tried_anew(course: Community, old: str, new: str) -> None:
    changed = RULES + TRIED.replace(old, new)
    await course.types("ada", "hello there")
    await course.passes(hours=3)
    await reload(course, changed)
    assert (await since(course), await in_the_shadow(course)) == (["03-01 11:30"], [])
    await course.passes(hours=1)
    await reload(course, changed.replace("Generous", "Kind"))
    assert await since(course) == ["03-01 11:30"]
    await reload(course, DARK)
    assert await since(course) == ["03-01 12:30"]


async def test_a_rule_that_becomes_another_by_way_of_a_slip_is_tried_anew(course: Community) -> None:
    await course.types("ada", "hello there")
    await course.passes(hours=3)
    await reload(course, DARK.replace("award: 2", "award: two"))
    assert await in_the_shadow(course) == [2]
    await reload(course, DARK.replace("award: 2", "award: 3"))
    assert (await since(course), await in_the_shadow(course)) == (["03-01 11:30"], [])


async def test_a_named_condition_is_part_of_the_rules_that_use_it(open_community) -> None:
    named = "conditions:\n  long: {length: {at_least: 5}}\n"
    uses = named + RULES + TRIED.replace("where: {length: {at_least: 5}}", "where: {use: long}")
    course = await open_community(rules=uses)
    await course.types("ada", "hello there")
    await reload(course, uses.replace("at_least: 5", "at_least: 6"))
    assert await in_the_shadow(course) == []


@pytest.mark.parametrize("rules", [LIVE, RULES])
async def test_a_later_trial_starts_clean(course: Community, rules: str) -> None:
    for number in range(3):
        await course.types("ada", f"hello {number}")
    await reload(course, rules)
    assert (await since(course), await in_the_shadow(course)) == ([], [])
    await course.passes(hours=1)
    await reload(course, DARK)
    assert await since(course) == ["03-01 09:30"]
    await course.types("ada", "hello again")
    assert await in_the_shadow(course) == [2]


async def test_live_points_stay_when_a_rule_goes_back_into_the_shadow(open_community) -> None:
    course = await open_community(rules=LIVE)
    await course.types("ada", "hello there")
    await reload(course, DARK)
    assert [row.points for row in await course.rows(select(ledger.c.points))] == [2]
    assert await since(course) == ["03-01 08:30"]


async def test_a_shadow_on_the_end_of_a_day_is_reported_with_that_day(open_community) -> None:
    daily = "daily:\n  when: day.ended\n  where: {checked_in: true}\n  shadow: 1d\n  then: [award: 7]\n"
    course = await open_community(rules=RULES + daily)
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    [report] = await reports(course)
    assert "    · Ada: +7, once" in report
    assert await course.points("ada") == 5
