"""questions.yaml in; how soon questions are answered and how they are sorted, or every problem with its place, out."""

import json
from datetime import date, time, timedelta

import pytest
from hypothesis import given

from bot.domain.homework import Grading
from bot.domain.ids import Language
from bot.domain.office_hours import Rest
from bot.domain.questions import Answering
from bot.domain.response import Shift
from bot.texts.catalogue import Catalogues
from tests.rules.marks import placed
from tests.rules.test_loader import VALUES, listed, load
from tests.rules.vocabulary import COURSE

TEXTS = Catalogues()
WHOLE = """\
within: 2h
warn_at: 50
nights: {from: "22:00", until: "08:00"}
rests_on: [sunday]
quiet_days: true
ladder: [on_duty, admins]
step: 30m
claim_for: 15m
anonymous: 0
offers: false
duty:
  monday: [local:lin, {who: local:wu, from: "18:00", until: "23:00"}]
  tuesday: local:lin
  friday: {who: local:wu, from: 20:00, until: 2:00}
  saturday: [{who: local:wu, until: 12:00}, {who: local:lin, from: 12:00}]
keywords:
  how_to: [怎么, 报错, how do I]
  content: 什么意思
"""


def answering_from(questions: str, **files: str) -> Answering:
    course, problems = load({"questions.yaml": questions, **{f"{name}.yaml": text for name, text in files.items()}})
    assert listed(problems) == []
    assert course is not None
    return course.answering


# --- what is right ----------------------------------------------------------------------------------------------------


def test_all_is_as_the_file_says() -> None:
    assert answering_from(WHOLE) == Answering(
        within=timedelta(hours=2),
        warn_at=50,
        rest=Rest(nights=(time(22), time(8)), weekdays=frozenset({6})),
        ladder=("on_duty", "admins"),
        step=timedelta(minutes=30),
        claim_for=timedelta(minutes=15),
        anonymous=0,
        offers=False,
        duty={
            0: (Shift(account="local:lin"), Shift(account="local:wu", begins=time(18), ends=time(23))),
            1: (Shift(account="local:lin"),),
            4: (Shift(account="local:wu", begins=time(20), ends=time(2)),),
            5: (Shift(account="local:wu", ends=time(12)), Shift(account="local:lin", begins=time(12))),
        },
        keywords={"how_to": ("怎么", "报错", "how do I"), "content": ("什么意思",)},
    )


@pytest.mark.parametrize("questions", ["", "{}\n", "# nothing yet\n"])
def test_what_is_left_out_has_its_defaults(questions: str) -> None:
    answering = answering_from(questions)
    assert answering == Answering()
    assert (answering.within, answering.step) == (timedelta(hours=4), timedelta(hours=1))
    assert (answering.claim_for, answering.anonymous, answering.offers) == (timedelta(minutes=30), 3, True)


def test_the_clock_stands_on_the_quiet_days_of_the_course_where_that_is_said() -> None:
    quiet = COURSE + "quiet_days: {weekdays: [saturday], dates: [2027-03-03]}\n"
    assert answering_from("quiet_days: true\n", course=quiet).rest == Rest(
        weekdays=frozenset({5}), dates=frozenset({date(2027, 3, 3)})
    )
    assert answering_from("within: 4h\n", course=quiet).rest == Rest()


def test_homework_knows_shifts_as_questions_do() -> None:
    course, problems = load({"homework.yaml": "grading:\n  duty: {monday: {who: local:wu, from: 18:00}}\n"})
    assert course is not None
    assert listed(problems) == []
    assert course.book.grading == Grading(duty={0: (Shift(account="local:wu", begins=time(18)),)})


# --- what is wrong ----------------------------------------------------------------------------------------------------

