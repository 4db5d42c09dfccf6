"""Reports: what a week, a month or the course came to, for everybody without names, for staff with all of it."""

from datetime import date
from pathlib import Path

import pytest

from bot.domain.messages import Table
from bot.engine.degrade import PHONE, board_lines, text_width
from bot.engine.figures import Stretch
from bot.engine.periods import Period, stretch_before, stretch_of, weeks_of
from tests.community import COURSE, RITUALS, Community, write_course
from tests.shell import Shell

pytestmark = pytest.mark.every_platform

WEEKLY = RITUALS + (
    "report_week:\n  every: sunday\n  at: 21:30\n  do: report\n  period: week\n"
    "  spaces: [main, staff]\n  on_quiet_days: run\n"
)
CHINESE = COURSE.replace("language: en", "language: zh-CN")


async def two_weeks(course: Community) -> None:
    """In the first week Ada checks in daily and shares, Ben comes once; in the second only Ada and Mia come."""
    await course.types("ben", "/checkin")
    await course.types("lin", "Staff do not count here, however much they say")
    await course.until(20)
    await course.types("ada", "Today I rewrote my first line three times.")
    for day in range(7):
        if day:
            await course.until(12)
        await course.types("ada", "/checkin")
    await course.until(22)
    await course.until(12)
    await course.types("ada", "/checkin")
    await course.types("ada", "/thanks @mia")
    await course.types("mia", "Thank you, that was a long text of mine")


async def report(course: Community, who: str = "ben", room: str = "main") -> tuple[str, list[tuple[str, ...]]]:
    """The newest post with a table: text and rows."""
    found = [message for message in await course.messages(who, room) if message.table and message.author == "bot"]
    return found[-1].text, [tuple(row) for row in found[-1].table]


# --- for everybody ----------------------------------------------------------------------------------------------------


async def test_the_group_reads_sums_and_nobodys_name(open_community) -> None:
    course = await open_community(rituals=WEEKLY)
    await two_weeks(course)
    await course.passes(days=6)
    await course.until(21, 31)
    text, rows = await report(course)
    assert text == (
        "The week\nMon, 8 Mar to Sun, 14 Mar\nThe last column is the change since Mon, 1 Mar to Sun, 7 Mar.\n"
        "Behind every number there is somebody who took the time. Thank you!"
    )
    assert rows == [
        ("Took part", "2/3", "-1"),
        ("Check-ins", "1", "-8"),
        ("Days in a row", "8", "+1"),
        ("Shares", "0", "-1"),
        ("Thanks", "1", "+1"),
        ("Points", "6", "-58"),
    ]
    for name in ("Ada", "Ben", "Mia"):
        assert name not in text + str(rows)


async def test_the_first_week_is_compared_with_nothing(open_community) -> None:
    course = await open_community(rituals=WEEKLY)
    await two_weeks(course)
    text, rows = next(
        (message.text, message.table) for message in await course.messages("ben") if message.text.startswith("The week")
    )
    assert "change" not in text
    assert rows[:3] == (("Took part", "3/3"), ("Check-ins", "9"), ("Days in a row", "7"))


async def test_a_week_in_which_nobody_came_is_told_kindly(open_community) -> None:
    course = await open_community(rituals=WEEKLY, demo="people:\n  - {id: ada, name: Ada, role: student}\n")
    await course.passes(days=6)
    await course.until(21, 31)
    assert (await course.said("ada"))[-1] == (
        "The week\nMon, 1 Mar to Sun, 7 Mar\n"
        "It has been quiet here. That's fine: today's task is a good place to start again."
    )


