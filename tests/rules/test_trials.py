"""The tests that rules carry: what passes, what is told where it fails, and what no value can break."""

import json
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Problem
from bot.domain.ids import Language
from bot.domain.rules import MARK
from bot.texts.catalogue import Catalogues
from rules.complaints import Complaints, in_order
from rules.loader import load_course
from rules.reader import read
from rules.trials import MAX_TESTS, Trial, trials_of
from rules.trials_facts import MAX_FACTS
from rules.trials_run import run
from tests.rules.marks import placed
from tests.rules.vocabulary import COURSE, VOCABULARY
from tests.shell import Shell

RULES = """\
levels:
  newcomer: {title: 新手}
  regular: {title: 普通, activity: 10}
check_in: {when: checkin.done, where: {member.role: student}, limit: {points_per_day: 10}, then: [award: 5]}
streak_3: {when: checkin.done, where: {streak: {at_least: 3}}, limit: {once_per: member}, then: [award: 1]}
thoughtful:
  {when: message.posted, where: {length: {at_least: 30}}, limit: {cool_down: 10m, novelty: true}, then: [award: 2]}
hello: {when: message.posted, limit: {once_per: member}, then: [say: 你好]}
monday: {when: checkin.done, where: {course.weekday: monday, course.day: 8, member.days: 8}, then: [say: 新的一周]}
interest: {when: checkin.done, where: {space.kind: interest}, then: [award: -1]}
tagged: {when: checkin.done, where: {member.tags: [vip, old]}, then: [award: 7]}
due_today: {when: homework.submitted, where: {due: 2027-03-02, late: false, homework: ""}, then: [award: 3]}
up: {when: level.reached, where: {level: regular}, then: [say: 升级了]}
trying: {when: checkin.done, shadow: 7d, then: [award: 9, say: 试试]}
granted: {when: points.granted, where: {points: {at_least: 5}}, then: [award: 1]}
"""
LINES = RULES.count("\n")
TEXTS = Catalogues()


def tried(tests: str, *, rules: str = RULES) -> Sequence[Problem]:
    """What is wrong with the tests in this file."""
    text = rules + tests
    course = load_course("camp", {"course.yaml": COURSE, "rules.yaml": text}, VOCABULARY).course
    complaints = Complaints(file="rules.yaml")
    run(trials_of(read(text), complaints, VOCABULARY, course), complaints, course)
    assert all(problem.rule is None for problem in complaints.problems)
    return complaints.problems


def said(problems: Sequence[Problem], language: Language = "en") -> list[str]:
    return [TEXTS.say(language, problem.text.id, **problem.text.values) for problem in problems]


def one_test(facts: str, *expected: str) -> str:
    lines = [f"    {line}" for line in (f"facts: {facts}", *expected)]
    return "\n".join(["tests:", "  t:", *lines]) + "\n"


def trial(facts: str) -> Trial:
    text = RULES + one_test(facts, "awards: {}")
    course = load_course("camp", {"course.yaml": COURSE, "rules.yaml": text}, VOCABULARY).course
    complaints = Complaints(file="rules.yaml")
    [one] = trials_of(read(text), complaints, VOCABULARY, course)
    assert complaints.problems == []
    return one


# --- facts ------------------------------------------------------------------------------------------------------------


def test_facts_happen_in_the_order_of_day_and_time() -> None:
    facts = """
      - {checkin.done: {streak: 2}, day: 2}
      - {checkin.done: {streak: 3}, at: "20:00"}
      - {message.posted: {length: 4}, times: 3, every: 7h}
      - {checkin.done: {streak: 5}}"""
    assert [(fact.kind, f"{fact.at:%d %H:%M}", str(fact.local_date)) for fact in trial(facts).facts] == [
        ("message.posted", "01 01:00", "2027-03-01"),
        ("checkin.done", "01 01:00", "2027-03-01"),
        ("message.posted", "01 08:00", "2027-03-01"),
        ("checkin.done", "01 12:00", "2027-03-01"),
        ("message.posted", "01 15:00", "2027-03-01"),
        ("checkin.done", "02 01:00", "2027-03-02"),
    ]


