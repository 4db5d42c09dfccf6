"""Course files in; a course, or every problem with its place, out."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.course import Course, CourseSpace, Day
from bot.domain.errors import Problem, RulesRejected
from bot.domain.ids import RitualId, RuleId, SpaceId
from bot.domain.messages import Localised
from bot.domain.places import Address
from bot.domain.rituals import (
    Anchor,
    Around,
    ByCron,
    NthWeekday,
    OnCourseDays,
    OnMonthDays,
    OnWeekdays,
    Ritual,
    Step,
    When,
)
from bot.domain.rules import AllOf, AnyOf, Between, Condition, Effect, Is, Limit, Not, Rule
from rules.folder import KNOWN
from rules.loader import load_course, read_folder
from tests.rules.vocabulary import COURSE, VOCABULARY, CheckinSection, Makeup, SharingOptions

ON_TIME = """\
on_time_homework:
  when: homework.submitted
  where: {late: false}
  then:
    - say: {zh: 准时交作业，+10 分, en: "On time: +10 points."}
    - award: 10
"""


def load(files: Mapping[str, str | bytes], **shown: str) -> tuple[Course | None, Sequence[Problem]]:
    """The course, or None where it was refused, and the problems."""
    try:
        loaded = load_course("camp", {"course.yaml": COURSE, **files}, VOCABULARY, **shown)
    except RulesRejected as rejected:
        return None, rejected.problems
    return loaded.course, loaded.problems


def course_from(**files: str) -> Course:
    course, problems = load({f"{name}.yaml": text for name, text in files.items()})
    assert course is not None
    assert listed(problems) == []
    return course


def listed(problems: Sequence[Problem]) -> list[str]:
    return [f"{problem.file}:{problem.line}:{problem.column} {problem.text.id}" for problem in problems]


def rule(where: str = "{late: false}", then: str = "[award: 1]", rest: str = "") -> str:
    return f"r:\n  when: homework.submitted\n  where: {where}\n  then: {then}\n{rest}"


def test_a_course_says_what_its_file_says() -> None:
    course = course_from(course=COURSE + "checkin:\n  makeup: {within_days: 5}\n")
    assert course == Course(
        id=course.id,
        title=Localised({"zh_Hans": "两周写作营"}),
        language="zh_Hans",
        zone="Asia/Shanghai",
        starts=date(2027, 3, 1),
        ends=date(2027, 3, 14),
        spaces=(
            CourseSpace(id=SpaceId("main"), kind="main", addresses=(Address(platform="local", chat="main"),)),
            CourseSpace(
                id=SpaceId("staff"),
                kind="staff",
                addresses=(Address(platform="telegram", chat="-1001"), Address(platform="discord", chat="7")),
            ),
        ),
        admins=frozenset({"local:chen"}),
        assistants=frozenset({"local:lin"}),
        settings={"checkin": CheckinSection(makeup=Makeup(within_days=5))},
    )


@pytest.mark.parametrize("section", ["", "checkin:\n", "checkin: {}\n"])
def test_a_section_that_is_left_out_has_its_defaults(section: str) -> None:
    assert course_from(course=COURSE + section).settings == {"checkin": CheckinSection()}


def test_a_plain_text_is_in_the_language_of_the_course() -> None:
    english = COURSE.replace("zh-CN", "en")
    assert course_from(course=english).title == Localised({"en": "两周写作营"})


def test_the_calendar_holds_the_days() -> None:
    calendar = """\
days:
  - {day: 1, title: 开营, task: {zh: 写三行, en: Write three lines}}
  - {day: 3, title: T, task: U, sharing: S}
