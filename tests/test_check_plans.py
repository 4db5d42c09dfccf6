"""`check` finds gaps between the calendar and the rituals, and rituals that are in each other's way."""

import json
import re
from pathlib import Path

import pytest

from bot.engine.feature import Registry
from bot.features import FEATURES
from bot.planning import warnings_of
from bot.texts.catalogue import Catalogues
from rules.fields import WEEKDAYS
from rules.loader import load_course
from tests.community import COURSE, FILES, write_course
from tests.shell import Shell

VOCABULARY = Registry(FEATURES).vocabulary()
TEXTS = Catalogues()
TASKS = "daily_task: {every: day, at: 09:00, do: post_task}\n"
SHARING = "sharing: {every: day, at: 20:00, do: sharing, lasts: 1h}\n"
EVERY_DAY = "days:\n" + "".join(f"  - {{day: {day}, title: T, task: U}}\n" for day in range(1, 15))
WEEKENDS = "quiet_days: {weekdays: [saturday, sunday]}\n"


def days(**parts: str) -> str:
    """A calendar with a task on each of 14 days; `day_3="sharing: Why?"` adds to one of them."""
    more = {int(name.removeprefix("day_")): f", {text}" for name, text in parts.items()}
    return "days:\n" + "".join(f"  - {{day: {n}, title: T, task: U{more.get(n, '')}}}\n" for n in range(1, 15))


def only(*numbers: int) -> str:
    return "days:\n" + "".join(f"  - {{day: {number}, title: T, task: U}}\n" for number in numbers)


def warned(
    calendar: str | bytes = EVERY_DAY,
    rituals: str = TASKS,
    *,
    course: str = COURSE,
    homework: str = "",
    questions: str = "",
    csv: bool = False,
) -> list[str]:
    """Every warning about a course of 14 days, in English, with its place."""
    days = "calendar.csv" if csv else "calendar.yaml"
    files = {"course.yaml": course, "rituals.yaml": rituals, "homework.yaml": homework, days: calendar}
    files["questions.yaml"] = questions
    loaded = load_course("camp", files, VOCABULARY)
    assert loaded.problems == ()
    found = warnings_of(loaded.course, VOCABULARY, files)
    assert {warning.severity for warning in found} <= {"warning"}
    return [
        f"{warning.file}:{warning.line}:{warning.column}: {TEXTS.say('en', warning.text.id, **warning.text.values)}"
        for warning in found
    ]


# --- gaps -------------------------------------------------------------------------------------------------------------


def test_a_course_whose_days_all_have_what_its_rituals_post_is_fine() -> None:
    assert warned() == []


def test_days_in_a_row_without_a_task_are_one_warning_where_they_would_stand() -> None:
    assert warned(only(1, 2, 3, 4, 9, 10)) == [
        "calendar.yaml:6:5: days 5 to 8 have no task, so daily_task has nothing to post 4 times",
        "calendar.yaml:7:5: days 11 to 14 have no task, so daily_task has nothing to post 4 times",
    ]


def test_a_single_day_and_the_first_days_are_told_at_the_next_one() -> None:
    assert warned(only(3, *range(5, 15))) == [
        "calendar.yaml:2:5: days 1 to 2 have no task, so daily_task has nothing to post 2 times",
        "calendar.yaml:3:5: day 4 has no task, so daily_task has nothing to post",
    ]


@pytest.mark.parametrize("calendar", ["", "days: []\n"])
def test_an_empty_calendar_is_one_gap(calendar: str) -> None:
    assert warned(calendar) == [
        "calendar.yaml:1:1: days 1 to 14 have no task, so daily_task has nothing to post 14 times"
    ]


def test_only_the_days_count_on_which_a_ritual_posts() -> None:
    mondays = "weekly: {every: monday, at: 09:00, do: post_task}\n"
    assert warned(only(1, 8), mondays) == []
    assert warned(only(1), mondays) == ["calendar.yaml:2:5: day 8 has no task, so weekly has nothing to post"]
    assert warned("", mondays) == ["calendar.yaml:1:1: days 1 to 8 have no task, so weekly has nothing to post 2 times"]


def test_a_day_that_has_no_material_or_reminder_is_a_gap_where_a_ritual_posts_it() -> None:
    rituals = (
        f"{TASKS}reading: {{on_day: [1, 3], at: 08:00, do: post_material}}\n"
        "evening: {on_day: [1, 2], at: 19:00, do: post_reminder}\n"
    )
    calendar = days(day_1="material: Read, reminder: Rest")
    assert warned(calendar, rituals) == [
        "calendar.yaml:4:5: day 3 has no material, so reading has nothing to post",
        "calendar.yaml:3:5: day 2 has no reminder, so evening has nothing to post",
    ]