async def test_it_is_all_said_in_chinese_and_fits_a_phone(open_community) -> None:
    course = await open_community(rituals=WEEKLY, course=CHINESE)
    await two_weeks(course)
    await course.passes(days=6)
    await course.until(21, 31)
    text, rows = await report(course)
    assert text == (
        "一周小结\n3月8日 周一 到 3月14日 周日\n最后一列是和 3月1日 周一 到 3月7日 周日 比的变化。\n"
        "每个数字背后，都是有人花时间来了。谢谢大家！"
    )
    assert rows[:3] == [("参与学员", "2/3", "-1"), ("打卡", "1", "-8"), ("最长连续天数", "8", "+1")]
    await course.types("chen", "/report 全程", room="staff")
    text, rows = await report(course, "chen", "staff")
    assert text == (
        "全程复盘\n3月1日 周一 到 3月14日 周日\n"
        "连续 7 天没有动静，问问他们怎么了：Ben\n"
        "复盘时可以聊聊：作业难度、答疑形式、社群活动，哪一样要调？"
    )
    assert ("3-01–3-07", "3/3", "100%") in rows
    assert ("3-08–3-14", "2/3", "66%") in rows
    lines = board_lines(Table(rows=tuple(rows), numbers=frozenset({1, 2})))
    assert max(map(text_width, lines)) <= PHONE
    assert not any("…" in line for line in lines)


async def test_a_report_that_is_due_on_the_first_day_is_about_the_time_before(open_community) -> None:
    rituals = "report_week:\n  every: monday\n  at: 08:45\n  do: report\n  period: week\n"
    course = await open_community(rituals=rituals)
    await course.types("ada", "/checkin")
    await course.passes(days=7, hours=1)
    text, rows = await report(course)
    assert text.startswith("The week\nMon, 1 Mar to Sun, 7 Mar\n")
    assert rows[0] == ("Took part", "2/2")


async def test_a_month_is_compared_with_the_month_before(open_community) -> None:
    rituals = "report_month:\n  monthly: last\n  at: 20:30\n  do: report\n"
    course = await open_community(rituals=rituals, course=COURSE.replace("2027-03-14", "2027-04-30"))
    await course.types("ada", "/checkin")
    await course.passes(days=31)
    await course.types("ada", "/checkin")
    await course.types("ben", "/checkin")
    await course.until(20, 31)
    await course.passes(days=29)
    texts = [message for message in await course.messages("ben") if message.text.startswith("The month")]
    assert [text.text.splitlines()[1] for text in texts] == ["Mon, 1 Mar to Wed, 31 Mar", "Thu, 1 Apr to Fri, 30 Apr"]
    assert texts[1].text.splitlines()[2] == "The last column is the change since Mon, 1 Mar to Wed, 31 Mar."
    assert tuple(texts[1].table[1]) == ("Check-ins", "2", "=")


async def test_a_restart_reports_nothing_twice(open_community) -> None:
    course = await open_community(rituals=WEEKLY)
    await two_weeks(course)
    course = await open_community(rituals=WEEKLY)
    await course.passes(hours=1)
    assert len([text for text in await course.said("ben") if text.startswith("The week")]) == 1


async def test_a_report_that_is_far_too_late_is_left_to_staff(open_community) -> None:
    course = await open_community(rituals=WEEKLY)
    await course.passes(days=6)
    await course.is_away(days=1)  # as if nothing had run
    await course.comes_back()
    assert not [text for text in await course.said("ben") if text.startswith("The week")]
    assert "report_week" in "".join(await course.said("chen", "staff"))


# --- for staff --------------------------------------------------------------------------------------------------------


async def test_staff_read_all_of_it_in_their_room(open_community) -> None:
    course = await open_community(rituals=WEEKLY)
    await two_weeks(course)
    await course.passes(days=6)
    await course.until(21, 31)
    text, rows = await report(course, "chen", "staff")
    assert text == (
        "The week in figures\nMon, 8 Mar to Sun, 14 Mar\n"
        "The last column is the change since Mon, 1 Mar to Sun, 7 Mar.\n"
        "Nothing for seven days; ask how they are: Ben\n"
        "To talk about: how hard the tasks are, how questions are answered, what the group does together. "
        "What should change?"
    )
    assert rows == [
        ("Took part", "2/3", "-1"),
        ("Check-ins", "1", "-8"),
        ("Days in a row", "8", "+1"),
        ("Shares", "0", "-1"),
        ("Thanks", "1", "+1"),
        ("Joined", "0", "-3"),
        ("Left", "0", "="),
        ("Points", "6", "-58"),
        ("· activity", "6", "-58"),
        ("Came 4+ days", "0", ""),
        ("Quiet for 7 days", "1", ""),
    ]


