"""Whatever the loader takes, an editor with our schemas takes, too."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import Problem, RulesRejected
from bot.domain.rules import Field
from rules.conditions import CHOICES, COMMON_FIELDS
from rules.loader import load_course
from tests.rules.underlined import PRODUCT, REAL, complaints, value
from tests.rules.vocabulary import COURSE

PRINTED = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6)
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PRINTED,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(PRINTED, inner, max_size=2),
    max_leaves=4,
)
TEXTS = PRINTED | st.dictionaries(
    st.sampled_from(["zh", "en", "zh-CN", "EN_gb", "fr"]), PRINTED, min_size=1, max_size=2
)
DURATIONS = st.from_regex("[0-9]{1,5}[smhd]", fullmatch=True) | st.sampled_from(["10m", "7d", "1.5h"])
DATES = st.dates(date(1960, 1, 1), date(2210, 1, 1)).map(str) | st.sampled_from(
    ["2027-03-01", "2027-02-30", "1970-01-01", "2199-12-31"]
)
OF_KIND: Mapping[Field, st.SearchStrategy[Any]] = {
    "text": PRINTED,
    "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "yes_no": st.booleans(),
    "date": DATES,
    "tags": PRINTED,
}
SECTIONS: Mapping[str, dict[str, Any]] = {
    "conditions": {"staff": {"member.role": ["assistant", "admin"]}, "late": {"course.day": {"at_least": 3}}},
    "levels": {"new": {"title": "N"}, "old": {"title": "O", "activity": 1}},
    "badges": {"done": {"title": "D"}},
    "titles": {"star": {"title": "S", "lasts": "7d"}},
}


def mostly(right: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Once in a while anything else."""
    return st.integers(0, 39).flatmap(lambda number: right if number else JUNK)


def one_of_or_list(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return mostly(one | st.lists(one, min_size=1, max_size=3))


def condition_on(name: str, field: Field) -> st.SearchStrategy[Any]:
    """What may stand behind a field in `where`."""
    choices = {**CHOICES, "member.level": ("new", "old"), "level": ("new", "old")}
    ways = one_of_or_list(st.sampled_from(choices[name]) if name in choices else OF_KIND[field])
    if field == "number":
        ends = st.sampled_from(["at_least", "at_most"])
        ways |= st.dictionaries(ends, mostly(OF_KIND["number"]), min_size=1, max_size=2)
    return ways


def wheres(fields: Mapping[str, Field]) -> st.SearchStrategy[Any]:
    leaf = {name: condition_on(name, field) for name, field in fields.items()}
    leaf["use"] = one_of_or_list(st.sampled_from([*SECTIONS["conditions"]]))

    def larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        joined = {"all": st.lists(inner, min_size=1, max_size=2), "not": inner}
        joined["any"] = joined["all"]
        return some_of({**leaf, **joined})

    return st.recursive(some_of(leaf), larger, max_leaves=3)


def some_of(keys: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """A mapping with a few of these keys."""
    names = st.lists(st.sampled_from([*keys]), min_size=1, max_size=2, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: keys[name] for name in chosen}))


TITLES = st.fixed_dictionaries({"name": st.just("star")}, optional={"lasts": DURATIONS, "until": DATES})
ARGUMENTS: Mapping[str, st.SearchStrategy[Any]] = {
    "award": st.integers(-10_001, 10_001),
    "badge": st.sampled_from([*SECTIONS["badges"]]),
    "title": st.sampled_from([*SECTIONS["titles"]]) | TITLES,
    "role": st.just("assistant"),
}
EFFECTS = st.one_of(*(st.fixed_dictionaries({name: mostly(ARGUMENTS.get(name, TEXTS))}) for name in PRODUCT.effects))
LIMITS = st.fixed_dictionaries(
    {},
    optional={
        "once_per": mostly(st.sampled_from(["day", "week", "object", "member"])),
        "points_per_day": mostly(st.integers(0, 10**9)),
        "cool_down": mostly(DURATIONS),
        "novelty": mostly(st.booleans()),
    },
)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from([*PRODUCT.facts.values()]))
    optional = {
        "title": mostly(TEXTS),
        "where": mostly(wheres({**kind.fields, **COMMON_FIELDS})),
        "limit": mostly(LIMITS),
        "counts_as": mostly(st.sampled_from(["activity", "help", "contribution"])),
        "shadow": mostly(DURATIONS),
    }
    then = mostly(st.lists(EFFECTS, min_size=1, max_size=3))
    return draw(st.fixed_dictionaries({"when": mostly(st.just(kind.name)), "then": then}, optional=optional))