def test_a_day_without_a_topic_is_no_gap_for_sharing() -> None:
    assert warned(days(day_1="sharing: Why?"), TASKS + SHARING) == []


def test_two_rituals_that_lack_the_same_are_told_together() -> None:
    again = "again: {every: day, at: 12:00, do: post_task, spaces: [staff]}\n"
    [gap] = warned(only(*range(1, 14)), TASKS + again)
    assert gap.endswith("day 14 has no task, so daily_task, again has nothing to post")


def test_quiet_days_need_nothing_unless_the_ritual_runs_on_them() -> None:
    weekdays = only(1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
    assert warned(weekdays, course=COURSE + WEEKENDS) == []
    running = TASKS.replace("09:00", "09:00, on_quiet_days: run")
    assert warned(weekdays, running, course=COURSE + WEEKENDS) == [
        "calendar.yaml:7:5: days 6 to 7 have no task, so daily_task has nothing to post 2 times",
        "calendar.yaml:11:5: days 13 to 14 have no task, so daily_task has nothing to post 2 times",
    ]


def test_what_is_posted_outside_of_the_course_needs_no_day() -> None:
    rituals = TASKS + "hello: {every: day, at: 10:00, starts: 2027-02-20, ends: 2027-03-02, do: post_task}\n"
    assert warned(rituals=rituals) == []


# --- what nobody posts ------------------------------------------------------------------------------------------------


def test_what_no_ritual_posts_at_all_is_told_once_with_the_actions_that_would() -> None:
    calendar = days(day_2="material: M, sharing: S, reminder: R", day_5="sharing: S")
    would = "that the calendar has; these actions would"
    assert warned(calendar, "nudge: {every: day, at: 19:00, do: nudge}\n") == [
        f"calendar.yaml:2:30: no ritual posts the task {would}: post_task",
        f"calendar.yaml:3:43: no ritual posts the material {would}: post_task, post_material",
        f"calendar.yaml:3:55: no ritual posts the sharing topic {would}: sharing",
        f"calendar.yaml:3:68: no ritual posts the reminder {would}: post_reminder",
    ]


def test_material_comes_with_the_task_unless_the_ritual_says_otherwise() -> None:
    calendar = days(day_2="material: M")
    assert warned(calendar) == []
    [warning] = warned(calendar, TASKS.replace("post_task", "post_task, with_material: false"))
    assert warning.startswith("calendar.yaml:3:43: no ritual posts the material that the calendar has")


def test_days_whose_task_no_ritual_posts_are_told_as_the_calendar_has_them() -> None:
    workdays = TASKS.replace("day,", "[monday, tuesday, wednesday, thursday, friday],")
    assert warned(EVERY_DAY, workdays) == [
        "calendar.yaml:7:30: no ritual posts the task of days 6 to 7",
        "calendar.yaml:14:31: no ritual posts the task of days 13 to 14",
    ]
    assert warned(only(1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12), workdays) == [
        "calendar.yaml:7:30: no ritual posts the task of day 6"
    ]


def test_what_is_on_a_quiet_day_that_is_skipped_is_told() -> None:
    assert warned(course=COURSE + WEEKENDS) == [
        "calendar.yaml:7:30: days 6 to 7 are quiet days, so their task is not posted",
        "calendar.yaml:14:31: days 13 to 14 are quiet days, so their task is not posted",
    ]
    quiet = "quiet_days: {dates: [2027-03-03]}\n"
    assert warned(course=COURSE + quiet) == ["calendar.yaml:4:30: day 3 is a quiet day, so its task is not posted"]
    for way in ("run", "postpone"):
        rituals = TASKS.replace("09:00", f"09:00, on_quiet_days: {way}")
        told = warned(rituals=rituals, course=COURSE + quiet)
        assert told == ([] if way == "run" else ["calendar.yaml:4:30: day 3 is a quiet day, so its task is not posted"])


def test_lessons_and_deadlines_need_no_ritual() -> None:
    assert warned(days(day_1="lesson: 19:30", day_2="deadline: 22:00")) == []


# --- clashes ----------------------------------------------------------------------------------------------------------

LIVE = "live: {every: [tuesday, friday], at: 20:30, do: live_qa, lasts: 1h}\n"


def test_sessions_that_overlap_are_told_once_with_the_first_time() -> None:
    assert warned(rituals=TASKS + SHARING + LIVE) == [
        "rituals.yaml:3:1: sharing still goes on in main when live begins, for the first time on 2 Mar 20:30"
    ]


@pytest.mark.parametrize(
    "rituals",
    [
        SHARING + LIVE.replace("20:30", "21:00"),  # what is marked afterwards is no part of it
        SHARING + LIVE.replace("20:30", "18:59"),
        SHARING + LIVE.replace("live_qa", "live_qa, spaces: [staff]"),
        SHARING + LIVE.replace("20:30", "21:15, announce_before: 30m, agenda_before: 0s"),
        SHARING + "hello: {every: day, at: 20:30, do: post, say: Hello}\n",
        SHARING + "asked: {every: day, at: 19:30, do: post, poll: {question: A?, options: [b, c], closes_in: 1h}}\n",
        SHARING + "pk: {every: monday, at: 12:00, do: contest, title: PK, enter_for: 3d, vote_for: 1d}\n",
        "nudge: {every: day, at: 09:00, do: nudge}\n",
        "board: {every: day, at: 09:00, do: show_board}\n",
        "hello: {every: day, at: 09:00, do: post, say: Hello, spaces: [staff]}\n",
        "hello: {every: day, at: 09:00, time_zone: Asia/Shanghai, do: post, say: Hello}\n",
    ],
)
def test_what_is_in_nobodys_way_is_no_clash(rituals: str) -> None:
    assert warned(rituals=TASKS + rituals) == []


def test_rituals_that_begin_at_the_same_minute_are_told_at_the_one_that_stands_below() -> None:
    rituals = "hello: {every: friday, at: 09:00, do: post, say: Hello}\n" + TASKS
    assert warned(rituals=rituals) == [
        "rituals.yaml:2:1: daily_task and hello begin in main at the same minute, for the first time on 5 Mar 09:00"
    ]


def test_a_time_is_the_same_wherever_it_is_written() -> None:
    rituals = TASKS + "hello: {cron: 0 17 * * 3, time_zone: Asia/Shanghai, do: post, say: Hello}\n"
    assert warned(rituals=rituals) == [
        "rituals.yaml:2:1: hello and daily_task begin in main at the same minute, for the first time on 3 Mar 09:00"
    ]


def test_each_pair_is_told_once_and_each_of_three_that_meet_with_each_other() -> None:
    rituals = "".join(f"{name}: {{every: day, at: 09:00, do: post, say: Hello}}\n" for name in ("one", "two"))
    assert [re.findall("[a-z_]+ and [a-z_]+", warning) for warning in warned(rituals=TASKS + rituals)] == [
        ["one and daily_task"],
        ["two and daily_task"],
        ["two and one"],
    ]


def test_a_session_that_lasts_into_its_own_next_one_is_told() -> None:
    assert warned(rituals=TASKS + "hourly: {cron: 0 10-20 * * *, do: sharing, lasts: 90m}\n") == [
        "rituals.yaml:2:1: hourly still goes on in main when hourly begins, for the first time on 1 Mar 11:00"
    ]


def test_what_a_quiet_day_skips_clashes_with_nothing() -> None:
    rituals = TASKS + "hello: {every: saturday, at: 09:00, do: post, say: Hello, on_quiet_days: run}\n"
    calendar = only(1, 2, 3, 4, 5, 8, 9, 10, 11, 12)
    assert warned(calendar, rituals, course=COURSE + WEEKENDS) == []
    assert len(warned(rituals=rituals)) == 1


# --- what never takes place -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ritual", "told"),
    [
        ("on_day: 15, at: 12:00", "never takes place: there is no such day from 2027-03-01 to 2027-03-14"),
        ("monthly: 20, at: 12:00", "never takes place: there is no such day from 2027-03-01 to 2027-03-14"),
        ("cron: 0 12 20 * *", "never takes place: there is no such day from 2027-03-01 to 2027-03-14"),
        (
            "every: monday, at: 12:00, starts: 2027-03-02, ends: 2027-03-03",
            "never takes place: there is no such day from 2027-03-02 to 2027-03-03",
        ),
        ("before: lesson, by: 30m", "never takes place: the calendar has no lesson from 2027-03-01 to 2027-03-14"),
        ("after: deadline", "never takes place: the calendar has no deadline from 2027-03-01 to 2027-03-14"),
        (
            "every: day, at: 12:00, starts: 2026-03-01, ends: 2026-03-14",
            "takes place outside of the course only: from 2026-03-01 to 2026-03-14",
        ),
    ],
)
def test_a_ritual_that_never_takes_place_is_told(ritual: str, told: str) -> None:
    rituals = f"{TASKS}hello: {{{ritual}, do: post, say: Hello}}\n"
    assert warned(rituals=rituals) == [f"rituals.yaml:2:1: hello {told}"]