"""
    text = {name: Localised({"zh_Hans": name}) for name in ("开营", "T", "U", "S")}
    assert course_from(calendar=calendar).days == (
        Day(number=1, title=text["开营"], task=Localised({"zh_Hans": "写三行", "en": "Write three lines"})),
        Day(number=3, title=text["T"], task=text["U"], sharing=text["S"]),
    )


def test_a_rule_says_what_its_file_says() -> None:
    limit = "  limit: {once_per: day, points_per_day: 15, cool_down: 10m}\n  title: 准时\n"
    assert course_from(rules=ON_TIME + limit).rules == (
        Rule(
            id=RuleId("on_time_homework"),
            title=Localised({"zh_Hans": "准时"}),
            when="homework.submitted",
            where=Is(field="late", values=(False,)),
            limit=Limit(once_per="day", points_per_day=15, cool_down=timedelta(minutes=10)),
            then=(
                Effect(name="say", argument=Localised({"zh_Hans": "准时交作业，+10 分", "en": "On time: +10 points."})),
                Effect(name="award", argument=10),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ("{homework: day-3}", Is(field="homework", values=("day-3",))),
        ("{homework: [a, b]}", Is(field="homework", values=("a", "b"))),
        ("{version: 2}", Is(field="version", values=(2,))),
        ("{version: {at_least: 2}}", Between(field="version", at_least=2)),
        ("{version: {at_least: 2, at_most: 2.5}}", Between(field="version", at_least=2, at_most=2.5)),
        ("{due: 2027-03-02}", Is(field="due", values=(date(2027, 3, 2),))),
        ("{member.role: [student, admin]}", Is(field="member.role", values=("student", "admin"))),
        ("{space.kind: main}", Is(field="space.kind", values=("main",))),
        ("{course.day: {at_most: 7}}", Between(field="course.day", at_most=7)),
        ("{not: {late: true}}", Not(condition=Is(field="late", values=(True,)))),
        (
            "{late: true, version: 1}",
            AllOf(conditions=(Is(field="late", values=(True,)), Is(field="version", values=(1,)))),
        ),
        (
            "{any: [{late: true}, {all: [{version: 1}]}]}",
            AnyOf(
                conditions=(
                    Is(field="late", values=(True,)),
                    Is(field="version", values=(1,)),
                )
            ),
        ),
    ],
)
def test_where_becomes_a_condition(where: str, condition: Condition) -> None:
    assert course_from(rules=rule(where)).rules[0].where == condition


def test_a_ritual_says_what_its_file_says() -> None:
    rituals = """\
sharing:
  every: [monday, sunday]
  at: 9:05
  do: sharing
  lasts: 90m
  topics: [a]
  spaces: [staff, main]
  late_within: 1d
"""
    assert course_from(rituals=rituals).rituals == (
        Ritual(
            id=RitualId("sharing"),
            action="sharing",
            at=time(9, 5),
            when=OnWeekdays(frozenset({0, 6})),
            spaces=(SpaceId("staff"), SpaceId("main")),
            steps=(Step(), Step(after=timedelta(minutes=90), is_needed=True)),
            late_within=timedelta(days=1),
            zone="Asia/Shanghai",
            first=date(2027, 3, 1),
            last=date(2027, 3, 14),
            options=SharingOptions.model_validate({"lasts": "90m", "topics": ("a",)}),
        ),
    )


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("every: day, at: 09:00", OnWeekdays(frozenset(range(7)))),
        ("every: friday, at: 09:00", OnWeekdays(frozenset({4}))),
        ("monthly: 31, at: 09:00", OnMonthDays(frozenset({31}))),
        ("monthly: [1, 15, last], at: 09:00", OnMonthDays(frozenset({1, 15, -1}))),
        ("monthly: first monday, at: 09:00", OnMonthDays(frozenset({NthWeekday(1, 0)}))),
        ("monthly: [last sunday], at: 09:00", OnMonthDays(frozenset({NthWeekday(-1, 6)}))),
        ("on_day: 1, at: 09:00", OnCourseDays(frozenset({1}))),
        ("on_day: [1, 8], at: 09:00", OnCourseDays(frozenset({1, 8}))),
        ("before: lesson, by: 30m", Around("lesson", timedelta(minutes=-30))),
        ("after: deadline, by: 1d", Around("deadline", timedelta(days=1))),
        ("after: lesson", Around("lesson", timedelta(0))),
        ("cron: 30 9 * * 1-5", ByCron("30 9 * * 1-5")),
    ],
)
def test_one_key_of_a_ritual_says_when(said: str, when: When) -> None:
    (ritual,) = course_from(rituals=f"task: {{{said}, do: post_task}}").rituals
    assert ritual.when == when


def test_a_ritual_may_have_its_own_zone_dates_and_ways_with_what_was_missed() -> None:
    rituals = """\
task:
  every: day
  at: 09:00
  time_zone: Europe/London
  starts: 2027-03-05
  ends: 2027-06-30
  on_quiet_days: postpone
  catch_up: latest
  do: post_task
