"""The end of a day as a fact: who it is about, what it says, for which day it counts, and that it comes once."""

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.cli import main
from bot.domain.course import Course
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import CourseId
from bot.engine.feature import Registry
from bot.features import FEATURES
from rules.loader import load_course
from storage import boards
from storage.boards import Where
from storage.tables import account, fact, ledger, occurrence
from tests.community import COURSE, FILES, RITUALS, RULES, Community, write_course

pytestmark = pytest.mark.every_platform

ENDED = (
    RULES
    + """
steady:
  title: {zh: 坚持打卡, en: Steady}
  when: day.ended
  where: {checkins: {at_least: 2}, checked_in: true}
  then:
    - award: 3
finished:
  when: day.ended
  where: {last_day: true, checkins: {at_least: 3}}
  limit: {once_per: member}
  then:
    - award: 50
    - praise: {zh: "{name} 完课！", en: "{name} has finished!"}
"""
)
LONG = COURSE.replace("ends: 2027-03-14", "ends: 2027-04-09")


@pytest.fixture
async def course(open_community) -> Community:
    course: Community = await open_community(rules=ENDED)
    return course


async def days(course: Community, who: str = "ada") -> list[dict[str, Any]]:
    """What the ends of the days have said about a member."""
    mine = select(fact.c.local_date, fact.c.object, fact.c["values"]).join(account, account.c.member == fact.c.member)
    rows = await course.rows(
        mine.where(account.c.user == course.actor(who).user, fact.c.kind == "day.ended").order_by(fact.c.id)
    )
    return [{"on": f"{row.local_date:%m-%d}", "object": row.object, **row[2]} for row in rows]


async def shown(course: Community, *fields: str, who: str = "ada") -> list[tuple[Any, ...]]:
    return [tuple(day[field] for field in fields) for day in await days(course, who)]


# --- what it says -----------------------------------------------------------------------------------------------------