async def test_who_has_gone_quiet_is_there_and_has_done_nothing_for_seven_days(open_community) -> None:
    course = await open_community()
    for who in ("gil", "hal", "ida"):
        await course.welcomes(who, who.title())
        await course.types(who, "/checkin")
    await course.types("lin", "/checkin")
    await course.passes(days=3)
    await course.types("ida", "Still here")
    await course.passes(days=5)
    await course.types("ada", "I am new here")
    await course.leaves("hal")
    text, rows = await _asked(course, "/report")
    assert "ask how they are: Gil, Mia\n" in text  # Mia is in the script: she came on the first day
    assert ("Quiet for 7 days", "2", "") in rows
    assert ("Left", "1", "+1") in rows


async def test_of_many_who_are_quiet_the_first_are_named(open_community) -> None:
    course = await open_community(demo="people:\n  - {id: chen, name: Chen, role: admin}\n")
    for number in range(23):
        await course.welcomes(f"p{number}", f"P{number}")
        await course.types(f"p{number}", "hello")
    await course.passes(days=8)
    text, rows = await _asked(course, "/report course")
    assert "P0, P1, " in text
    assert "P19, and 3 more" in text
    assert ("Quiet for 7 days", "23", "") in rows


async def test_points_are_told_by_what_they_are_for(open_community) -> None:
    rules = (
        "came:\n  when: checkin.done\n  then: [award: 5]\n"
        "thanked:\n  when: thanks.received\n  counts_as: help\n  then: [award: 2]\n"
    )
    course = await open_community(rules=rules)
    await course.types("ada", "/checkin")
    await course.types("ben", "/thanks @ada")
    await course.types("chen", "/grant @ben +7 brought cake", room="staff")
    _, rows = await _asked(course, "/report week")
    wanted = [("Points", "14"), ("· activity", "5"), ("· help", "2"), ("· by staff", "7")]
    assert [row for row in rows if row in wanted] == wanted


async def test_what_was_not_done_when_it_was_due_is_told(open_community) -> None:
    course = await open_community()
    await course.until(12)
    await course.is_away(days=2)  # as if nothing had run
    await course.comes_back()
    text, _ = await _asked(course, "/report")
    assert "Not done when they were due: daily_task ×2, evening_sharing ×2\n" in text


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("", "Mon, 8 Mar"),
        ("week", "Mon, 8 Mar"),
        ("本周", "Mon, 8 Mar"),
        ("Month", "Mon, 1 Mar"),
        ("月", "Mon, 1 Mar"),
        ("course", "Mon, 1 Mar"),
    ],
)
async def test_staff_ask_for_a_week_a_month_or_the_course(open_community, asked: str, first: str) -> None:
    course = await open_community()
    await course.passes(days=8)
    text, _ = await _asked(course, f"/report {asked}", who="lin")
    assert text.splitlines()[1] == f"{first} to Tue, 9 Mar"


@pytest.mark.parametrize("asked", ["year", "{x}", "week month", "周" * 5000])
async def test_what_nobody_understands_is_answered(course: Community, asked: str) -> None:
    assert (await course.answer("chen", f"/report {asked}", room="staff")).startswith("Which one? week, month")


async def test_students_ask_for_none_and_nobody_in_the_group(course: Community) -> None:
    assert (await course.answer("ada", "/report")).startswith("/report is for")
    assert (await course.answer("lin", "/report")).startswith("/report does not work here.")


