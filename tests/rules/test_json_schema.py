"""What editors hold course files against: it knows all of the language, and underlines what the loader would refuse."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.domain.errors import Problem
from rules.complaints import Complaints
from rules.loader import load_course
from rules.reader import read
from rules.trials import trials_of
from rules.unreadable import Unreadable
from tests.community import FILES
from tests.rules import test_answering, test_demo, test_faq, test_homework, test_loader
from tests.rules.marks import placed
from tests.rules.underlined import PRODUCT, REAL, SMALL, complaints, value
from tests.rules.vocabulary import COURSE
from tests.sources import ROOT

# --- what is right ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("validator", [*REAL.values(), *SMALL.values()], ids=lambda one: one.schema["title"])
def test_a_schema_is_one_and_refers_to_nothing_that_is_missing(validator: Draft202012Validator) -> None:
    Draft202012Validator.check_schema(validator.schema)
    schema: Any = validator.schema
    assert set(references(schema)) == {f"#/$defs/{name}" for name in schema.get("$defs", ())}


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from references(part)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rules" / "packs").glob("*/*.yaml")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_the_shipped_courses_are_fine(path: Path) -> None:
    assert complaints(REAL[path.name], value(path.read_bytes())) == []


@pytest.mark.parametrize("name", FILES)
def test_the_course_of_the_tests_is_fine(name: str) -> None:
    assert complaints(REAL[name], value(FILES[name])) == []


WHOLE = """
conditions:
  student: {member.role: student, member.tags: [vip, old]}
  in_class: {use: [student], space.kind: [main, interest]}
levels:
  newcomer: {title: {zh: 新手, en: Newcomer}}
  regular: {title: 普通, activity: 40, contribution: 10}
badges:
  completion: {title: {zh: 完课勋章, en: Course completed}, icon: 🎓}
titles:
  active_star: {title: {zh: 活跃之星, en: Star of the week}, icon: 🌟, lasts: 7d}
helpful_reply:
  title: {zh: 认真回复同学, en: A helpful reply}
  when: message.posted
  where:
    use: in_class
    is_reply: true
    length: {at_least: 30}
    any: [{course.weekday: monday}, {not: {course.day: [1, 2]}}]
  limit: {once_per: object, points_per_day: 6, cool_down: 10m, novelty: true}
  counts_as: help
  shadow: 7d
  then:
    - award: 2
    - badge: completion
    - title: active_star
    - title: {name: active_star, lasts: 3d}
    - title: {name: active_star, until: 2027-04-01}
    - say: {zh: 好, en: Good}
    - praise: Well done
    - tell_staff: {zh: 看, en: Look}
    - role: assistant
tests:
  chatter_earns_next_to_nothing:
    facts:
      - {message.posted: {length: 40, is_reply: true}, day: 2, at: "09:00", times: 20, every: 11m, text: hello}
      - {homework.submitted: {tier: practice}, member: ben, object: week-1}
      - {homework.submitted: {tier: practice}, member: ben, object: week-1, retract: true}
      - {checkin.done: }
    awards: {student: {}, ben: {}}
    fires: []
    level: newcomer
"""


def test_all_of_the_language_is_known() -> None:
    files = {"course.yaml": COURSE, "rules.yaml": WHOLE}
    assert load_course("camp", files, PRODUCT).problems == ()
    assert complaints(REAL["rules.yaml"], value(WHOLE)) == []


QUIET = """
quiet_days:
  weekdays: [saturday, sunday]
  dates: [2027-05-01, {starts: 2027-10-01, ends: 2027-10-07}]
"""
DAYS = """
days:
  - day: 1
    title: {zh: 开营, en: Hello}
    task: Write
    material: Read
    sharing: Why?
    reminder: {zh: 早睡}
    lesson: 19:30
    deadline: {at: 22:00, title: Part one}
  - {day: 2, title: T, task: U, lesson: {at: "9:05"}}