def test_what_is_not_given_has_a_default() -> None:
    [fact] = trial("[{homework.submitted: , day: 8}]").facts
    assert fact.values == {
        "homework": "",
        "version": 0,
        "late": False,
        "due": date(2027, 3, 8),
        "member.role": "student",
        "member.level": "",
        "member.days": 8,
        "member.tags": (),
        "space.kind": "main",
        "space.id": "main",
        "course.day": 8,
        "course.weekday": "monday",
    }


def test_every_value_can_be_given() -> None:
    given = "homework: a, version: 2.5, late: true, due: 2027-03-02, member.role: admin, member.days: 3"
    where = "member.tags: [vip, old], space.kind: staff, course.day: 0, course.weekday: sunday"
    [fact] = trial(f"[{{homework.submitted: {{{given}, {where}}}, object: o, member: ben}}]").facts
    assert (fact.object, fact.member) == ("o", 1)
    assert fact.values == {
        "homework": "a",
        "version": 2.5,
        "late": True,
        "due": date(2027, 3, 2),
        "member.role": "admin",
        "member.level": "",
        "member.days": 3,
        "member.tags": ("vip", "old"),
        "space.kind": "staff",
        "space.id": "staff",
        "course.day": 0,
        "course.weekday": "sunday",
    }


def test_objects_and_texts_differ_unless_they_are_given() -> None:
    facts = trial("""
      - {message.posted: , times: 3}
      - {message.posted: , times: 2, object: o, text: Hello!}
      - {message.posted: , text: hello}""").facts
    assert len({fact.object for fact in facts}) == 5
    assert [fact.values[MARK] == facts[-1].values[MARK] for fact in facts] == [False, False, False, True, True, True]


# --- what passes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("[{checkin.done: }]", "awards: {check_in: 5}"),
        ("[{checkin.done: {streak: 3}}]", "awards: {check_in: 5, streak_3: 1}"),
        ("[{checkin.done: , times: 9}]", "awards: {check_in: 10}"),
        ("[{checkin.done: , times: 2, every: 1d}]", "awards: {check_in: 10}"),
        ("[{checkin.done: {member.role: admin}}]", "awards: {}\nlevel: newcomer"),
        ("[{checkin.done: {member.tags: old}}]", "awards: {check_in: 5, tagged: 7}"),
        ("[{checkin.done: {space.kind: interest}}]", "awards: {check_in: 5, interest: -1}"),
        ("[{message.posted: {length: 40}, times: 3, every: 9m}]", "awards: {thoughtful: 4}\nfires: [hello]"),
        ("[{message.posted: {length: 40}, times: 3, every: 1h, text: same}]", "awards: {thoughtful: 2}"),
        (
            "[{message.posted: {length: 40}, text: a}, {message.posted: {length: 40}, text: A, member: ben}]",
            "awards: {student: {thoughtful: 2}}",
        ),
        (
            "[{checkin.done: }, {checkin.done: {streak: 3}, member: ben}]",
            "awards: {student: {check_in: 5}, ben: {check_in: 5, streak_3: 1}}",
        ),
        ("[{checkin.done: }, {message.posted: , member: ben}]", "awards: {student: {check_in: 5}, ben: {}}"),
        ("[{checkin.done: , object: d}, {checkin.done: , object: d, at: 10:00, retract: true}]", "awards: {}"),
        (
            "[{checkin.done: , object: d, at: 10:00, retract: true}, {checkin.done: , object: d, times: 2, every: 2h}]",
            "awards: {check_in: 5}",
        ),
        ("[{checkin.done: , times: 2, every: 1h}]", "level: regular\nfires: [up]"),
        (
            "[{checkin.done: , object: d}, {checkin.done: }, {checkin.done: , object: d, day: 2, retract: true}]",
            "level: newcomer\nfires: [up]\nawards: {check_in: 5}",
        ),
        ("[{checkin.done: , day: 8}]", "fires: [monday]"),
        ("[{homework.submitted: , day: 2}]", "awards: {due_today: 3}\nfires: []"),
        ("[{points.granted: {points: 50}}]", "awards: {granted: 1}\nlevel: newcomer"),
        ("[{points.granted: {points: 4}}]", "awards: {granted: 0}"),
    ],
)
def test_a_test_that_holds_says_nothing(facts: str, expected: str) -> None:
    assert said(tried(one_test(facts, *expected.split("\n")))) == []