async def test_before_the_course_there_is_nothing_to_report(open_community) -> None:
    course = await open_community(course=COURSE.replace("2027-03-01", "2027-03-08"))
    assert "8 Mar" in await course.answer("chen", "/report", room="staff")


async def _asked(course: Community, text: str, who: str = "chen") -> tuple[str, list[tuple[str, ...]]]:
    await course.types(who, text, room="staff")
    return await report(course, who, "staff")


# --- the dates --------------------------------------------------------------------------------------------------------

COURSE_DATES = Stretch(date(2027, 3, 1), date(2027, 5, 31))


@pytest.mark.parametrize(
    ("period", "day", "first", "last", "before"),
    [
        ("week", date(2027, 3, 17), date(2027, 3, 15), date(2027, 3, 17), (date(2027, 3, 8), date(2027, 3, 10))),
        ("week", date(2027, 3, 15), date(2027, 3, 8), date(2027, 3, 14), (date(2027, 3, 1), date(2027, 3, 7))),
        ("week", date(2027, 3, 1), date(2027, 3, 1), date(2027, 3, 1), None),
        ("week", date(2027, 2, 3), date(2027, 3, 1), date(2027, 3, 1), None),
        ("week", date(2027, 9, 9), date(2027, 5, 31), date(2027, 5, 31), (date(2027, 5, 24), date(2027, 5, 24))),
        ("month", date(2027, 3, 31), date(2027, 3, 1), date(2027, 3, 31), None),
        ("month", date(2027, 4, 30), date(2027, 4, 1), date(2027, 4, 30), (date(2027, 3, 1), date(2027, 3, 31))),
        ("month", date(2027, 5, 1), date(2027, 4, 1), date(2027, 4, 30), (date(2027, 3, 1), date(2027, 3, 31))),
        ("month", date(2027, 4, 12), date(2027, 4, 1), date(2027, 4, 12), (date(2027, 3, 1), date(2027, 3, 12))),
        ("month", date(2027, 5, 31), date(2027, 5, 1), date(2027, 5, 31), (date(2027, 4, 1), date(2027, 4, 30))),
        ("course", date(2027, 4, 12), date(2027, 3, 1), date(2027, 4, 12), None),
        ("course", date(2027, 9, 9), date(2027, 3, 1), date(2027, 5, 31), None),
    ],
)
def test_a_report_is_about_these_dates(
    period: Period, day: date, first: date, last: date, before: tuple[date, date] | None
) -> None:
    found = stretch_of(period, day, COURSE_DATES)
    assert found == (first, last)
    assert stretch_before(period, found, COURSE_DATES) == before


def test_a_course_that_begins_in_the_middle_of_a_week_has_no_whole_week_to_compare_with() -> None:
    course = Stretch(date(2027, 3, 4), date(2027, 3, 31))
    assert stretch_before("week", Stretch(date(2027, 3, 8), date(2027, 3, 14)), course) is None
    assert stretch_before("week", Stretch(date(2027, 3, 4), date(2027, 3, 7)), course) is None
    assert [week.first.day for week in weeks_of(course)] == [4, 8, 15, 22, 29]
    assert [week.last.day for week in weeks_of(course)] == [7, 14, 21, 28, 31]


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_preview_says_what_it_is_about(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals="end:\n  monthly: 14\n  at: 21:00\n  do: report\n")
    assert shell("preview", folder, "--days", "14", "--from", "2027-03-01") == 0
    assert [line for line in shell.lines if line.endswith("the report of the month")]


def test_a_wrong_period_is_told_with_its_place(tmp_path: Path, shell: Shell) -> None:
    folder = write_course(tmp_path / "writing", rituals=WEEKLY.replace("period: week", "period: year"))
    assert shell("check", folder) == 1
    assert "week, month, course" in shell.out + shell.err