MANY = ", ".join(f"w{number}" for number in range(50))
CLOCK = [
    ("{^withn: 4h}", ["unknown_key_suggest"]),
    ("{within: ^0h}", ["not_positive"]),
    ("{within: ^4}", ["not_a_duration"]),
    ("{warn_at: ^100}", ["at_most"]),
    ("{step: ^soon}", ["not_a_duration"]),
    ("{claim_for: ^0m}", ["not_positive"]),
    ("{nights: {from: 22:00, until: ^22:00}}", ["same_time"]),
    ("{nights: ^{from: 22:00}}", ["missing_key"]),
    ("{rests_on: ^day}", ["never_due"]),
    ("{rests_on: [^sonday]}", ["unknown_suggest"]),
    ("{quiet_days: ^1}", ["not_yes_no"]),
    ("{ladder: [admins, ^admins]}", ["twice"]),
    ("{ladder: [on_duty, ^assistant]}", ["unknown_suggest"]),
    ("{ladder: ^[]}", ["empty"]),
    ("{duty: {^mon: local:lin}}", ["unknown_suggest"]),
    ("{duty: {monday: ^lin}}", ["not_an_account"]),
    ("{duty: {monday: [local:lin, ^3]}}", ["not_an_account"]),
    ("{duty: {monday: ^[]}}", ["empty"]),
    ("{duty: {monday: ^}}", ["not_an_account"]),
    ("{duty: {monday: {who: ^lin}}}", ["not_an_account"]),
    ("{duty: {monday: ^{from: 18:00}}}", ["missing_key"]),
    ("{duty: {monday: [local:lin, {who: local:wu, ^form: 18:00}]}}", ["unknown_key_suggest"]),
    ("{duty: {monday: {who: local:wu, from: ^18}}}", ["not_a_time"]),
    ("{duty: {monday: [local:lin, {who: local:wu, from: 18:00, until: ^18:00}]}}", ["same_time"]),
    ("{duty: {monday: {who: local:wu, until: ^0:00}}}", ["same_time"]),
    (f"{{duty: {{monday: ^[{', '.join(['local:lin'] * 21)}]}}}}", ["too_many"]),
    ("^[]", ["not_a_mapping"]),
]
BAD_QUESTIONS = [
    *((f"{marked}\n", expected) for marked, expected in CLOCK),
    ("anonymous: ^-1\n", ["at_least"]),
    ("anonymous: ^21\n", ["at_most"]),
    ("anonymous: ^yes\n", ["not_whole_number"]),
    ("offers: ^yes\n", ["not_yes_no"]),
    ("keywords: ^[怎么]\n", ["not_a_mapping"]),
    ("keywords: {^howto: [怎么]}\n", ["unknown_suggest"]),
    ("keywords: {how_to: ^[]}\n", ["empty"]),
    ("keywords: {how_to: [怎么, ^'']}\n", ["empty"]),
    ("keywords: {how_to: [^404]}\n", ["not_text"]),
    (f"keywords: {{how_to: [^{'长' * 41}]}}\n", ["text_too_long"]),
    (f"keywords: {{how_to: ^[{MANY}, more]}}\n", ["too_many"]),
    ("keywords: {how_to: [报错, ^报错]}\n", ["keyword_twice"]),
    ("keywords: {how_to: [Error, 报错], beyond: [变现, ^ｅｒｒｏｒ], content: ^报错}\n", ["keyword_twice"] * 2),
    ("within: 4h\n^within: 5h\n", ["duplicate_key"]),
    ("duty: ^&all {monday: local:lin}\n", ["no_shorthand"]),
    ("^within：4h\n", ["fullwidth_colon"]),
    ("duty: ^[local:lin\n", ["unclosed"]),
]


@pytest.mark.parametrize(("marked", "expected"), BAD_QUESTIONS)
def test_a_mistake_refuses_the_course(marked: str, expected: list[str]) -> None:
    assert problems_in("questions.yaml", marked) == expected_at("questions.yaml", marked, expected)


@pytest.mark.parametrize(("marked", "expected"), CLOCK)
def test_the_clock_of_homework_is_checked_alike(marked: str, expected: list[str]) -> None:
    assert problems_in("homework.yaml", f"grading: {marked}\n") == expected_at(
        "homework.yaml", f"grading: {marked}\n", expected
    )


def problems_in(name: str, marked: str) -> list[str]:
    course, problems = load({name: placed(marked)[0]})
    assert course is None
    return listed(problems)


def expected_at(name: str, marked: str, expected: list[str]) -> list[str]:
    places = placed(marked)[1]
    return [f"{name}:{line}:{column} problem.{id}" for (line, column), id in zip(places, expected, strict=True)]


def test_fifty_keywords_of_forty_characters_are_fine() -> None:
    longest = "长" * 40
    text = f"keywords: {{how_to: [{MANY}], content: [{longest}]}}\n"
    assert answering_from(text).keywords["content"] == (longest,)


def told(text: str, language: Language) -> list[str]:
    _, problems = load({"questions.yaml": text})
    return [TEXTS.say(language, problem.text.id, **problem.text.values) for problem in problems]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "rests_on: day\n",
            "一周七天都不计时，就永远没有期限了：至少留一天",
            "With no day of the week that counts, nothing would ever be due: leave at least one",
        ),
        (
            "keywords: {how_to: 报错, content: 报错}\n",
            "“报错”已经写在 how_to 下面了，一个词只能归一类",
            "“报错” already stands under how_to: a word can speak for one tag only",
        ),
        (
            "keywords: {howto: 报错}\n",
            "keywords：没有“howto”，是不是想写“how_to”？",
            "keywords: there is no “howto” — did you mean how_to?",
        ),
    ],
)
def test_a_problem_says_what_to_write_in_both_languages(text: str, zh: str, en: str) -> None:
    assert (told(text, "zh_Hans"), told(text, "en")) == ([zh], [en])


@given(VALUES)
def test_any_value_anywhere_gives_a_course_or_problems(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False)
    for key in ("within", "nights", "duty", "ladder", "rests_on", "anonymous", "offers", "keywords"):
        course, problems = load({"questions.yaml": f"{key}: {written}\n"})
        assert course or problems