def test_a_ritual_of_quiet_days_alone_is_told() -> None:
    rituals = "hello: {every: saturday, at: 12:00, do: post, say: Hello}\n"
    assert warned("", rituals, course=COURSE + WEEKENDS) == [
        "rituals.yaml:1:1: hello never takes place: all its days are quiet days"
    ]
    assert warned("", rituals.replace("12:00", "12:00, on_quiet_days: run"), course=COURSE + WEEKENDS) == []


def test_the_alumni_may_have_rituals_after_the_course() -> None:
    course = COURSE.replace("staff:\n", "  - {id: old, kind: alumni, local: old}\nstaff:\n")
    ritual = "monthly: last, at: 12:00, starts: 2027-04-01, ends: 2027-12-31, do: post, say: Hello"
    assert warned("", f"hello: {{{ritual}, spaces: [old]}}\n", course=course) == []
    assert len(warned("", f"hello: {{{ritual}}}\n", course=course)) == 1


# --- homework ---------------------------------------------------------------------------------------------------------

NOTE = "note:\n  title: Note\n  tier: {tier}\n  opens: {{day: {opens}, at: 9:00}}\n  due: {{day: {due}, at: 22:00}}\n"
RUBRIC = "  rubric: {hook: {title: Hook, points: 30}}\n"
QUESTIONS = "  questions: [{ask: Q, fill: x}]\n"