def problems_with(name: str, document: Any, **more: str) -> tuple[list[Problem], Any]:
    """What the loader says of a document, and the document as it reads it."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        loaded = load_course("camp", {"course.yaml": COURSE, name: text, **more}, PRODUCT)
    except RulesRejected as rejected:
        return list(rejected.problems), None
    return list(loaded.problems), value(text)


@settings(max_examples=400)
@given(rules())
def test_a_rule_that_the_loader_takes_is_never_underlined(rule: dict[str, Any]) -> None:
    problems, document = problems_with("rules.yaml", {**SECTIONS, "r": rule})
    if not problems:
        assert complaints(REAL["rules.yaml"], document) == []


ENTRIES = st.fixed_dictionaries(
    {"title": mostly(TEXTS)},
    optional={
        "icon": mostly(PRINTED),
        "lasts": mostly(DURATIONS),
        "activity": mostly(st.integers()),
        "contribution": mostly(st.integers()),
    },
)


@given(
    st.sampled_from(["conditions", "levels", "badges", "titles"]),
    PRINTED | st.just("one"),
    ENTRIES | wheres(COMMON_FIELDS),
)
def test_nor_is_what_rules_refer_to(section: str, name: str, entry: Any) -> None:
    problems, document = problems_with("rules.yaml", {**SECTIONS, section: {**SECTIONS[section], name: entry}})
    if not problems:
        assert complaints(REAL["rules.yaml"], document) == []


WEEKDAYS = st.sampled_from(["day", *CHOICES["course.weekday"]])


TIMES = mostly(st.times().map(lambda time: f"{time:%H:%M}") | st.sampled_from(["9:05", "24:00"]))
MONTH_DAYS = st.integers(0, 32) | st.sampled_from(["last", "first monday", "last sunday", "fifth friday"])
CRON = st.sampled_from(["30 9 * * 1-5", "0 0 L * *", "0 25 * * *", "* * * * *", "@daily"])
DATED = {
    "every": one_of_or_list(WEEKDAYS),
    "monthly": one_of_or_list(MONTH_DAYS),
    "on_day": one_of_or_list(st.integers(0, 401)),
}
OTHER = {name: mostly(st.sampled_from(["lesson", "deadline"])) for name in ("before", "after")}
WHENS = st.one_of(
    *(st.fixed_dictionaries({name: when, "at": TIMES}) for name, when in DATED.items()),
    *(st.fixed_dictionaries({name: when}) for name, when in {**OTHER, "cron": mostly(CRON)}.items()),
    st.fixed_dictionaries({}, optional={**DATED, **OTHER, "cron": CRON, "at": TIMES}),
)


@settings(max_examples=300)
@given(
    WHENS,
    st.fixed_dictionaries(
        {
            "do": mostly(st.sampled_from([*PRODUCT.actions])),
        },
        optional={
            "by": mostly(DURATIONS),
            "time_zone": mostly(st.sampled_from(["Europe/London", "UTC"])),
            "starts": mostly(DATES),
            "ends": mostly(DATES),
            "on_quiet_days": mostly(st.sampled_from(["skip", "run", "postpone"])),
            "catch_up": mostly(st.sampled_from(["late_within", "latest", "all"])),
            "spaces": one_of_or_list(st.sampled_from(["main", "staff"])),
            "late_within": mostly(DURATIONS),
            "lasts": mostly(DURATIONS),
            "from_characters": mostly(st.integers(0, 2000)),
        },
    ),
)
def test_nor_is_a_ritual(when: dict[str, Any], ritual: dict[str, Any]) -> None:
    problems, document = problems_with("rituals.yaml", {"r": {**when, **ritual}})
    if not problems:
        assert complaints(REAL["rituals.yaml"], document) == []


ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {"options": mostly(st.lists(TEXTS, min_size=2, max_size=3)), "right": one_of_or_list(st.integers(1, 3))}
    ),
    st.fixed_dictionaries({"fill": one_of_or_list(PRINTED)}),
    st.fixed_dictionaries({"order": mostly(st.lists(TEXTS, min_size=2, max_size=3))}),
    st.fixed_dictionaries({}, optional={"fill": PRINTED, "right": st.integers(0, 2)}),
)
QUESTIONS = st.tuples(
    ANSWERS,
    st.fixed_dictionaries(
        {"ask": mostly(TEXTS)},
        optional={"because": mostly(TEXTS), "points": mostly(st.integers(0, 101)), "covers": mostly(PRINTED)},
    ),
).map(lambda parts: {**parts[0], **parts[1]})
CRITERIA = st.fixed_dictionaries(
    {"title": mostly(TEXTS), "points": mostly(st.integers(0, 1001))},
    optional={"problems": mostly(st.dictionaries(st.sampled_from(["one", "two_2", "Three"]), TEXTS, max_size=2))},
)
LATE = st.sampled_from(["accepted", "refused"]) | st.fixed_dictionaries(
    {}, optional={"accepted_for": DURATIONS, "loses": st.integers(0, 101), "per": DURATIONS, "at_most": st.integers()}
)
HANDED_IN = st.fixed_dictionaries(
    {},
    optional={
        "accepts": mostly(st.lists(st.sampled_from(["text", "link", "photo"]), min_size=1, max_size=3)),
        "max_files": mostly(st.integers(0, 11)),
        "template": mostly(TEXTS),
        "headings": one_of_or_list(PRINTED),
        "length": mostly(st.fixed_dictionaries({}, optional={"at_least": st.integers(0, 300), "at_most": st.just(9)})),
        "rubric": mostly(st.dictionaries(st.sampled_from(["one", "two", "3"]), CRITERIA, min_size=1, max_size=2)),
        "team": mostly(st.fixed_dictionaries({"size": st.integers(1, 11)})),
    },
)
ASKED = st.fixed_dictionaries(
    {"questions": mostly(st.lists(QUESTIONS, min_size=1, max_size=2))},
    optional={"attempts": mostly(st.just("any") | st.integers(0, 101))},
)
HOMEWORK = st.fixed_dictionaries(
    {
        "tier": mostly(st.sampled_from(["base", "practice", "challenge"])),
        "title": mostly(TEXTS),
        "opens": st.fixed_dictionaries({"day": mostly(st.integers(0, 5)), "at": TIMES}),
        "due": st.fixed_dictionaries({"day": mostly(st.integers(6, 15)), "at": TIMES}),
    },
    optional={
        "about": mostly(TEXTS),
        "lesson": mostly(st.integers(0, 15)),
        "grace": mostly(DURATIONS),
        "late": mostly(LATE),
        "audience": mostly(st.fixed_dictionaries({}, optional={"groups": st.just("main"), "tags": PRINTED})),
    },
)


@settings(max_examples=300)
@given(HOMEWORK, HANDED_IN | ASKED)
def test_nor_is_a_homework(homework: dict[str, Any], more: dict[str, Any]) -> None:
    problems, document = problems_with("homework.yaml", {"h": {**homework, **more}})
    if not problems:
        assert complaints(REAL["homework.yaml"], document) == []


SHIFTS = st.just("local:lin") | st.fixed_dictionaries(
    {"who": mostly(st.just("local:lin"))}, optional={"from": TIMES, "until": TIMES}
)
CLOCK = {
    "within": mostly(DURATIONS),
    "warn_at": mostly(st.integers(0, 100)),
    "nights": mostly(st.fixed_dictionaries({"from": TIMES, "until": TIMES})),
    "rests_on": one_of_or_list(WEEKDAYS),
    "ladder": mostly(st.permutations(["on_duty", "assistants", "admins"])),
    "duty": mostly(st.dictionaries(WEEKDAYS, one_of_or_list(SHIFTS), max_size=2)),
}


@given(st.fixed_dictionaries({}, optional=CLOCK))
def test_nor_is_how_homework_is_graded(grading: dict[str, Any]) -> None:
    problems, document = problems_with("homework.yaml", {"grading": grading})
    if not problems:
        assert complaints(REAL["homework.yaml"], document) == []


TAGS = st.sampled_from(["content", "how_to", "beyond"])
KEYWORDS = st.dictionaries(TAGS | PRINTED, one_of_or_list(PRINTED | st.just("x" * 41)), max_size=3)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **CLOCK,
            "anonymous": mostly(st.integers(-1, 21)),
            "offers": mostly(st.booleans()),
            "keywords": mostly(KEYWORDS),
        },
    )
)
def test_nor_is_how_questions_are_answered(questions: dict[str, Any]) -> None:
    problems, document = problems_with("questions.yaml", questions)
    if not problems:
        assert complaints(REAL["questions.yaml"], document) == []


@given(
    PRINTED | st.just("one"),
    st.fixed_dictionaries(
        {"asked": mostly(TEXTS | st.just("x" * 301)), "answer": mostly(TEXTS | st.just("x" * 3001))},
        optional={
            "also": one_of_or_list(PRINTED),
            "tag": mostly(TAGS),
            "lesson": mostly(st.integers(0, 15)),
            "homework": mostly(st.just("h") | PRINTED),
        },
    ),
)
def test_nor_is_what_is_asked_often(name: str, entry: dict[str, Any]) -> None:
    homework = "h: {tier: base, title: H, opens: {day: 1, at: 9:00}, due: {day: 2, at: 9:00}}\n"
    problems, document = problems_with("faq.yaml", {name: entry}, **{"homework.yaml": homework})
    if not problems:
        assert complaints(REAL["faq.yaml"], document) == []