@pytest.mark.parametrize("tests", ["", "tests:\n", "tests: {}\n"])
def test_a_course_needs_no_tests(tests: str) -> None:
    assert tried(tests) == []


# --- what fails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected", "english"),
    [
        (
            "[{checkin.done: , times: 3}]",
            "awards: {^check_in: 15}",
            "check_in gives 10 points, 15 expected; … the limit of 10 points was reached that day",
        ),
        (
            "[{checkin.done: {streak: 2}}]",
            "awards:\n  check_in: 5\n  ^streak_3: 1",
            "streak_3 gives 0 points, 1 expected; … a condition is not met (streak: 2, wanted: ≥ 3)",
        ),
        ("[{checkin.done: {streak: 3}}]", "^awards: {check_in: 5}", "streak_3 gives 1 point, 0 expected"),
        (
            "[{checkin.done: }]",
            "awards: {check_in: 5, ^thoughtful: 2}",
            "thoughtful gives 0 points, 2 expected; this test has no message.posted",
        ),
        (
            "[{checkin.done: }]",
            "awards: {check_in: 5, ^trying: 9}",
            "trying gives 0 points, 9 expected; it is on trial, so nothing of it counts",
        ),
        (
            "[{checkin.done: }, {checkin.done: , member: ben}]",
            "^awards: {check_in: 5}",
            "check_in gives ben 5 points, 0 expected",
        ),
        (
            "[{checkin.done: , member: ben}]",
            "awards: {ben: {^check_in: 6}}",
            "check_in gives 5 points, 6 expected",
        ),
        ("[{message.posted: }]", "^fires: []", "hello acts, but fires does not name it"),
        (
            "[{checkin.done: , day: 2}]",
            "fires: [^monday]",
            "monday does not act; … a condition is not met (course.weekday: tuesday, wanted: monday)",
        ),
        (
            "[{checkin.done: }]",
            "level: ^regular",
            "the level is “newcomer” in the end (activity 5, contribution 0), “regular” expected",
        ),
    ],
)
def test_what_came_out_instead_is_told_at_its_place(facts: str, expected: str, english: str) -> None:
    test, places = placed(RULES + one_test(facts, *expected.split("\n")))
    problems = tried(test, rules="")
    assert said(problems) == ["test t: " + english.replace("…", "it stayed quiet the last time:")]
    assert [(problem.line, problem.column) for problem in problems] == places
    [chinese] = said(problems, "zh_Hans")
    assert chinese.startswith("测试“t”：")
    assert "{" not in chinese


def test_several_rules_that_nobody_expects_are_all_told() -> None:
    test = one_test("[{checkin.done: {streak: 3, member.tags: vip}}, {message.posted: }]", "awards: {}", "fires: []")
    assert said(tried(test)) == [
        "test t: check_in gives 5 points, 0 expected",
        "test t: streak_3 gives 1 point, 0 expected",
        "test t: tagged gives 7 points, 0 expected",
        "test t: up acts, but fires does not name it",
        "test t: hello acts, but fires does not name it",
    ]


def test_rules_that_are_off_are_expected_of_nobody() -> None:
    rules = RULES.replace("award: 5", "award: five").replace("[say: 升级了]", "[sya: 升级了]")
    test = one_test("[{checkin.done: {streak: 3}, times: 3}]", "awards: {check_in: 15, streak_3: 1}", "fires: [up]")
    assert said(tried(test, rules=rules)) == []