@pytest.mark.parametrize(
    ("opens", "due", "told"),
    [
        (1, 5, []),
        (6, 8, ["homework.yaml:4:10: note opens on a quiet day: day 6"]),
        (1, 7, ["homework.yaml:5:8: note is due on a quiet day: day 7"]),
        (
            6,
            14,
            [
                "homework.yaml:4:10: note opens on a quiet day: day 6",
                "homework.yaml:5:8: note is due on a quiet day: day 14",
            ],
        ),
    ],
)
def test_homework_that_opens_or_is_due_on_a_quiet_day_is_told(opens: int, due: int, told: list[str]) -> None:
    homework = NOTE.format(tier="base", opens=opens, due=due)
    assert warned("", "", course=COURSE + WEEKENDS, homework=homework) == told
    assert warned("", "", homework=homework) == []


@pytest.mark.parametrize("tier", ["practice", "challenge"])
def test_homework_that_assistants_grade_without_a_rubric_is_told(tier: str) -> None:
    homework = NOTE.format(tier=tier, opens=1, due=5)
    told = f"homework.yaml:3:9: note is {tier} but has no rubric, so it can only be graded as done or not done"
    assert warned("", "", homework=homework) == [told]
    assert warned("", "", homework=homework + RUBRIC) == []
    assert warned("", "", homework=homework + QUESTIONS) == []
    assert warned("", "", homework=homework.replace(tier, "base")) == []


def test_rituals_before_a_deadline_have_that_of_a_homework() -> None:
    rituals = "soon: {before: deadline, by: 2h, do: post, say: Soon!}\n"
    assert len(warned("", rituals)) == 1
    assert warned("", rituals, homework=NOTE.format(tier="base", opens=1, due=5)) == []


def test_rituals_of_a_homework_are_in_nobodys_way() -> None:
    rituals = "hello: {on_day: 1, at: 09:00, do: post, say: Hello}\n"
    assert warned("", rituals, homework=NOTE.format(tier="base", opens=1, due=5)) == []


# --- who is on duty ---------------------------------------------------------------------------------------------------

WORKDAYS = "{monday: LIN, tuesday: LIN, wednesday: LIN, thursday: LIN, friday: LIN}".replace("LIN", "local:lin")


def test_days_on_which_the_rota_names_nobody_are_told_where_it_stands() -> None:
    told = "nobody is on duty on Saturday, Sunday: all assistants are told then"
    assert warned(questions=f"within: 4h\nduty: {WORKDAYS}\n") == [f"questions.yaml:2:7: {told}"]
    assert warned(homework=f"grading:\n  duty: {WORKDAYS}\n") == [f"homework.yaml:2:9: {told}"]


@pytest.mark.parametrize("rest", ["rests_on: [saturday, sunday]", "quiet_days: true"])
def test_on_days_on_which_the_clock_stands_nobody_need_be_on_duty(rest: str) -> None:
    questions = f"duty: {WORKDAYS}\n{rest}\n"
    assert warned("", "", course=COURSE + WEEKENDS, questions=questions) == []


