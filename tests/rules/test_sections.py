"""What rules may refer to: named conditions, levels, badges and titles, and the limits that came with them."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Problem
from bot.domain.ids import LANGUAGES
from bot.domain.messages import Localised
from bot.domain.rules import AllOf, AnyOf, Between, Condition, Has, Honour, Is, Level, Not
from bot.texts.catalogue import Catalogues
from tests.rules.marks import placed
from tests.rules.test_loader import PRINTED, course_from, listed, load

TEXTS = Catalogues()
STUDENT = "conditions:\n  student: {member.role: student}\n"
LEVELS = "levels:\n  newcomer: {title: 新手}\n  core: {title: 核心, activity: 9, contribution: 3}\n"
IS_STUDENT = Is(field="member.role", values=("student",))
IN_CLASS = Is(field="space.kind", values=("main", "interest"))


def on(fact: str, where: str) -> str:
    return f"r: {{when: {fact}, where: {where}, then: [award: 1]}}\n"


def told(marked: str) -> list[str]:
    """The rule, `-` for the whole course, and the id of each problem; they are where the text has its marks."""
    rules, places = placed(marked)
    problems = problems_of(rules)
    assert sorted({(problem.line, problem.column) for problem in problems}) == places
    return [f"{problem.rule or '-'} {problem.text.id.removeprefix('problem.')}" for problem in problems]


def problems_of(rules: str) -> Sequence[Problem]:
    """Of these rules; each can be said in every language."""
    _, problems = load({"rules.yaml": rules})
    for problem in problems:
        for language in LANGUAGES:
            assert not re.search(r"[{}]|^problem", TEXTS.say(language, problem.text.id, **problem.text.values))
    return problems


# --- named conditions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "where", "condition"),
    [
        ("", "{use: student}", IS_STUDENT),
        ("", "{use: [student]}", IS_STUDENT),
        ("", "{not: {use: student}}", Not(condition=IS_STUDENT)),
        ("", "{any: [{use: student}, {streak: 1}]}", AnyOf(conditions=(IS_STUDENT, Is(field="streak", values=(1,))))),
        ("", "{use: student, streak: 1}", AllOf(conditions=(IS_STUDENT, Is(field="streak", values=(1,))))),
        (
            "  in_class: {use: student, space.kind: [main, interest]}\n",
            "{use: in_class}",
            AllOf(conditions=(IS_STUDENT, IN_CLASS)),
        ),
        (
            "  here: {space.kind: [main, interest]}\n",
            "{use: [student, here]}",
            AllOf(conditions=(IS_STUDENT, IN_CLASS)),
        ),
        ("  long: {length: {at_least: 30}}\n", "{use: student}", IS_STUDENT),  # one that suits other facts does no harm
    ],
)
def test_a_named_condition_stands_for_what_it_says(conditions: str, where: str, condition: Condition) -> None:
    assert course_from(rules=STUDENT + conditions + on("checkin.done", where)).rules[0].where == condition


@pytest.mark.parametrize(
    ("conditions", "where", "expected"),
    [
        ("", "{use: ^studnet}", ["r unknown_suggest"]),
        ("", "{use: ^zzzzz}", ["r unknown"]),
        ("", "{use: [student, ^studnet]}", ["r unknown_suggest"]),
        ("", "{use: ^[]}", ["r empty"]),
        ("", "{use: ^}", ["r not_text"]),
        ("", "{use: ^3}", ["r not_text"]),
        ("", "{use: ^{student: true}}", ["r not_text"]),
        ("", "{^ues: student}", ["r unknown_field_suggest"]),
        ("  long: {length: 3}\n", "{use: ^long}", ["r condition_unfit"]),
        ("  long: {use: student, length: 3}\n  x: {not: {use: long}}\n", "{use: ^x}", ["r condition_unfit"]),
        ("  a: {use: ^b}\n  b: {streak: 1}\n", "{use: b}", ["a condition_below"]),
        ("  a: {use: ^a}\n", "{use: student}", ["a condition_below"]),
        (
            "  a: {use: ^b}\n  b: {use: ^a}\n",
            "{use: [^a, ^b]}",
            ["a condition_below", "b condition_off", "r condition_off", "r condition_off"],
        ),
        ("  a: ^{}\n", "{use: student}", ["a empty"]),
        ("  a: ^student\n", "{use: student}", ["a not_a_mapping"]),
        ("  a: {^lenght: 3}\n", "{use: student}", ["a unknown_suggest"]),
        ("  a: {member.role: ^studnet}\n", "{use: student}", ["a unknown_suggest"]),
        ("  ^A-1: {streak: 1}\n", "{use: ^A-1}", ["A-1 bad_id", "r condition_off"]),
        ("  ^student: {streak: 1}\n", "{use: student}", ["- duplicate_key"]),
        ("  a: ^*x\n", "{use: student}", ["- no_shorthand", "a not_a_mapping"]),
    ],
)
def test_a_mistake_about_a_condition_is_told_where_it_is(conditions: str, where: str, expected: list[str]) -> None:
    assert told(STUDENT + conditions + on("checkin.done", where)) == expected


def test_why_a_condition_does_not_suit_a_fact_is_said() -> None:
    [problem] = problems_of("conditions: {long: {is_reply: true}}\n" + on("checkin.done", "{use: long}"))
    said = TEXTS.say("en", problem.text.id, **problem.text.values)
    assert said.startswith("the condition “long” does not suit checkin.done: checkin.done has no field is_reply")


def test_one_condition_may_serve_several_kinds_of_fact() -> None:
    rules = STUDENT + on("checkin.done", "{use: student}") + on("message.posted", "{use: student}").replace("r:", "q:")
    assert [rule.where for rule in course_from(rules=rules).rules] == [IS_STUDENT, IS_STUDENT]


# --- levels, badges, titles -------------------------------------------------------------------------------------------


def test_levels_badges_and_titles_say_what_the_file_says() -> None:
    course = course_from(
        rules=LEVELS
        + "badges:\n  done: {title: {zh: 完课, en: Done}, icon: 🎓}\n"
        + "titles:\n  star: {title: 星, lasts: 7d}\n  late: {title: 夜, icon: 🌙}\n"
    )
    assert course.levels == (
        Level(id="newcomer", title=Localised({"zh_Hans": "新手"})),
        Level(id="core", title=Localised({"zh_Hans": "核心"}), activity=9, contribution=3),
    )
    assert course.badges == {"done": Honour(id="done", title=Localised({"zh_Hans": "完课", "en": "Done"}), icon="🎓")}
    assert course.titles == {
        "star": Honour(id="star", title=Localised({"zh_Hans": "星"}), lasts=timedelta(days=7)),
        "late": Honour(id="late", title=Localised({"zh_Hans": "夜"}), icon="🌙"),
    }


@pytest.mark.parametrize("section", ["levels", "badges", "titles", "conditions", "tests"])
@pytest.mark.parametrize("value", ["", " {}"])
def test_a_section_may_be_empty(section: str, value: str) -> None:
    assert told(f"{section}:{value}\n") == []


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("^a: {title: A, activity: 1}", ["first_level"]),
        ("^a: {title: A, contribution: 1}", ["first_level"]),
        ("a: {title: A, activity: 0}", []),
        ("a: {title: A}, ^b: {title: B}", ["level_order"]),
        ("a: {title: A}, b: {title: B, activity: 5}, ^c: {title: C, activity: 5}", ["level_order"]),
        ("a: {title: A}, b: {title: B, activity: 5}, ^c: {title: C, activity: 4, contribution: 9}", ["level_order"]),
        ("a: {title: A}, b: {title: B, activity: 5}, c: {title: C, activity: 5, contribution: 1}", []),
        ("a: {title: A}, b: {title: B, activity: ^-1}", ["at_least"]),
        ("a: {title: A}, b: {title: B, activity: ^1.5}", ["not_whole_number"]),
        ("a: {title: A}, b: {title: B, activity: 1000000, contribution: 1000000}", []),
        ("a: {title: A}, b: {title: B, activity: ^1000001}", ["at_most"]),
        ("a: {title: A}, b: {title: B, contribution: ^9000000000000000000}", ["at_most"]),
        ("a: {title: A}, b: {title: B, ^activty: 5}", ["unknown_key_suggest"]),
        ("a: ^{}, b: {title: B, activity: 5}", ["missing_key"]),
        ("a: {title: A}, b: ^5", ["not_a_mapping"]),
        ("^A 1: {title: A}", ["bad_id"]),
        ("^'': {title: A}", ["bad_id"]),
        ("a: {title: A}, ^a: {title: B}", ["duplicate_key"]),
        ("a: {title: ^&x A}", ["no_shorthand"]),
    ],
)
def test_something_wrong_with_the_levels_refuses_the_course(levels: str, expected: list[str]) -> None:
    assert told(f"levels: {{{levels}}}\n") == [f"- {problem}" for problem in expected]


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ("badges: {a: ^{}}", ["a missing_key"]),
        ("badges: {a: {title: A, icon: ^123456789}}", ["a not_text"]),
        ("badges: {a: {title: A, icon: ^'123456789'}}", ["a text_too_long"]),
        ("badges: {a: {title: A, ^lasts: 7d}}", ["a unknown_key"]),
        ("titles: {a: {title: A, lasts: ^7}}", ["a not_a_duration"]),
        ("titles: {^A: {title: A, lasts: 7d}}", ["A bad_id"]),
        ("titles: ^[a]", ["- not_a_mapping"]),
        ("badges: ^3", ["- not_a_mapping"]),
        ("conditions: ^student", ["- not_a_mapping"]),
        ("levels: ^[a, b]", ["- not_a_mapping"]),
    ],
)
def test_a_mistake_in_a_section_is_told_with_its_place(sections: str, expected: list[str]) -> None:
    assert told(sections + "\n") == expected


HONOURS = "badges: {done: {title: A}}\ntitles: {star: {title: S, lasts: 7d}, moon: {title: M}}\n"


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("{badge: done}", []),
        ("{title: {name: star}}", []),
        ("{title: {name: moon, lasts: 1d}}", []),
        ("{badge: ^doen}", ["unknown_suggest"]),
        ("{badge: ^star}", ["unknown"]),
        ("{badge: ^3}", ["not_text"]),
        ("{title: {name: ^done}}", ["unknown"]),
        ("{title: ^{^nmae: star}}", ["missing_key", "unknown_key_suggest"]),
        ("{title: {name: ^moon}}", ["no_end"]),
    ],
)
def test_an_effect_gives_only_what_the_course_has(then: str, expected: list[str]) -> None:
    rule = f"r: {{when: checkin.done, then: [say: x, {then}]}}\n"
    assert told(HONOURS + rule) == [f"r {problem}" for problem in expected]


# --- what else a rule may say -----------------------------------------------------------------------------------------


def test_a_rule_says_what_its_points_count_for_and_whether_it_is_in_the_shadow() -> None:
    rules = course_from(
        rules="a: {when: checkin.done, then: [award: 1]}\n"
        "b: {when: message.posted, limit: {novelty: true}, counts_as: help, shadow: 7d, then: [award: 1]}\n"
    ).rules
    assert [(rule.counts_as, rule.shadow, rule.limit.novelty) for rule in rules] == [
        ("activity", None, False),
        ("help", timedelta(days=7), True),
    ]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("counts_as: hlep", ["problem.unknown_suggest"]),
        ("counts_as: other", ["problem.unknown"]),
        ("counts_as: 3", ["problem.unknown"]),
        ("shadow: true", ["problem.not_a_duration"]),
        ("shadow: 7", ["problem.not_a_duration"]),
        ("limit: {novelty: true}", ["problem.no_text"]),
        ("limit: {novelty: false}", []),
        ("limit: {novelty: once}", ["problem.not_yes_no"]),
        ("when: level.reached", ["problem.duplicate_key"]),
    ],
)
def test_a_mistake_in_what_else_a_rule_says_puts_it_off(rest: str, expected: list[str]) -> None:
    found = problems_of(f"r: {{when: checkin.done, then: [award: 1], {rest}}}\n")
    assert [(problem.rule, problem.text.id) for problem in found] == [("r", id) for id in expected]


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("limit: {points_per_day: 5}, then: [award: 5]", []),
        ("limit: {points_per_day: ^4}, then: [award: 5]", ["limit_below_award"]),
        ("limit: {points_per_week: ^4}, then: [award: 5]", ["limit_below_award"]),
        ("limit: {points_per_day: ^4, points_per_week: ^3}, then: [say: x, award: 5]", ["limit_below_award"] * 2),
        ("limit: {points_per_day: 4}, then: [award: -5]", []),
        ("limit: {points_per_day: 4}, then: [say: x]", []),
        ("then: [say: '{name} {points} {streak}']", []),
        ("then: [say: '{{nmae}} {Name} {}']", []),  # no placeholders
        ("then: [say: ^'{nmae}']", ["unknown_placeholder_suggest"]),
        ("then: [say: ^'{weather}']", ["unknown_placeholder"]),
        ("then: [say: {zh: '{name}', en: ^'**{length}**'}]", ["unknown_placeholder"]),  # of another kind of fact
        ("then: [say: {zh: ^'{nmae} {wether}', en: ^'{x}'}]", ["unknown_placeholder_suggest", "unknown_placeholder"]),
    ],
)
def test_a_rule_that_could_never_work_as_it_says_is_off(rest: str, expected: list[str]) -> None:
    assert told(f"r: {{when: checkin.done, {rest}}}\n") == [f"r {problem}" for problem in expected]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{^space.kind: main}", ["unknown_field"]),
        ("{not: {^space.id: main}}", ["unknown_field"]),
        ("{use: ^in_class}", ["condition_unfit"]),
        ("{member.role: student, course.weekday: sunday}", []),
    ],
)
def test_a_fact_of_the_clock_happens_in_no_space(where: str, expected: list[str]) -> None:
    conditions = "conditions:\n  in_class: {member.role: student, space.kind: main}\n"
    assert told(conditions + on("day.ended", where)) == [f"r {problem}" for problem in expected]


@pytest.mark.parametrize(
    ("where", "condition"),
    [
        ("{member.tags: vip}", Has(field="member.tags", values=("vip",))),
        ("{member.tags: [vip, old]}", Has(field="member.tags", values=("vip", "old"))),
        ("{not: {member.tags: vip}}", Not(condition=Has(field="member.tags", values=("vip",)))),
        ("{member.level: core}", Is(field="member.level", values=("core",))),
        ("{course.weekday: [saturday, sunday]}", Is(field="course.weekday", values=("saturday", "sunday"))),
        ("{member.days: {at_most: 3}}", Between(field="member.days", at_most=3)),
        ("{space.id: main}", Is(field="space.id", values=("main",))),
    ],
)
def test_every_fact_can_be_asked_about_its_member_and_its_day(where: str, condition: Condition) -> None:
    assert course_from(rules=LEVELS + on("checkin.done", where)).rules[0].where == condition


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("{member.tags: 3}", "problem.not_text"),
        ("{member.tags: []}", "problem.empty"),
        ("{member.tags: {at_least: 3}}", "problem.not_text"),
        ("{member.level: croe}", "problem.unknown_suggest"),
        ("{member.level: 3}", "problem.not_text"),
        ("{course.weekday: firday}", "problem.unknown_suggest"),
        ("{course.weekday: 1}", "problem.not_text"),
        ("{course.weekday: Monday}", "problem.unknown_suggest"),
        ("{member.days: three}", "problem.not_a_number"),
    ],
)
def test_a_mistake_about_a_member_or_a_day_is_told(where: str, expected: str) -> None:
    [problem] = problems_of(LEVELS + on("checkin.done", where))
    assert problem.text.id == expected


def test_a_level_can_be_asked_for_only_where_there_are_levels() -> None:
    assert told(on("checkin.done", "{member.level: ^core}")) == ["r unknown"]


# --- files that mean harm ---------------------------------------------------------------------------------------------

LAUGHS = "conditions:\n  c0: {streak: 1}\n" + "".join(
    f"  c{n}: {{use: [{', '.join([f'c{n - 1}'] * 9)}]}}\n" for n in range(1, 60)
)
CHAIN = "conditions:\n  c0: {streak: 1}\n" + "".join(f"  c{n}: {{use: c{n - 1}}}\n" for n in range(1, 60))
HOSTILE = {
    "laughs": LAUGHS + on("checkin.done", "{use: c59}"),
    "a long chain": CHAIN + on("checkin.done", "{use: c59}"),
    "a wide one": "conditions:\n  a: {streak: 1}\n  b: {use: [" + "a, " * 40_000 + "a]}\n",
    "many conditions": "conditions:\n" + "".join(f"  c{n}: {{streak: 1}}\n" for n in range(15_000)),
    "many levels": "levels:\n" + "".join(f"  l{n}: {{title: x, activity: {n}}}\n" for n in range(10_000)),
    "many wrong names": STUDENT + "".join(f"r{n}: {{when: checkin.done, where: {{use: s{n}}}}}\n" for n in range(5000)),
    "deep": "conditions:\n  a: " + "{not: " * 25 + "{streak: 1}" + "}" * 25 + "\n",
    "deeper": "conditions:\n  a: " + "{not: " * 900 + "\n",
    "aliases": "conditions: &a\n  a: {all: [*a, *a]}\n  b: *a\nlevels: *a\n",
    "tabs": "conditions:\n\ta: {streak: 1}\n",
    "ten megabytes": "conditions:\n" + "  # x\n" * 1_700_000,
    "a long name": "conditions:\n  " + "a" * 900_000 + ": {streak: 1}\n",
}


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_means_harm_is_refused_before_it_does_any(rules: str) -> None:
    assert problems_of(rules)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "gbk"])
def test_sections_in_another_encoding_are_refused(encoding: str) -> None:
    course, problems = load({"rules.yaml": LEVELS.encode(encoding)})
    assert course is None
    assert len(problems) == 1


def test_a_byte_order_mark_does_no_harm() -> None:
    course, problems = load({"rules.yaml": ("\ufeff" + LEVELS).encode()})
    assert course is not None
    assert listed(problems) == []
    assert len(course.levels) == 2


SECTIONS = ("conditions", "levels", "badges", "titles", "tests")
NAMES = st.sampled_from(
    ["a", "b", "c", "student", "title", "use", "all", "any", "not", "streak", "member.level", "lasts"]
)
WORDS = st.one_of(NAMES, st.sampled_from([1, 0, -1, 2.5, True, None, "7d", "新手", "vip", "at_least", "activity"]))
ANYTHING = st.recursive(
    st.one_of(WORDS, PRINTED, st.integers()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES | WORDS.map(str), inner, max_size=3)),
    max_leaves=12,
)
CONDITION = st.recursive(
    st.one_of(
        st.fixed_dictionaries({"use": NAMES | st.lists(NAMES, max_size=3)}),
        st.fixed_dictionaries({"streak": st.integers(0, 3)}),
        st.fixed_dictionaries({"member.level": NAMES}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}), st.fixed_dictionaries({"not": inner})
    ),
    max_leaves=6,
)
LEVEL = st.fixed_dictionaries({"title": st.just("x")}, optional={"activity": st.integers(-1, 5), "contribution": WORDS})
FILE = st.fixed_dictionaries(
    {},
    optional={
        "conditions": st.dictionaries(NAMES, CONDITION, max_size=5) | ANYTHING,
        "levels": st.dictionaries(NAMES, LEVEL, max_size=4) | ANYTHING,
        **dict.fromkeys(("badges", "titles", "tests"), ANYTHING),
        "r": st.fixed_dictionaries(
            {
                "when": st.just("checkin.done"),
                "where": CONDITION,
                "then": st.just([{"award": 1}])
                | st.lists(st.dictionaries(st.sampled_from(["badge", "title"]), ANYTHING)),
            },
            optional={"limit": ANYTHING, "counts_as": ANYTHING, "shadow": ANYTHING},
        ),
    },
)


@given(FILE)
def test_any_sections_give_rules_or_problems(file: dict[str, object]) -> None:
    rules = json.dumps(file, ensure_ascii=False) + "\n"
    course, problems = load({"rules.yaml": rules})
    assert course or problems
    assert course is None or bool(course.rules) != bool([p for p in problems if p.rule == "r"]) or "r" not in file


@given(st.sampled_from(SECTIONS), ANYTHING)
def test_any_value_of_a_section_leaves_a_course_whose_levels_are_in_order(section: str, value: object) -> None:
    course, problems = load({"rules.yaml": f"{section}: {json.dumps(value, ensure_ascii=False)}\n"})
    assert course or problems
    if course and course.levels:
        assert course.level_at(0, 0) == course.levels[0].id
        assert course.level_at(10**9, 10**9) == course.levels[-1].id