# --- what cannot be read ----------------------------------------------------------------------------------------------


def told(test: str) -> list[str]:
    """The ids of the problems with this test, which are where it has its marks."""
    text, places = placed(RULES + test)
    problems = in_order(tried(text, rules=""))
    assert [(problem.line, problem.column) for problem in problems] == places
    for line in (*said(problems, "en"), *said(problems, "zh_Hans")):
        assert not re.search(r"[{}]|^problem", line)
    return [problem.text.id for problem in problems]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("[^3]", "problem.not_a_mapping"),
        ("[^{}]", "problem.test_one_fact"),
        ("[^{day: 2}]", "problem.test_one_fact"),
        ("[^{checkin.done: , message.posted: }]", "problem.test_one_fact"),
        ("[{^chekin.done: }]", "problem.unknown_key_suggest"),
        ("[{checkin.done: , ^dya: 2}]", "problem.unknown_key_suggest"),
        ("[{checkin.done: , ^zzzz: 2}]", "problem.unknown_key"),
        ("[{checkin.done: ^3}]", "problem.not_a_mapping"),
        ("[{checkin.done: {^sreak: 3}}]", "problem.unknown_field_suggest"),
        ("[{checkin.done: {streak: ^three}}]", "problem.not_a_number"),
        ("[{checkin.done: {streak: ^true}}]", "problem.not_a_number"),
        ("[{checkin.done: {streak: ^[1, 2]}}]", "problem.not_a_number"),
        ("[{checkin.done: {streak: ^*x}}]", "problem.no_shorthand"),
        ("[{checkin.done: {member.role: ^studnet}}]", "problem.unknown_suggest"),
        ("[{checkin.done: {member.tags: [a, ^2]}}]", "problem.not_text"),
        ("[{checkin.done: {course.weekday: ^1}}]", "problem.not_text"),
        ("[{checkin.done: {^member.level: regular}}]", "problem.test_derived"),
        ("[{homework.submitted: {late: ^no}}]", "problem.not_yes_no"),
        ("[{homework.submitted: {due: ^1 March}}]", "problem.not_a_date"),
        ("[{^level.reached: {level: regular}}]", "problem.test_derived"),
        ("[{checkin.done: , day: ^0}]", "problem.at_least"),
        ("[{checkin.done: , day: ^401}]", "problem.at_most"),
        ("[{^checkin.done: , day: 400, times: 2, every: 1d}]", "problem.test_too_late"),
        ("[{^checkin.done: , times: 2000, every: 99999d}]", "problem.test_too_late"),
        ("[{checkin.done: , at: ^900}]", "problem.not_a_time"),
        ("[{checkin.done: , every: ^5}]", "problem.not_a_duration"),
        ("[{checkin.done: , times: ^many}]", "problem.not_whole_number"),
        ("[{checkin.done: , member: ^3}]", "problem.not_text"),
        ("[{checkin.done: , ^text: hi}]", "problem.test_no_text"),
        ("[^{checkin.done: , retract: true}]", "problem.missing_key"),
        ("[{^checkin.done: , retract: true, object: d}]", "problem.test_not_before"),
        (
            "[{checkin.done: , object: d, day: 2}, {^checkin.done: , retract: true, object: d}]",
            "problem.test_not_before",
        ),
        (
            "[{checkin.done: , object: d}, {^checkin.done: , retract: true, object: d, member: ben}]",
            "problem.test_not_before",
        ),
    ],
)
def test_a_fact_that_cannot_be_is_told_with_its_place(facts: str, expected: str) -> None:
    assert told(one_test(facts, "awards: {}")) == [expected]