"""
    (ritual,) = course_from(rituals=rituals).rituals
    assert (ritual.zone, ritual.first, ritual.last) == ("Europe/London", date(2027, 3, 5), date(2027, 6, 30))
    assert (ritual.on_quiet_days, ritual.catch_up) == ("postpone", "latest")


def test_quiet_days_are_weekdays_dates_and_spans_of_dates() -> None:
    quiet = "quiet_days:\n  weekdays: [saturday]\n  dates: [2027-03-03, {starts: 2027-03-08, ends: 2027-03-09}]\n"
    course = course_from(course=COURSE + quiet)
    assert [day for day in range(1, 15) if course.is_quiet(date(2027, 3, day))] == [3, 6, 8, 9, 13]


def test_lessons_and_deadlines_have_the_title_of_their_day_unless_they_have_their_own() -> None:
    calendar = """\
days:
  - {day: 1, title: T, task: U, lesson: 19:30, deadline: {at: 22:00, title: D}}
  - {day: 3, title: V, task: W, lesson: {at: "9:05"}, reminder: R}
"""
    course = course_from(calendar=calendar)
    titles = {name: Localised({"zh_Hans": name}) for name in "TDVR"}
    assert course.anchors == (
        Anchor(kind="lesson", date=date(2027, 3, 1), at=time(19, 30), title=titles["T"]),
        Anchor(kind="deadline", date=date(2027, 3, 1), at=time(22), title=titles["D"]),
        Anchor(kind="lesson", date=date(2027, 3, 3), at=time(9, 5), title=titles["V"]),
    )
    assert course.days[1].reminder == titles["R"]


def test_a_short_ritual_happens_in_the_main_space_and_may_be_two_hours_late() -> None:
    (ritual,) = course_from(rituals="task: {every: day, at: 09:00, do: post_task}").rituals
    assert (ritual.spaces, ritual.late_within, ritual.steps) == (("main",), timedelta(hours=2), (Step(),))
    assert ritual.when == OnWeekdays(frozenset(range(7)))


def test_a_mistake_is_told_with_its_place_and_only_its_rule_is_off() -> None:
    course, problems = load({"rules.yaml": ON_TIME.replace("10\n", "ten\n") + rule()}, shown_as="python-start")
    assert listed(problems) == ["python-start/rules.yaml:6:14 problem.not_whole_number"]
    assert (problems[0].rule, problems[0].text.values) == ("on_time_homework", {"name": "award"})
    assert course is not None
    assert [rule.id for rule in course.rules] == ["r"]


def test_all_problems_of_all_files_are_told_at_once_and_in_order() -> None:
    course, problems = load(
        {
            "rules.yaml": "b: {when: x}\na: 1\n",
            "calendar.yaml": "days:\n  - {day: 1, title: T}\n",
            "course.yaml": COURSE.replace("2027-03-01", "tomorrow") + "chekin: {}\n",
            "rituals.yaml": "task: {every: day, at: 9, do: post_task}",
        }
    )
    assert course is None
    assert listed(problems) == [
        "calendar.yaml:2:5 problem.missing_key",
        "course.yaml:4:9 problem.not_a_date",
        "course.yaml:12:1 problem.unknown_key_suggest",
        "rituals.yaml:1:24 problem.not_a_time",
        "rules.yaml:1:4 problem.missing_key",
        "rules.yaml:1:11 problem.unknown",
        "rules.yaml:2:4 problem.not_a_mapping",
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("title: 两周写作营\n", "", "1:1 problem.missing_key"),
        ("title: 两周写作营", "title: 2027", "1:8 problem.not_text"),
        ("title: 两周写作营", "title:", "1:7 problem.not_text"),
        ("title: 两周写作营", "title: ' '", "1:8 problem.empty"),
        ("title: 两周写作营", "title: {}", "1:8 problem.empty"),
        ("title: 两周写作营", "title: {zh: a, fr: b}", "1:16 problem.unknown"),
        ("title: 两周写作营", "title: {zh: a, en: 1}", "1:20 problem.not_text"),
        ("title: 两周写作营", "title: {zh: a, zh-CN: b}", "1:8 problem.twice"),
        ("title: 两周写作营", "tilte: a\ntitle: b", "1:1 problem.unknown_key_suggest"),
        ("title: 两周写作营", "title: a\ntitle: b", "2:1 problem.duplicate_key"),
        ("title: 两周写作营", "title: &a b", "1:8 problem.no_shorthand"),
        ("title: 两周写作营", "title: a: b", "1:9 problem.colon_in_text"),
        ("title: 两周写作营", "title：a", "1:6 problem.fullwidth_colon"),
        ("zh-CN", "fr", "2:11 problem.unknown"),
        ("zh-CN", "no", "2:11 problem.unknown"),
        ("Asia/Shanghai", "Asia/Shanghei", "3:12 problem.unknown_suggest"),
        ("Asia/Shanghai", "Asia/Beijing", "3:12 problem.unknown_suggest"),
        ("Asia/Shanghai", "../../etc/passwd", "3:12 problem.unknown"),
        ("2027-03-01", "2027-3-1", "4:9 problem.not_a_date"),
        ("2027-03-01", "2027-02-30", "4:9 problem.not_a_date"),
        ("2027-03-01", "0001-01-01", "4:9 problem.not_a_date"),
        ("2027-03-14", "2027-02-28", "5:7 problem.ends_before_start"),
        ("2027-03-14", "2028-05-01", "5:7 problem.course_too_long"),
        ("kind: main", "kind: interest", "7:3 problem.one_main"),
        ("kind: staff", "kind: main", "8:23 problem.one_main"),
        ("kind: staff", "kind: stuff", "8:23 problem.unknown_suggest"),
        ("id: staff", "id: main", "8:10 problem.twice"),
        ("telegram: -1001", "local: main", "8:37 problem.twice"),
        ("telegram: -1001", "telegrm: -1001", "8:30 problem.unknown_key_suggest"),
        ("telegram: -1001", "telegram: true", "8:40 problem.not_text"),
        ("id: staff", "id: Staff Room", "8:10 problem.bad_id"),
        ("[local:chen]", "local:chen", "10:11 problem.not_a_list"),
        ("[local:chen]", "[local: chen]", "10:12 problem.not_an_account"),
        ("[local:chen]", "[local:lin, chen]", "10:23 problem.not_an_account"),
        ("  assistants: [local:lin]", "checkin:\n  makeup: {at_mots: 1}", "12:12 problem.unknown_key_suggest"),
        ("  assistants: [local:lin]", "checkin:\n  makeup: {at_most: 1.5}", "12:21 problem.not_whole_number"),
        ("  assistants: [local:lin]", "checkin: 3", "11:10 problem.not_a_mapping"),
        ("staff:", "quiet_days: {weekdays: [saturdy]}\nstaff:", "9:25 problem.unknown_suggest"),
        ("staff:", "quiet_days: {weekdays: day}\nstaff:", "9:24 problem.always_quiet"),
        ("staff:", "quiet_days: {weekdays: []}\nstaff:", "9:24 problem.empty"),
        ("staff:", "quiet_days: [saturday]\nstaff:", "9:13 problem.not_a_mapping"),
        ("staff:", "quiet_days: {date: [2027-05-01]}\nstaff:", "9:14 problem.unknown_key_suggest"),
        ("staff:", "quiet_days: {dates: [2027-5-1]}\nstaff:", "9:22 problem.not_a_date"),
        (
            "staff:",
            "quiet_days: {dates: [{starts: 2027-05-03, ends: 2027-05-01}]}\nstaff:",
            "9:49 problem.ends_first",
        ),
        (
            "staff:",
            "quiet_days: {dates: [{starts: 2027-05-03, ends: 2029-05-01}]}\nstaff:",
            "9:49 problem.course_too_long",
        ),
    ],
)
def test_a_mistake_in_the_course_refuses_it(old: str, new: str, problem: str) -> None:
    course, problems = load({"course.yaml": COURSE.replace(old, new)})
    assert course is None
    assert listed(problems) == [f"course.yaml:{problem}"]


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ("days:\n  - {day: 0, title: T, task: U}", ["2:11 problem.at_least"]),
        ("days:\n  - {day: 15, title: T, task: U}", ["2:11 problem.day_outside"]),
        ("days:\n  - {day: 2, title: T, task: U}\n  - {day: 1, title: T, task: U}", ["3:11 problem.day_order"]),
        ("days:\n  - {day: 2, title: T, task: U}\n  - {day: 2, title: T, task: U}", ["3:11 problem.day_order"]),
        ("days:\n  - {day: 1}", ["2:5 problem.missing_key", "2:5 problem.missing_key"]),
        ("days: {day: 1, title: T, task: U}", ["1:7 problem.not_a_list"]),
        ("- day: 1", ["1:1 problem.not_a_mapping"]),
        ("days:\n  - day: 1\n    title: T\n    task: U\n    taks: V", ["5:5 problem.unknown_key_suggest"]),
        ("days:\n  - {day: 1, title: T, task: U, lesson: 25:00}", ["2:41 problem.not_a_time"]),
        ("days:\n  - {day: 1, title: T, task: U, lesson: {title: L}}", ["2:41 problem.missing_key"]),
        ("days:\n  - {day: 1, title: T, task: U, deadline: {at: noon}}", ["2:48 problem.not_a_time"]),
        ("days:\n  - {day: 1, title: T, task: U, deadline: {on: 9:00, at: 9:00}}", ["2:44 problem.unknown_key"]),
        ("days:\n  - {day: 1, title: T, task: U, reminder: 3}", ["2:43 problem.not_text"]),
    ],
)
def test_a_mistake_in_the_calendar_refuses_the_course(calendar: str, expected: list[str]) -> None:
    course, problems = load({"calendar.yaml": calendar})
    assert course is None
    assert listed(problems) == [f"calendar.yaml:{problem}" for problem in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rule(then="[award: 10x]"), ["4:17 problem.not_whole_number"]),
        (rule(then="[award: 1.0]"), ["4:17 problem.not_whole_number"]),
        (rule(then="[award: true]"), ["4:17 problem.not_whole_number"]),
        (rule(then="[award: 99999999999999999999]"), ["4:17 problem.number_too_large"]),
        (rule(then='[award: "10"]'), ["4:17 problem.quoted_number"]),
        (rule(then="[award: 101]"), ["4:17 problem.at_most"]),
        (rule(then="[award: -101]"), ["4:17 problem.at_least"]),
        (rule(then="[award: 1, award: 2]"), ["4:20 problem.second_award"]),
        (rule(then="[{award: 1, say: x}]"), ["4:10 problem.one_effect"]),
        (rule(then="{award: 1}"), ["4:9 problem.one_effect"]),
        (rule(then="[]"), ["4:9 problem.empty"]),
        (rule(then="[awrd: 1]"), ["4:10 problem.unknown_suggest"]),
        (rule(then="[say: {zh: a, eng: b}]"), ["4:23 problem.unknown_suggest"]),
        (rule(then="[say: {zh: a, german: b}]"), ["4:23 problem.unknown"]),
        (rule("{lat: true}"), ["3:11 problem.unknown_field_suggest"]),
        (rule("{late: no}"), ["3:17 problem.not_yes_no"]),
        (rule("{late: 1}"), ["3:17 problem.not_yes_no"]),
        (rule("{late: }"), ["3:17 problem.not_yes_no"]),
        (rule("{homework: 3}"), ["3:21 problem.not_text"]),
        (rule("{homework: [a, {b: c}]}"), ["3:25 problem.not_text"]),
        (rule("{version: two}"), ["3:20 problem.not_a_number"]),
        (rule("{version: []}"), ["3:20 problem.empty"]),
        (rule("{version: {}}"), ["3:20 problem.bad_range"]),
        (rule("{version: {at_least: 3, at_most: 2}}"), ["3:20 problem.bad_range"]),
        (rule("{version: {at_last: 3}}"), ["3:21 problem.unknown_key_suggest"]),
        (rule("{version: {at_least: x}}"), ["3:31 problem.not_a_number"]),
        (rule("{due: 2027-13-01}"), ["3:16 problem.not_a_date"]),
        (rule("{due: {at_least: 2027-03-01}}"), ["3:16 problem.not_a_date"]),
        (rule("{member.role: studnet}"), ["3:24 problem.unknown_suggest"]),
        (rule("{any: {late: true}}"), ["3:16 problem.not_a_list"]),
        (rule("{any: []}"), ["3:16 problem.empty"]),
        (rule("{not: [late]}"), ["3:16 problem.not_a_mapping"]),
        (rule("{}"), ["3:10 problem.empty"]),
        (rule("late"), ["3:10 problem.not_a_mapping"]),
        (rule("late：true"), ["3:10 problem.fullwidth_colon"]),
        (rule("{not: " * 7 + "{late: true}" + "}" * 7), []),
        (rule("{not: " * 8 + "{late: true}" + "}" * 8), ["3:58 problem.too_deep"]),
        (rule("*x"), ["3:10 problem.no_shorthand"]),
        (rule(rest="  limit: {once_per: daily}"), ["5:21 problem.unknown_suggest"]),
        (rule(rest="  limit: {points_per_day: 0}"), ["5:27 problem.at_least"]),
        (rule(rest="  limit: {cool_down: 10 minutes}"), ["5:22 problem.not_a_duration"]),
        (rule(rest="  limit: {cool_down: 10}"), ["5:22 problem.not_a_duration"]),
        (rule(rest="  limit: day"), ["5:10 problem.not_a_mapping"]),
        (rule(rest="  limits: {}"), ["5:3 problem.unknown_key_suggest"]),
        (rule(rest="  when: checkin.done"), ["5:3 problem.duplicate_key"]),
        ("r:\n  then: [award: 1]", ["2:3 problem.missing_key"]),
        ("r:\n  when: checkin.don\n  then: [award: 1]", ["2:9 problem.unknown_suggest"]),
        ("r:\n  when: [checkin.done]\n  then: [award: 1]", ["2:9 problem.not_text"]),
        ("R-1: {when: checkin.done, then: [award: 1]}", ["1:1 problem.bad_id"]),
        ("boards: {when: checkin.done, then: [award: 1]}", ["1:1 problem.reserved_id"]),
        ("grant: {when: checkin.done, then: [award: 1]}", ["1:1 problem.reserved_id"]),
        ("r:", ["1:3 problem.not_a_mapping"]),
        (rule() + rule(), ["5:1 problem.duplicate_key"]),
    ],
)
def test_a_mistake_in_a_rule_puts_that_rule_off(text: str, expected: list[str]) -> None:
    course, problems = load({"rules.yaml": text + "\nfine: {when: checkin.done, then: [award: 1]}\n"})
    assert listed(problems) == [f"rules.yaml:{problem}" for problem in expected]
    assert course is not None
    assert "fine" in [rule.id for rule in course.rules]
    assert len(course.rules) == (1 if expected else 2)


@pytest.mark.parametrize(
    ("ritual", "expected"),
    [
        ("{every: dya, at: 09:00, do: post_task}", ["1:12 problem.unknown_suggest"]),
        ("{every: [monday, frieday], at: 09:00, do: post_task}", ["1:21 problem.unknown_suggest"]),
        ("{every: [], at: 09:00, do: post_task}", ["1:12 problem.empty"]),
        ("{every: 1, at: 09:00, do: post_task}", ["1:12 problem.unknown"]),
        ("{every: day, at: 24:00, do: post_task}", ["1:21 problem.not_a_time"]),
        ("{every: day, at: 09：00, do: post_task}", ["1:21 problem.not_a_time"]),
        ("{every: day, at: 900, do: post_task}", ["1:21 problem.not_a_time"]),
        ("{every: day, at: 09:00, do: post_tsk}", ["1:32 problem.unknown_suggest"]),
        ("{every: day, at: 09:00}", ["1:4 problem.missing_key"]),
        ("{every: day, at: 09:00, do: post_task, lasts: 1h}", ["1:43 problem.unknown_key"]),
        ("{every: day, at: 09:00, do: sharing, last: 1h}", ["1:41 problem.unknown_key_suggest"]),
        ("{every: day, at: 09:00, do: sharing, spacs: [main]}", ["1:41 problem.unknown_key_suggest"]),
        ("{every: day, at: 09:00, do: sharing, lasts: 1}", ["1:48 problem.not_a_duration"]),
        ("{every: day, at: 09:00, do: sharing, topics: [1]}", ["1:50 problem.not_text"]),
        ("{every: day, at: 09:00, do: sharing, spaces: [main, stff]}", ["1:56 problem.unknown_suggest"]),
        ("{every: day, at: 09:00, do: sharing, spaces: main}", ["1:49 problem.not_a_list"]),
        ("{every: day, at: 09:00, do: sharing, late_within: soon}", ["1:54 problem.not_a_duration"]),
        ("[day]", ["1:4 problem.not_a_mapping"]),
        ("{do: post_task}", ["1:1 problem.no_when"]),
        ("{at: 09:00, do: post_task}", ["1:1 problem.no_when"]),
        ("{every: , at: 09:00, do: post_task}", ["1:12 problem.empty"]),
        ("{every: day, at: , do: post_task}", ["1:21 problem.empty"]),
        ("{every: day, do: post_task}", ["1:5 problem.no_at"]),
        ("{on_day: 1, do: post_task}", ["1:5 problem.no_at"]),
        ("{monthly: last, do: post_task}", ["1:5 problem.no_at"]),
        ("{every: day, monthly: 1, at: 09:00, do: post_task}", ["1:17 problem.second_when"]),
        ("{every: day, at: 09:00, cron: 0 9 * * *, do: post_task}", ["1:28 problem.second_when"]),
        ("{before: lesson, after: lesson, do: post_task}", ["1:21 problem.second_when"]),
        ("{before: lesson, at: 09:00, do: post_task}", ["1:21 problem.useless_key"]),
        ("{cron: 0 9 * * *, at: 09:00, do: post_task}", ["1:22 problem.useless_key"]),
        ("{every: day, at: 09:00, by: 1h, do: post_task}", ["1:28 problem.useless_key"]),
        ("{cron: 0 9 * * *, by: 1h, do: post_task}", ["1:22 problem.useless_key"]),
        ("{before: leson, do: post_task}", ["1:13 problem.unknown_suggest"]),
        ("{after: deadline, by: long, do: post_task}", ["1:26 problem.not_a_duration"]),
        ("{before: lesson, on_quiet_days: postpone, do: post_task}", ["1:36 problem.cannot_postpone"]),
        ("{cron: 0 9 * * *, on_quiet_days: postpone, do: post_task}", ["1:37 problem.cannot_postpone"]),
        ("{every: day, at: 9:00, on_quiet_days: rest, do: post_task}", ["1:42 problem.unknown"]),
        ("{monthly: 32, at: 09:00, do: post_task}", ["1:14 problem.not_a_month_day"]),
        ("{monthly: [1, 0], at: 09:00, do: post_task}", ["1:18 problem.not_a_month_day"]),
        ("{monthly: fifth monday, at: 09:00, do: post_task}", ["1:14 problem.not_a_month_day"]),
        ("{monthly: [], at: 09:00, do: post_task}", ["1:14 problem.empty"]),
        ("{on_day: 0, at: 09:00, do: post_task}", ["1:13 problem.at_least"]),
        ("{on_day: [1, 401], at: 09:00, do: post_task}", ["1:17 problem.at_most"]),
        ("{on_day: first, at: 09:00, do: post_task}", ["1:13 problem.not_whole_number"]),
        ("{cron: 0 9 * *, do: post_task}", ["1:11 problem.not_a_cron_line"]),
        ("{cron: [0 9 * * *], do: post_task}", ["1:11 problem.not_a_cron_line"]),
        ("{cron: 0 25 * * *, do: post_task}", ["1:11 problem.bad_cron_line"]),
        ("{cron: 0 0 31 2 *, do: post_task}", ["1:11 problem.bad_cron_line"]),
        ("{cron: '* * * * *', do: post_task}", ["1:11 problem.cron_too_often"]),
        ("{every: day, at: 9:00, catch_up: none, do: post_task}", ["1:37 problem.unknown"]),
        ("{every: day, at: 9:00, catch_up: all, late_within: 1h, do: post_task}", ["1:42 problem.useless_key"]),
        ("{every: day, at: 9:00, time_zone: Mars, do: post_task}", ["1:38 problem.unknown"]),
        (
            "{every: day, at: 9:00, starts: 2027-03-09, ends: 2027-03-08, do: post_task}",
            ["1:53 problem.ends_first"],
        ),
        ("{every: day, at: 9:00, starts: 2027-04-01, do: post_task}", ["1:35 problem.ends_first"]),
    ],
)
def test_a_mistake_in_a_ritual_puts_that_ritual_off(ritual: str, expected: list[str]) -> None:
    course, problems = load({"rituals.yaml": f"r: {ritual}\nfine: {{every: friday, at: 09:00, do: post_task}}\n"})
    assert listed(problems) == [f"rituals.yaml:{problem}" for problem in expected]
    assert {problem.rule for problem in problems} == {"r"}
    assert course is not None
    assert [ritual.id for ritual in course.rituals] == ["fine"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"rules.yaml": "- a"}, ["rules.yaml:1:1 problem.not_a_mapping"]),
        ({"rules.yaml": "a: [1"}, ["rules.yaml:1:4 problem.unclosed"]),
        ({"rules.yaml": "&a\nr: {when: checkin.done, then: [award: 1]}"}, ["rules.yaml:1:1 problem.no_shorthand"]),
        ({"rituals.yaml": "今天"}, ["rituals.yaml:1:1 problem.not_a_mapping"]),
        ({"rituals.yaml": "时间：09点"}, ["rituals.yaml:1:1 problem.fullwidth_colon"]),
        ({"rules.yml": ""}, ["rules.yml:1:1 problem.unknown_file_suggest"]),
        ({"question.yaml": ""}, ["question.yaml:1:1 problem.unknown_file_suggest"]),
        ({"party.yaml": ""}, ["party.yaml:1:1 problem.unknown_file"]),
        ({"course.yaml": ""}, ["course.yaml:1:1 problem.missing_key"] * 6),
        ({"course.yaml": "两周"}, ["course.yaml:1:1 problem.not_a_mapping"]),
        ({"demo.yaml": "打卡".encode("gbk")}, ["demo.yaml:1:1 problem.not_utf8"]),
    ],
)
def test_a_file_that_is_no_course_file_refuses_the_course(
    files: Mapping[str, str | bytes], expected: list[str]
) -> None:
    course, problems = load(files)
    assert course is None
    assert listed(problems) == expected


def test_the_demo_is_not_read_with_the_course() -> None:
    course, problems = load({"demo.yaml": "people: [1"})
    assert course is not None
    assert problems == ()


def test_a_course_needs_a_proper_name_and_its_file() -> None:
    with pytest.raises(RulesRejected) as rejected:
        load_course("My Camp", {}, VOCABULARY, shown_as="My Camp")
    assert {line.split(" ")[-1] for line in listed(rejected.value.problems)} == {
        "problem.bad_course_id",
        "problem.no_course_file",
    }


def test_a_folder_is_read_as_it_is(tmp_path: Path) -> None:
    for name, text in {"course.yaml": COURSE, ".#rules.yaml": "x", "notes.txt": "x", "part.yml": "x"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "rules.yaml").mkdir()
    assert read_folder(tmp_path) == {"course.yaml": COURSE.encode(), "part.yml": b""}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulesRejected) as rejected:
        read_folder(tmp_path / "gone")
    assert listed(rejected.value.problems) == ["gone:1:1 problem.no_folder"]


def test_a_folder_without_a_course_hides_no_other_problem(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("a: []\n", encoding="utf-8")
    with pytest.raises(RulesRejected) as rejected:
        load_course("camp", read_folder(tmp_path), VOCABULARY)
    assert listed(rejected.value.problems) == [
        "course.yaml:1:1 problem.no_course_file",
        "rules.yaml:1:4 problem.not_a_mapping",
    ]


def test_a_file_that_is_too_large_is_refused_before_all_of_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "course.yaml").write_bytes(b"#" * 5_000_000)
    files = read_folder(tmp_path)
    assert len(files["course.yaml"]) < 2_000_000
    assert listed(load(files)[1]) == ["course.yaml:1:1 problem.file_too_large"]


NAMES = st.sampled_from([name for name in KNOWN if name.endswith(".yaml")])
KEYS = (
    "days: all: any: not: at_least: every: conditions: levels: badges: titles: tests: use: facts: awards: counts_as: "
    "grading: duty: tier: opens: due: questions: options: right: rubric: late: audience: who: keywords: how_to: "
    "asked: also: answer: tag: lesson: homework:"
)
WORDS = st.sampled_from([*COURSE.split(), *ON_TIME.split(), *KEYS.split()])
PIECES = st.one_of(WORDS, st.sampled_from([" ", "\n", "\n  ", "- ", "[", "]", "{", "}", ": ", ", ", "*a", "&a", "!"]))


@given(st.dictionaries(NAMES, st.one_of(st.binary(), st.text(), st.lists(PIECES).map("".join))))
def test_any_files_at_all_give_a_course_or_problems(files: dict[str, str | bytes]) -> None:
    course, problems = load(files)
    assert course or problems


PRINTED = st.text(st.characters(exclude_categories=["C"]), max_size=8)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), PRINTED, WORDS.map(lambda word: word.strip(":,"))),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(PRINTED, inner, max_size=3)),
    max_leaves=8,
)


@given(st.sampled_from(["where", "then", "limit", "when", "title", "counts_as", "shadow"]), VALUES)
def test_any_value_anywhere_in_a_rule_puts_at_most_that_rule_off(key: str, value: object) -> None:
    text = f"r:\n  when: checkin.done\n  then: [award: 1]\nq:\n  {key}: {json.dumps(value, ensure_ascii=False)}\n"
    course, problems = load({"rules.yaml": text})
    assert course is not None
    assert {problem.rule for problem in problems} <= {"q"}