def test_a_course_without_a_rota_has_left_it_to_everybody_on_purpose() -> None:
    assert warned(questions="within: 4h\n") == []


def test_somebody_on_duty_who_is_none_of_the_staff_is_told_once_for_each_rota() -> None:
    week = "".join(f"    {day}: [local:lin, {{who: local:wu, from: 18:00}}]\n" for day in WEEKDAYS)
    told = (
        "local:wu is on duty but not in the staff of course.yaml: unless made staff some other way, they are never told"
    )
    assert warned(questions=f"duty:\n{week}") == [f"questions.yaml:2:31: {told}"]
    assert warned(homework=f"grading:\n  duty:\n{week}") == [f"homework.yaml:3:31: {told}"]
    assert warned(questions=f"duty:\n{week}".replace("local:wu", "local:chen")) == []


# --- in a table -------------------------------------------------------------------------------------------------------


def test_in_a_table_the_warnings_stand_at_rows_and_cells() -> None:
    rows = "".join(f"{number},标题,任务,{'睡' if number == 4 else ''}\r\n" for number in range(1, 15) if number != 7)
    table = f"第几天,标题,任务,提醒\r\n{rows}".encode("gb18030")
    assert warned(table, csv=True) == [
        "calendar.csv:8:1: day 7 has no task, so daily_task has nothing to post",
        "calendar.csv:5:9: no ritual posts the reminder that the calendar has; these actions would: post_reminder",
    ]


# --- the command ------------------------------------------------------------------------------------------------------


def test_warnings_are_counted_apart_and_are_no_failure(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing")
    assert shell("check", folder) == 0
    assert shell.lines == [
        f"{folder}/calendar.yaml:5:5: warning: days 4 to 14 have no task, so daily_task has nothing to post 11 times",
        "No problems: 1 course",
        "1 warning",
    ]


def test_who_wants_it_strict_gets_a_failure(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing")
    assert shell("check", "--strict", folder) == 1
    assert shell("check", "--strict", write_course(tmp_path / "fine", calendar=EVERY_DAY)) == 0


def test_warnings_stand_among_the_problems_in_order(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rules=FILES["rules.yaml"].replace("award: 5", "award: five"))
    assert shell("check", folder) == 1
    assert [line.removeprefix(f"{folder}/").split(" ")[0] for line in shell.lines] == [
        "calendar.yaml:5:5:",
        "rules.yaml:8:14:",
        "1",
        "1",
    ]


def test_programs_are_told_which_is_which(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rules=FILES["rules.yaml"].replace("award: 5", "award: five"))
    assert shell("check", "--json", folder) == 1
    rows = [json.loads(line) for line in shell.lines]
    assert [(row["id"], row["severity"]) for row in rows] == [
        ("plan.gaps", "warning"),
        ("problem.not_whole_number", "error"),
    ]


def test_chinese_operators_read_chinese_warnings(shell: Shell, tmp_path: Path) -> None:
    shell.speaks("zh_CN.UTF-8")
    folder = write_course(tmp_path / "writing")
    assert shell("check", folder) == 0
    assert shell.lines == [
        f"{folder}/calendar.yaml:5:5: 注意：第 4 到 14 天没有任务，daily_task 有 11 次没有内容可发",
        "没有问题：1 门课程",
        "1 处提醒",
    ]


def test_while_a_ritual_is_off_its_gaps_are_not_told(shell: Shell, tmp_path: Path) -> None:
    folder = write_course(tmp_path / "writing", rituals=FILES["rituals.yaml"].replace("post_task", "post_tsk"))
    assert shell("check", folder) == 1
    assert [line.removeprefix(f"{folder}/").split(" ")[0] for line in shell.lines] == ["rituals.yaml:5:7:", "1"]


def test_while_a_homework_is_off_its_deadline_is_no_gap(shell: Shell, tmp_path: Path) -> None:
    rituals = "soon: {before: deadline, by: 2h, do: post, say: Soon!}\n"
    homework = NOTE.format(tier="bse", opens=1, due=5)
    folder = write_course(tmp_path / "writing", calendar="", rituals=rituals, homework=homework)
    assert shell("check", folder) == 1
    assert shell.lines[0] == (
        f"{folder}/homework.yaml:3:9: tier: there is no “bse” — did you mean base? (this one would be off)"
    )
    assert len(shell.lines) == 2