@pytest.mark.parametrize(
    ("expectation", "expected"),
    [
        ("^award: {}\nawards: {check_in: 5}", ["problem.unknown_key_suggest"]),
        ("^awards: {}\n^awards: {}", ["problem.test_points", "problem.duplicate_key"]),
        ("awards:^", ["problem.not_a_mapping"]),
        ("awards: ^[check_in]", ["problem.not_a_mapping"]),
        ("awards: {^chek_in: 5}", ["problem.unknown_suggest"]),
        ("awards: {^levels: 5}", ["problem.unknown"]),
        ("awards: {check_in: ^five}", ["problem.not_whole_number"]),
        ("awards: {check_in: ^true}", ["problem.not_whole_number"]),
        ("awards: {student: {^chek_in: 5}}", ["problem.unknown_suggest"]),
        ("awards: {^studnet: {check_in: 5}}", ["problem.unknown_suggest"]),
        ("^awards: {student: {}, check_in: 5}", ["problem.test_mixed"]),
        ("fires: ^hello", ["problem.not_a_list"]),
        (
            "fires: [^helo, ^3, ^check_in, ^'']",
            ["problem.unknown_suggest", "problem.not_text", "problem.test_has_points", "problem.unknown"],
        ),
        ("level: ^newcommer", ["problem.unknown_suggest"]),
        ("level: ^3", ["problem.not_text"]),
    ],
)
def test_an_expectation_that_cannot_be_is_told_with_its_place(expectation: str, expected: list[str]) -> None:
    assert told(one_test("[{checkin.done: }]", *expectation.split("\n"))) == expected


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ("tests: ^3\n", ["problem.not_a_mapping"]),
        ("tests: ^[a]\n", ["problem.not_a_mapping"]),
        ("tests: {t: ^}\n", ["problem.not_a_mapping"]),
        ("tests: {t: ^*x}\n", ["problem.no_shorthand"]),
        ("tests: {^t: ^{}}\n", ["problem.test_nothing", "problem.missing_key"]),
        ("tests: {t: {facts: ^, awards: {}}}\n", ["problem.not_a_list"]),
        ("tests: {t: {facts: ^[], awards: {}}}\n", ["problem.empty"]),
        ("tests:\n  ^t:\n    facts: [{checkin.done: }]\n", ["problem.test_nothing"]),
    ],
)
def test_what_is_no_test_is_told_with_its_place(tests: str, expected: list[str]) -> None:
    assert told(tests) == expected


def test_who_is_named_in_a_fact_with_a_mistake_is_known_nevertheless() -> None:
    assert told(one_test("[{checkin.done: {^sreak: 1}, member: ben}]", "awards: {ben: {check_in: 5}}")) == [
        "problem.unknown_field_suggest"
    ]


def test_all_problems_of_all_tests_are_told_at_once() -> None:
    tests = """\
tests:
  first:
    facts: [{^chekin.done: }, {checkin.done: {sreak: 1}, at: ^9}]
    awards: {^chek_in: 1}
  second:
    facts: [{checkin.done: }]
    awards: {^check_in: 4}
  刷屏不得分:
    facts: [{message.posted: {length: 5}, times: 100}]
    awards: {^thoughtful: 2}
"""
    assert told(tests) == [
        "problem.unknown_key_suggest",
        "problem.not_a_time",
        "problem.unknown_suggest",
        "problem.test_points",
        "problem.test_points",
    ]
    assert said(tried(placed(tests)[0]), "zh_Hans")[-1].startswith(
        "测试“刷屏不得分”：thoughtful 给了 0 分，应为 2 分；最近一次没有触发，因为："
    )


# --- caps -------------------------------------------------------------------------------------------------------------


def test_a_test_has_so_many_facts_and_no_more() -> None:
    assert tried(one_test(f"[{{message.posted: , times: {MAX_FACTS}}}]", "awards: {}")) == []
    too_many = f"[{{message.posted: , times: {MAX_FACTS}}}, {{^message.posted: }}]"
    assert told(one_test(too_many, "awards: {}")) == ["problem.too_many"]
    assert told(one_test("[{^message.posted: , times: 99999999}]", "awards: {}")) == ["problem.too_many"]