"""
RITUALS = """
task: {every: day, at: 09:00, do: post_task}
some: {every: [monday, sunday], at: 9:05, spaces: [main], time_zone: Europe/London, do: post_task}
report: {monthly: last, at: 20:00, late_within: 1d, do: post_task}
months: {monthly: [1, 15, first monday, last sunday], at: 20:00, catch_up: latest, do: post_task}
hello: {on_day: 1, at: 09:00, on_quiet_days: run, do: sharing, lasts: 1h}
weeks: {on_day: [1, 8], at: 09:00, on_quiet_days: postpone, do: post_task}
before_class: {before: lesson, by: 30m, do: post_task}
after_class: {after: deadline, on_quiet_days: skip, do: post_task}
workdays: {cron: "30 9 * * 1-5", starts: 2027-03-02, ends: 2027-03-30, catch_up: all, do: post_task}
"""


def test_all_of_the_course_its_calendar_and_its_rituals_is_known() -> None:
    files = {"course.yaml": COURSE + QUIET, "calendar.yaml": DAYS, "rituals.yaml": RITUALS}
    assert load_course("camp", files, PRODUCT).problems == ()
    for name, text in files.items():
        assert complaints(REAL[name], value(text)) == []


def test_all_of_homework_is_known() -> None:
    text = test_homework.GRADING + test_homework.QUIZ + test_homework.NOTE
    files = {"course.yaml": COURSE, "rules.yaml": test_homework.LEVELS, "homework.yaml": text}
    assert load_course("camp", files, PRODUCT).problems == ()
    assert complaints(REAL["homework.yaml"], value(text)) == []


def test_all_of_questions_and_of_the_faq_is_known() -> None:
    files = {"questions.yaml": test_answering.WHOLE, "faq.yaml": test_faq.WHOLE}
    whole = {"course.yaml": COURSE, "homework.yaml": test_faq.HOMEWORK, **files}
    assert load_course("camp", whole, PRODUCT).problems == ()
    for name, text in files.items():
        assert complaints(REAL[name], value(text)) == []


@pytest.mark.parametrize("name", [name for name in REAL if name != "course.yaml"])
def test_a_file_may_be_empty(name: str) -> None:
    assert complaints(REAL[name], None) == []


# --- what is wrong ----------------------------------------------------------------------------------------------------

# What is no matter of shape: it takes the whole course, the calendar's arithmetic, or the world's time zones.
MEANING = {
    "problem.always_quiet", "problem.bad_cron_line", "problem.bad_range", "problem.course_too_long",
    "problem.cron_too_often", "problem.day_order", "problem.day_outside", "problem.due_first",
    "problem.duplicate_key", "problem.ends_before_start", "problem.ends_first", "problem.keyword_twice",
    "problem.late_within_grace", "problem.never_due", "problem.no_shorthand", "problem.no_such_option",
    "problem.nobody_says", "problem.nothing_to_hand_in", "problem.one_main", "problem.other_role",
    "problem.same_option", "problem.same_time", "problem.too_deep", "problem.twice",
}  # fmt: skip
# The same, of problems that elsewhere are one of shape. To JSON, 1.0 is a whole number.
ALSO_MEANING = (
    "Asia/Shanghei",
    "Asia/Beijing",
    "etc/passwd",
    "Mars",
    "2027-02-30",
    "stff",
    "1.0]",
    "99999999999",
    "ahze",
    "id: chen",
    "levels: [new, cor]",
    "levels: core_",
    "mian]",
    "writers]",
    "covers: 开头",
    "accepted_for: 0d",
    "within: 0h",
    "claim_for: 0m",
    "homework: notes",
    "homework: quiz_9",
)


def rows(test: Callable[..., None]) -> list[Any]:
    """The table of a test of the loader."""
    [mark] = [mark for mark in test.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    return list(mark.args[1])


def of_shape() -> Iterator[tuple[str, str]]:
    for old, new, problem in rows(test_loader.test_a_mistake_in_the_course_refuses_it):
        yield from mistakes("course.yaml", COURSE.replace(old, new), [problem])
    for calendar, expected in rows(test_loader.test_a_mistake_in_the_calendar_refuses_the_course):
        yield from mistakes("calendar.yaml", calendar, expected)
    for text, expected in rows(test_loader.test_a_mistake_in_a_rule_puts_that_rule_off):
        yield from mistakes("rules.yaml", text, expected)
    for ritual, expected in rows(test_loader.test_a_mistake_in_a_ritual_puts_that_ritual_off):
        yield from mistakes("rituals.yaml", f"r: {ritual}", expected)
    for marked, expected in [*test_homework.BAD_HOMEWORK, *test_homework.BAD_SECTIONS]:
        yield from mistakes("homework.yaml", placed(marked)[0], [f"problem.{id}" for id in expected])
    for marked, expected in test_answering.BAD_QUESTIONS:
        yield from mistakes("questions.yaml", placed(marked)[0], [f"problem.{id}" for id in expected])
    for marked, expected in test_faq.BAD_FAQ:
        yield from mistakes("faq.yaml", placed(marked)[0], [f"problem.{id}" for id in expected])
    for old, new, expected in rows(test_demo.test_a_mistake_in_the_demo_is_told_with_its_place):
        yield from mistakes("demo.yaml", test_demo.DEMO.replace(old, new), expected)


def mistakes(name: str, text: str, expected: list[str]) -> Iterator[tuple[str, str]]:
    """This one, if a schema can know of it."""
    ids = {problem.rpartition(" ")[2] for problem in expected}
    try:
        read(text)
    except Unreadable:
        return
    if ids - MEANING and not any(word in text for word in ALSO_MEANING):
        yield name, text


@pytest.mark.parametrize(("name", "text"), [*of_shape()])
def test_what_the_loader_refuses_for_its_shape_is_underlined(name: str, text: str) -> None:
    assert complaints(SMALL[name], value(text))


MISTAKES = [
    ("member.joined", "where: {streak: 3}"),  # another kind has it
    ("checkin.done", "limit: {novelty: true}"),
    ("checkin.done", "counts_as: fun"),
    ("checkin.done", "shadow: a week"),
    ("checkin.done", "where: {member.tags: []}"),
    ("checkin.done", "where: {use: []}"),
    ("checkin.done", "where: {space.kind: mian}"),
    ("checkin.done", "where: {course.weekday: 1}"),
    ("checkin.done", "then: [{role: admin}]"),
    ("checkin.done", "then: [{title: {name: star, last: 3d}}]"),
    ("checkin.done", "then: [{title: {name: star, until: soon}}]"),
    ("checkin.done", "then: [{badge: 3}]"),
    ("checkin.done", "then: [{award: 10001}]"),
    ("checkin.done", "then: [{award: -10001}]"),
    ("day.ended", "where: {space.kind: main}"),
    ("day.ended", "where: {any: [{space.id: main}]}"),
    ("checkin.done", "then: [{award: 1}, {award: 2}]"),
]


@pytest.mark.parametrize(("kind", "line"), MISTAKES)
def test_what_rules_of_the_product_may_not_say_is_underlined(kind: str, line: str) -> None:
    rest = "" if line.startswith("then") else "  then: [award: 1]\n"
    text = f"titles:\n  star: {{title: Star, lasts: 7d}}\nr:\n  when: {kind}\n  {line}\n{rest}"
    assert load_course("camp", {"course.yaml": COURSE, "rules.yaml": text}, PRODUCT).problems
    assert complaints(REAL["rules.yaml"], value(text))


@pytest.mark.parametrize(
    "test",
    [
        "{facts: [{checkin.done: {}}]}",
        "{awards: {r: 1}}",
        "{facts: [], awards: {r: 1}}",
        "{facts: [{day: 1}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}, member.joined: {}}], awards: {r: 1}}",
        "{facts: [{checkin.done: {days: 1}}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}, hour: 9}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}, at: 25:00}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}, text: hello}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}, retract: true}], awards: {r: 1}}",
        "{facts: [{level.reached: {}}], awards: {r: 1}}",
        "{facts: [{checkin.done: {member.level: x}}], awards: {r: 1}}",
        "{facts: [{checkin.done: {}}], awards: {r: one}}",
        "{facts: [{checkin.done: {}}], awards: {student: {r: 1}, r: 1}}",
        "{facts: [{checkin.done: {}}], fires: r}",
        "{facts: [{checkin.done: {}}], level: 3}",
        "{facts: [{checkin.done: {}}], points: 3}",
    ],
)
def test_what_a_test_may_not_say_is_underlined(test: str) -> None:
    rule = "r: {when: checkin.done, then: [award: 1]}"
    assert problems_of_tests(f"{rule}\ntests:\n  t: {test}\n")
    assert complaints(REAL["rules.yaml"], value(f"{rule}\ntests:\n  t: {test}\n"))


def problems_of_tests(rules: str) -> list[Problem]:
    """What is wrong with the tests in this text."""
    course = load_course("camp", {"course.yaml": COURSE, "rules.yaml": rules}, PRODUCT).course
    found = Complaints(file="rules.yaml")
    list(trials_of(read(rules), found, PRODUCT, course))
    return found.problems