async def test_it_says_how_the_day_was(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.types("ben", "hello")
    await course.until(0)
    [day] = await days(course)
    assert day["object"] == "day 2027-03-01"
    own = {name: value for name, value in day.items() if "." not in name}
    assert own == {
        "on": "03-01", "object": "day 2027-03-01",
        "last_day": False, "checked_in": True, "streak": 1, "checkins": 1, "points": 5,
    }  # fmt: skip
    assert (day["course.day"], day["course.weekday"], day["member.days"]) == (1, "monday", 1)
    assert await shown(course, "checked_in", "streak", "checkins", "points", who="ben") == [(False, 0, 0, 0)]


async def test_a_streak_goes_on_breaks_and_is_mended_by_a_make_up(course: Community) -> None:
    for act in ("/checkin", "/checkin", "hello", "/makeup", "/checkin"):
        await course.types("ada", act)
        await course.passes(days=1)
    assert await shown(course, "on", "checked_in", "streak", "checkins") == [
        ("03-01", True, 1, 1),
        ("03-02", True, 2, 2),
        ("03-03", False, 0, 2),
        ("03-04", False, 0, 3),  # made up for the third, not checked in on the fourth
        ("03-05", True, 1, 4),
    ]


async def test_it_is_about_present_students(course: Community) -> None:
    for who in ("ada", "ben", "lin", "chen"):
        await course.types(who, "/checkin")
    await course.leaves("ben")
    await course.until(0)
    await course.welcomes("zoe", "Zoe")
    await course.types("zoe", "hello")
    told = select(account.c.user).join(fact, fact.c.member == account.c.member).where(fact.c.kind == "day.ended")
    assert [row.user for row in await course.rows(told)] == [course.actor(who).user for who in ("ada", "mia")]
    await course.until(0)
    assert await shown(course, "on", who="zoe") == [("03-02",)]


async def test_the_last_day_is_told_and_none_after_it(open_community) -> None:
    course = await open_community(rules=ENDED)
    for _ in range(3):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    await course.passes(days=20)
    found = await shown(course, "on", "last_day")
    assert found == [(f"03-{day:02}", day == 14) for day in range(1, 15)]
    assert (await course.said("ben"))[-1] == "Ada has finished!"
    assert {row["rule"] for row in await course.ledger()} == {"check_in", "streak_3", "steady", "finished"}


# --- for which day it counts ------------------------------------------------------------------------------------------


async def test_its_points_count_for_the_day_that_ended_and_its_week(course: Community) -> None:
    await course.passes(days=5)
    for _ in range(2):  # Saturday and Sunday
        await course.types("ada", "/checkin")
        await course.until(0)
    assert course.now.weekday() == 0
    given = select(ledger.c.local_date, ledger.c.at).where(ledger.c.rule == "steady")
    [row] = await course.rows(given)
    assert (row.local_date, row.at) == (date(2027, 3, 7), course.now)

    def in_week(day: date) -> list[tuple[str, int]]:
        where = Where(CourseId("writing"), "points", boards.week_of(day))
        with course.run.app.database.begin() as db:
            return [(line.name, line.points) for line in boards.top(db, where, 10)]

    assert in_week(date(2027, 3, 7)) == [("Ada", 5 + 5 + 3), ("Mia", 5)]
    assert in_week(date(2027, 3, 8)) == []


async def test_the_day_is_the_courses_own(open_community) -> None:
    course = await open_community(rules=ENDED, course=COURSE.replace("Europe/London", "Asia/Shanghai"))
    await course.types("ada", "/checkin")
    await course.until(0)
    assert course.now.isoformat() == "2027-03-01T16:00:00+00:00"
    assert await shown(course, "on", "checked_in") == [("03-01", True)]


# --- once -------------------------------------------------------------------------------------------------------------


async def test_each_day_ends_once_whatever_is_started_again(open_community) -> None:
    course = await open_community(rules=ENDED)
    await course.types("ada", "/checkin")
    await course.until(23, 59)
    course = await open_community(rules=ENDED)
    await course.until(0)
    course = await open_community(rules=ENDED)
    await course.comes_back()
    await course.passes(hours=1)
    assert await shown(course, "on") == [("03-01",)]


async def test_the_same_occurrence_twice_ends_the_day_once(course: Community) -> None:
    from bot.engine import agenda

    await course.types("ada", "/checkin")
    await course.until(9)
    app = course.run.app
    await course.is_away(hours=16)
    await app.database.run(lambda db: agenda.plan(db, app.library.refresh(db), app.library.schedule, course.now))
    due = await app.database.run(lambda db: agenda.due(db, app.library.refresh(db), course.now, until=course.now))
    for _ in range(2):
        await app.sink([*due, *due])
    await course.comes_back()
    assert await shown(course, "on") == [("03-01",)]


async def test_an_outage_of_thirty_days_is_made_up_for_day_by_day(open_community) -> None:
    course = await open_community(rules=ENDED, course=LONG)
    await course.types("ada", "/checkin")
    await course.until(9)
    await course.is_away(days=30)  # as if nothing had run
    course = await open_community(rules=ENDED, course=LONG)
    await course.comes_back()
    expected = [date(2027, 3, 1) + timedelta(days=n) for n in range(30)]
    assert await shown(course, "on", "course.day") == [(f"{day:%m-%d}", n) for n, day in enumerate(expected, 1)]
    assert await shown(course, "checked_in") == [(True,)] + [(False,)] * 29
    states = select(occurrence.c.state, func.count()).where(occurrence.c.ritual == "day_end")
    assert {row[0] for row in await course.rows(states.group_by(occurrence.c.state))} == {"done", "planned"}


async def test_who_came_after_a_day_is_not_told_of_it_late(open_community) -> None:
    course = await open_community(rules=ENDED)
    await course.types("ada", "hello")
    await course.until(9)
    await course.is_away(days=2)
    await course.posts("ben", "hello")
    await course.settle()
    await course.comes_back()
    await course.until(0)
    assert [len(await days(course, who)) for who in ("ada", "ben")] == [3, 1]


# --- the ritual -------------------------------------------------------------------------------------------------------


async def test_where_nobody_listens_no_day_ends(open_community) -> None:
    course = await open_community()
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    assert await days(course) == []
    assert await course.rows(select(occurrence).where(occurrence.c.ritual == "day_end")) == []


async def test_it_begins_and_stops_with_the_rules(open_community) -> None:
    course = await open_community()
    await course.types("ada", "/checkin")
    await course.passes(days=1)
    for rules in (ENDED, RULES):
        course.rewrites(rules=rules)
        await course.types("chen", "/reload", room="staff")
        await course.passes(days=1)
    await course.passes(days=1)
    assert await shown(course, "on") == [("03-02",)]


async def test_a_threshold_that_moves_holds_from_the_next_day_on(course: Community) -> None:
    for _ in range(2):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    assert [row["object"] for row in await course.ledger() if row["rule"] == "steady"] == ["day 2027-03-02"]
    course.rewrites(rules=ENDED.replace("checkins: {at_least: 2}", "checkins: {at_least: 5}"))
    await course.types("chen", "/reload", room="staff")
    for _ in range(3):
        await course.types("ada", "/checkin")
        await course.passes(days=1)
    days_given = [row["object"] for row in await course.ledger() if row["rule"] == "steady"]
    assert days_given == ["day 2027-03-02", "day 2027-03-05"]


async def test_it_needs_no_group_and_tells_staff_nothing(open_community) -> None:
    course = await open_community(
        rules=ENDED, course=COURSE.replace("kind: main, local: main", "kind: main"), rituals=""
    )
    await course.types("ada", "/bind writing main", room="main")
    await course.types("chen", "hello", room="staff")
    await course.passes(days=2)
    mine = select(occurrence.c.state).where(occurrence.c.ritual == "day_end").order_by(occurrence.c.due_at)
    assert [row.state for row in await course.rows(mine)][:2] == ["done", "done"]
    assert await course.said("chen", "staff") == []


def loaded(**changed: str) -> tuple[Course | None, Sequence[Problem]]:
    files = {name: changed.get(name.removesuffix(".yaml"), text) for name, text in FILES.items()}
    try:
        found = load_course("writing", files, Registry(FEATURES).vocabulary())
    except RulesRejected as rejected:
        return None, rejected.problems
    return found.course, found.problems


def test_no_ritual_of_an_admin_may_have_its_name_or_do_what_it_does() -> None:
    rituals = RITUALS.replace("daily_task", "day_end") + "mine:\n  every: day\n  at: 09:00\n  do: end_day\n"
    course, problems = loaded(rituals=rituals, rules=ENDED)
    assert [(problem.rule, problem.text.id) for problem in problems] == [
        ("day_end", "problem.built_in_ritual"),
        ("mine", "problem.unknown"),
    ]
    assert "end_day" not in problems[1].text.values["known"]
    assert course is not None
    assert [(ritual.id, ritual.is_built_in) for ritual in course.rituals] == [
        ("evening_sharing", False),
        ("evening_sharing:before", True),
        ("day_end", True),
    ]


@pytest.mark.parametrize(
    ("rules", "is_there"),
    [
        (RULES, False),
        ("", False),
        (ENDED, True),
        ("new:\n  when: checkin.done\n  shadow: 7d\n  then: [award: 1]\n", True),
        ("new:\n  when: day.ended\n  then: [award: one]\n", False),  # it is off
    ],
)
def test_it_is_there_where_a_rule_listens_or_is_in_the_shadow(rules: str, is_there: bool) -> None:
    course, _ = loaded(rules=rules)
    assert course is not None
    assert (course.ritual("day_end") is not None) is is_there


def test_preview_shows_it(tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rules=ENDED)
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(["preview", str(folder), "--from", "2027-03-14", "--days", "2"]) == 0
    lines = out.getvalue().splitlines()
    assert [line[:38] for line in lines if "day_end" in line] == [
        "2027-03-14 00:00  –         day_end   ",
        "2027-03-15 00:00  –         day_end   ",
    ]


async def test_why_is_not_buried_under_the_days(course: Community) -> None:
    await course.types("ada", "/checkin")
    await course.passes(days=2)
    assert "A day ended" not in await course.answer("ada", "/why")
    await course.types("ada", "/checkin")
    await course.until(0)
    assert "A day ended (5 points)\n    ✓ Steady: +3" in await course.answer("ada", "/why")


async def test_many_students_ask_no_more_questions_than_few(course: Community) -> None:
    from sqlalchemy import event

    async def statements() -> int:
        counted = 0

        def count(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            nonlocal counted
            counted += "adapter_document" not in statement  # a platform's own memory, at moments of its own

        await course.until(23, 59)
        event.listen(course.run.app.database.engine, "before_cursor_execute", count)
        await course.until(0)
        event.remove(course.run.app.database.engine, "before_cursor_execute", count)
        return counted

    await course.types("ada", "/checkin")
    few = await statements()
    for number in range(40):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", "/checkin")
    assert await statements() <= few
    assert await shown(course, "on", who="p39") == [("03-02",)]


async def test_each_reads_alone_what_the_clock_gave_them(open_community) -> None:
    rules = (
        RULES + "kept:\n  when: day.ended\n  where: {checked_in: true}\n  then: [{say: {en: 'Well kept, {name}'}}]\n"
    )
    course = await open_community(rules=rules)
    for who, text in (("ada", "/checkin"), ("ben", "hello")):
        await course.types(who, text)
    await course.until(0)
    heard = [[text for text in await course.said(who) if "Well kept" in text] for who in ("ada", "ben", "chen")]
    assert heard == [["Well kept, Ada"], [], []]
