"""faq.yaml in; the entries with which the handbook begins, or every problem with its place, out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given

from bot.domain.course import Course
from bot.domain.messages import Localised
from bot.domain.questions import Faq
from tests.rules.marks import placed
from tests.rules.test_loader import VALUES, listed, load

HOMEWORK = "note: {tier: practice, title: N, opens: {day: 1, at: 9:00}, due: {day: 2, at: 9:00}}\n"
FINE = "fine: {asked: 好不好？, answer: 好}\n"
WHOLE = """\
late:
  asked: {zh: 迟交怎么办？, en: What if I am late?}
  also: [晚交, "hand in, late?"]
  answer:
    zh: |-
      两天之内还收。
      **每晚一天扣一成**。
    en: It is taken for two more days.
  tag: how_to
  lesson: 14
  homework: note
what_for:
  asked: 写给谁？
  also: 受众是谁
  answer: 写给一个真人
"""


def faq_from(text: str) -> tuple[Faq, ...]:
    return course_from(text).faq


def course_from(text: str, homework: str = HOMEWORK) -> Course:
    course, problems = load({"faq.yaml": text, "homework.yaml": homework})
    assert listed(problems) == []
    assert course is not None
    return course


def chinese(text: str) -> Localised:
    return Localised({"zh_Hans": text})


# --- what is right ----------------------------------------------------------------------------------------------------


def test_all_is_as_the_file_says() -> None:
    assert faq_from(WHOLE) == (
        Faq(
            id="late",
            asked=Localised({"zh_Hans": "迟交怎么办？", "en": "What if I am late?"}),
            also=("晚交", "hand in, late?"),
            answer=Localised(
                {"zh_Hans": "两天之内还收。\n**每晚一天扣一成**。", "en": "It is taken for two more days."}
            ),
            tag="how_to",
            lesson=14,
            homework="note",
        ),
        Faq(id="what_for", asked=chinese("写给谁？"), also=("受众是谁",), answer=chinese("写给一个真人")),
    )


@pytest.mark.parametrize("text", ["", "{}\n", "# nothing yet\n"])
def test_a_course_may_have_none(text: str) -> None:
    assert faq_from(text) == ()
    course, problems = load({})
    assert course is not None
    assert (course.faq, problems) == ((), ())


def test_an_entry_about_homework_that_is_off_stays() -> None:
    """One mistake is told once."""
    course, problems = load({"faq.yaml": WHOLE, "homework.yaml": HOMEWORK.replace("practice", "practise")})
    assert listed(problems) == ["homework.yaml:1:14 problem.unknown_suggest"]
    assert course is not None
    assert [one.id for one in course.faq] == ["late", "what_for"]


def test_nor_is_homework_unknown_that_cannot_be_read() -> None:
    course, problems = load({"faq.yaml": WHOLE, "homework.yaml": "note: [1\n"})
    assert course is None
    assert listed(problems) == ["homework.yaml:1:7 problem.unclosed"]


# --- what is wrong ----------------------------------------------------------------------------------------------------

BAD_FAQ = [
    ("a: ^{answer: A}\n", ["missing_key"]),
    ("a: ^{asked: Q}\n", ["missing_key"]),
    ("a: {asked: Q, answer: A, ^anwser: B}\n", ["unknown_key_suggest"]),
    ("a: ^[Q, A]\n", ["not_a_mapping"]),
    ("a:^\n", ["not_a_mapping"]),
    ("a: {asked: ^3, answer: A}\n", ["not_text"]),
    ("a: {asked: Q, answer: ^''}\n", ["empty"]),
    ("a: {asked: Q, answer: ^{}}\n", ["empty"]),
    ("a: {asked: {^chinese: Q}, answer: A}\n", ["unknown"]),
    (f"a: {{asked: ^{'长' * 301}, answer: A}}\n", ["text_too_long"]),
    (f"a: {{asked: {{zh: Q, en: ^{'x' * 301}}}, answer: A}}\n", ["text_too_long"]),
    (f"a: {{asked: Q, answer: ^{'长' * 3001}}}\n", ["text_too_long"]),
    (f"a: {{asked: Q, answer: A, also: [x, ^{'长' * 301}]}}\n", ["text_too_long"]),
    (f"a: {{asked: Q, answer: A, also: ^[{', '.join('x' * 21)}]}}\n", ["too_many"]),
    ("a: {asked: Q, answer: A, also: ^[]}\n", ["empty"]),
    ("a: {asked: Q, answer: A, also: [x, ^2]}\n", ["not_text"]),
    ("a: {asked: Q, answer: A, tag: ^howto}\n", ["unknown_suggest"]),
    ("a: {asked: Q, answer: A, lesson: ^0}\n", ["at_least"]),
    ("a: {asked: Q, answer: A, lesson: ^15}\n", ["day_outside"]),
    ("a: {asked: Q, answer: A, lesson: ^first}\n", ["not_whole_number"]),
    ("a: {asked: Q, answer: A, homework: ^notes}\n", ["unknown_suggest"]),
    ("a: {asked: Q, answer: A, homework: ^quiz_9}\n", ["unknown"]),
    ("^A-b: {asked: Q, answer: A}\n", ["bad_id"]),
    (f"^{'a' * 33}: {{asked: Q, answer: A}}\n", ["bad_id"]),
    ("^问题: {asked: Q, answer: A}\n", ["bad_id"]),
    ("a: {asked: ^&q Q, answer: A}\n", ["no_shorthand"]),
    ("a: {asked: Q, answer: A, ^answer: B}\n", ["duplicate_key"]),
]


@pytest.mark.parametrize(("marked", "expected"), BAD_FAQ)
def test_a_mistake_in_an_entry_puts_that_entry_off(marked: str, expected: list[str]) -> None:
    text, places = placed(marked)
    course, problems = load({"faq.yaml": text + FINE, "homework.yaml": HOMEWORK})
    assert listed(problems) == [
        f"faq.yaml:{line}:{column} problem.{id}" for (line, column), id in zip(places, expected, strict=True)
    ]
    assert {problem.section for problem in problems} == {"faq"}
    assert course is not None
    assert [one.id for one in course.faq] == ["fine"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- asked: Q\n", "1:1 problem.not_a_mapping"),
        ("a: [1\n", "1:4 problem.unclosed"),
        ("asked：Q\n", "1:1 problem.fullwidth_colon"),
    ],
)
def test_a_file_that_is_none_refuses_the_course(text: str, problem: str) -> None:
    course, problems = load({"faq.yaml": text})
    assert course is None
    assert listed(problems) == [f"faq.yaml:{problem}"]


def test_there_is_an_end_to_how_many_entries_a_course_has() -> None:
    text = "".join(FINE.replace("fine", f"a{number}") for number in range(501))
    course, problems = load({"faq.yaml": text})
    assert course is None
    assert listed(problems) == ["faq.yaml:501:1 problem.too_many"]
    assert len(faq_from(text[: text.index("a500:")])) == 500


def test_texts_as_long_as_may_be_are_fine() -> None:
    asked, answer = "长" * 300, "长" * 3000
    [one] = faq_from(f"a: {{asked: {asked}, answer: {answer}, also: [{', '.join([asked] * 20)}]}}\n")
    assert (one.asked, one.answer, len(one.also)) == (chinese(asked), chinese(answer), 20)


@given(VALUES)
def test_any_value_anywhere_in_an_entry_puts_at_most_that_entry_off(value: object) -> None:
    for key in ("asked", "also", "answer", "tag", "lesson", "homework"):
        entry: Mapping[str, Any] = {"asked": "Q", "answer": "A", key: value}
        course, problems = load({"faq.yaml": FINE + f"q: {json.dumps(entry, ensure_ascii=False)}\n"})
        assert course is not None
        assert {problem.rule for problem in problems} <= {"q"}


def test_where_there_is_no_homework_none_is_offered() -> None:
    _, problems = load({"faq.yaml": "q: {asked: Q, answer: A, homework: essay}\n", "homework.yaml": "{}\n"})
    assert [problem.text.id for problem in problems] == ["problem.no_homework"]