def test_a_course_has_so_many_tests_and_no_more() -> None:
    one = "  {}: {{facts: [{{checkin.done: }}], awards: {{check_in: 5}}}}\n"
    tests = ["tests:\n", *(one.format(f"t{number}") for number in range(MAX_TESTS))]
    assert tried("".join(tests)) == []
    assert told("".join([*tests, one.format("more").replace("more", "^more")])) == ["problem.too_many"]


def test_what_would_take_too_long_is_not_run() -> None:
    rules = "".join(f"r{number}: {{when: checkin.done, then: [award: 1]}}\n" for number in range(100))
    one = "  {}: {{facts: [{{checkin.done: , times: 2000}}], fires: []}}\n"
    [problem] = tried("tests:\n" + "".join(one.format(f"t{number}") for number in range(50)), rules=rules)
    assert (problem.text.id, problem.text.values) == ("problem.test_too_much", {"test": "t1"})


WORDS = st.sampled_from(
    [
        "facts", "awards", "fires", "level", "checkin.done", "message.posted", "level.reached", "day", "at", "times",
        "every", "member", "object", "text", "retract", "streak", "member.tags", "student", "check_in", "hello",
        "regular", "09:00", "1d", 1, 2, 5000, True, None, "ben",
    ]
)  # fmt: skip
NAMES = WORDS.map(str)
PRINTED = st.text(st.characters(exclude_categories=["C"]), max_size=5)
ANYTHING = st.recursive(
    st.one_of(WORDS, st.integers(), st.floats(allow_nan=False, allow_infinity=False), PRINTED),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=20,
)
FACT = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("checkin.done", "message.posted", "homework.submitted", "points.granted", "day", "at"), ANYTHING
        ),
        **dict.fromkeys(("times", "every", "member", "object", "text", "retract"), WORDS),
    },
)
ALMOST = st.fixed_dictionaries(
    {"facts": st.lists(FACT | ANYTHING, max_size=4)},
    optional=dict.fromkeys(("awards", "fires", "level"), ANYTHING),
)


@given(st.dictionaries(NAMES, ALMOST | ANYTHING, max_size=3) | ANYTHING)
def test_any_value_at_all_gives_problems_or_nothing(value: object) -> None:
    problems = tried(f"tests: {json.dumps(value, ensure_ascii=False)}\n")
    assert all(problem.line > LINES for problem in problems)
    for line in said(problems, "zh_Hans"):
        assert not line.startswith("problem.")


# --- the command ------------------------------------------------------------------------------------------------------

PACK = """\
check_in: {when: checkin.done, limit: {once_per: day}, then: [award: 5]}
tests:
  twice_a_day:
    facts: [{checkin.done: , times: 2}]
    awards: {check_in: 10}
"""


def test_check_tells_which_test_fails_where_and_how(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "camp"
    folder.mkdir()
    (folder / "course.yaml").write_text(COURSE, encoding="utf-8")
    (folder / "rules.yaml").write_text(PACK, encoding="utf-8")
    assert shell("check", folder) == 1
    why = "it stayed quiet the last time: it counted once that day already"
    told = f"{folder}/rules.yaml:5:14: test twice_a_day: check_in gives 5 points, 10 expected; {why}"
    assert shell.lines == [told, "1 problem"]
    shell.speaks("zh_CN.UTF-8")
    assert shell("check", folder) == 1
    assert "测试“twice_a_day”：check_in 给了 5 分，应为 10 分" in shell.out
    (folder / "rules.yaml").write_text(PACK.replace("10", "5"), encoding="utf-8")
    assert shell("check", folder) == 0


def test_a_test_that_fails_puts_no_course_off() -> None:
    loaded = load_course("camp", {"course.yaml": COURSE, "rules.yaml": PACK + "  odd: [*x]\n"}, VOCABULARY)
    assert loaded.problems == ()
    assert [rule.id for rule in loaded.course.rules] == ["check_in"]
