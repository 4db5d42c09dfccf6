"""homework.yaml in; the course's homework with its deadlines and rituals, or every problem with its place, out."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given

from bot.domain.course import Course
from bot.domain.errors import Problem
from bot.domain.homework import (
    TAKEN,
    Audience,
    Criterion,
    Extensions,
    Grading,
    Homework,
    HomeworkBook,
    Late,
    LocalTime,
    Question,
)
from bot.domain.ids import Language
from bot.domain.messages import Localised
from bot.domain.office_hours import Rest
from bot.domain.response import Shift
from bot.domain.rituals import Anchor, OnCourseDays
from bot.texts.catalogue import Catalogues
from rules.homework import HomeworkStep
from tests.rules.marks import placed
from tests.rules.test_loader import VALUES, listed, load
from tests.rules.vocabulary import COURSE

TEXTS = Catalogues()
LEVELS = "levels:\n  new: {title: N}\n  core: {title: C, activity: 10}\n"
QUIZ = """\
quiz_1:
  tier: base
  title: {zh: 小测, en: Quiz}
  about: 做题
  lesson: 1
  covers: [标题, 开头]
  opens: {day: 1, at: 20:00}
  due: {day: 2, at: 22:00}
  grace: 10m
  late: {accepted_for: 3d, loses: 10, per: 12h, at_most: 50}
  attempts: any
  questions:
    - {ask: 选一个, options: [A, B, C], right: 2, because: 因为, covers: 标题, points: 3, id: first}
    - {ask: 选几个, options: [A, B, C], right: [1, 3]}
    - {ask: 填空, fill: [关键词, 搜索词]}
    - {ask: 也填空, fill: 关键词}
    - {ask: 排序, order: [先, 后]}
"""
NOTE = """\
note:
  tier: practice
  title: 笔记
  opens: {day: 2, at: 9:00}
  due: {day: 7, at: 22:00}
  late: accepted
  accepts: [text, photo]
  max_files: 3
  template: 模板
  headings: [数据, 结论]
  length: {at_least: 200, at_most: 2000}
  rubric:
    hook: {title: 钩子, points: 30, problems: {no_number: {zh: 没有数字, en: No number}}}
    body: {title: 正文, points: 70}
  audience: {levels: core, tags: [copy], groups: [main]}
  team: {size: 3}
"""
GRADING = """\
grading:
  within: 12h
  warn_at: 50
  nights: {from: "22:00", until: "8:00"}
  rests_on: [sunday]
  ladder: [on_duty, admins]
  step: 2h
  claim_for: 1h
  revise_within: 3d
  duty: {monday: [local:lin, local:wu], tuesday: local:lin}
  alike_from: 80
extensions: {tokens: 2, each: 12h}
"""
FINE = "fine: {tier: practice, title: F, opens: {day: 1, at: 9:00}, due: {day: 2, at: 9:00}}\n"


def book_from(homework: str, **files: str) -> HomeworkBook:
    return course_from(homework, **files).book


def course_from(homework: str, **files: str) -> Course:
    course, problems = load({"homework.yaml": homework, **{f"{name}.yaml": text for name, text in files.items()}})
    assert listed(problems) == []
    assert course is not None
    return course


def words(*texts: str) -> tuple[Localised, ...]:
    return tuple(Localised({"zh_Hans": text}) for text in texts)


def one(text: str) -> Localised:
    return words(text)[0]


# --- what is right ----------------------------------------------------------------------------------------------------


def test_a_quiz_says_what_its_file_says() -> None:
    [quiz] = book_from(QUIZ).homework.values()
    choice = words("A", "B", "C")
    assert quiz == Homework(
        id="quiz_1",
        tier="base",
        title=Localised({"zh_Hans": "小测", "en": "Quiz"}),
        about=one("做题"),
        lesson=1,
        covers=("标题", "开头"),
        opens=LocalTime(date(2027, 3, 1), time(20)),
        due=LocalTime(date(2027, 3, 2), time(22)),
        grace=timedelta(minutes=10),
        late=Late(accepted_for=timedelta(days=3), loses=10, per=timedelta(hours=12), at_most=50),
        attempts=None,
        questions=(
            Question(
                id="first",
                kind="single",
                text=one("选一个"),
                options=choice,
                right=frozenset({1}),
                because=one("因为"),
                covers="标题",
                points=3,
            ),
            Question(id="2", kind="multiple", text=one("选几个"), options=choice, right=frozenset({0, 2})),
            Question(id="3", kind="fill", text=one("填空"), accepted=("关键词", "搜索词")),
            Question(id="4", kind="fill", text=one("也填空"), accepted=("关键词",)),
            Question(id="5", kind="order", text=one("排序"), options=words("先", "后")),
        ),
    )
    assert (quiz.is_quiz, quiz.out_of) == (True, 7)


def test_what_is_handed_in_says_what_its_file_says() -> None:
    [note] = book_from(NOTE, rules=LEVELS).homework.values()
    problems = {"no_number": Localised({"zh_Hans": "没有数字", "en": "No number"})}
    assert note == Homework(
        id="note",
        tier="practice",
        title=one("笔记"),
        opens=LocalTime(date(2027, 3, 2), time(9)),
        due=LocalTime(date(2027, 3, 7), time(22)),
        late=Late(accepted_for=None),
        accepts=frozenset({"text", "photo"}),
        max_files=3,
        template=one("模板"),
        headings=("数据", "结论"),
        min_length=200,
        max_length=2000,
        rubric=(
            Criterion(id="hook", title=one("钩子"), points=30, problems=problems),
            Criterion(id="body", title=one("正文"), points=70),
        ),
        audience=Audience(levels=frozenset({"core"}), tags=frozenset({"copy"}), groups=frozenset({"main"})),
        team_size=3,
    )
    assert (note.is_quiz, note.out_of) == (False, 100)


def test_most_may_be_left_out() -> None:
    [homework] = book_from(FINE).homework.values()
    assert homework == Homework(
        id="fine",
        tier="practice",
        title=one("F"),
        opens=LocalTime(date(2027, 3, 1), time(9)),
        due=LocalTime(date(2027, 3, 2), time(9)),
    )
    assert homework.late.accepted_for == timedelta(0)
    assert homework.accepts == frozenset(TAKEN)
    assert homework.audience.is_everybody
    assert (homework.out_of, homework.attempts) == (0, 1)


def test_the_sections_say_what_their_file_says() -> None:
    book = book_from(GRADING)
    assert book.grading == Grading(
        within=timedelta(hours=12),
        warn_at=50,
        rest=Rest(nights=(time(22), time(8)), weekdays=frozenset({6})),
        ladder=("on_duty", "admins"),
        step=timedelta(hours=2),
        claim_for=timedelta(hours=1),
        revise_within=timedelta(days=3),
        duty={0: (Shift(account="local:lin"), Shift(account="local:wu")), 1: (Shift(account="local:lin"),)},
        alike_from=80,
    )
    assert book.extensions == Extensions(tokens=2, each=timedelta(hours=12))


@pytest.mark.parametrize("homework", ["", "grading:\nextensions:\n", "grading: {}\n", "# nothing yet\n"])
def test_what_is_left_out_has_its_defaults(homework: str) -> None:
    assert book_from(homework) == HomeworkBook()


@pytest.mark.parametrize(
    ("grading", "rest"),
    [
        ("", Rest()),
        ("quiet_days: true", Rest(weekdays=frozenset({5}), dates=frozenset({date(2027, 3, 3)}))),
        (
            "quiet_days: true, rests_on: sunday",
            Rest(weekdays=frozenset({5, 6}), dates=frozenset({date(2027, 3, 3)})),
        ),
    ],
)
def test_the_days_on_which_the_course_rests_count_as_rest_where_that_is_said(grading: str, rest: Rest) -> None:
    quiet = COURSE + "quiet_days: {weekdays: [saturday], dates: [2027-03-03]}\n"
    assert book_from(f"grading: {{{grading}}}\n", course=quiet).grading.rest == rest


@pytest.mark.parametrize(
    ("late", "policy"),
    [
        ("refused", Late()),
        ("accepted", Late(accepted_for=None)),
        ("{}", Late(accepted_for=None)),
        ("{loses: 5}", Late(accepted_for=None, loses=5)),
        ("{accepted_for: 2d}", Late(accepted_for=timedelta(days=2))),
    ],
)
def test_being_late_is_a_word_or_a_policy(late: str, policy: Late) -> None:
    assert book_from(FINE.replace("}}", f"}}, late: {late}}}")).homework["fine"].late == policy


# --- deadlines and rituals --------------------------------------------------------------------------------------------


def test_each_deadline_is_one_of_the_course() -> None:
    calendar = "days:\n  - {day: 3, title: D, task: T, lesson: 19:00, deadline: 22:00}\n"
    course = course_from(QUIZ + FINE, calendar=calendar)
    assert course.anchors == (
        Anchor(kind="deadline", date=date(2027, 3, 2), at=time(22), title=Localised({"zh_Hans": "小测", "en": "Quiz"})),
        Anchor(kind="deadline", date=date(2027, 3, 2), at=time(9), title=one("F")),
        Anchor(kind="lesson", date=date(2027, 3, 3), at=time(19), title=one("D")),
        Anchor(kind="deadline", date=date(2027, 3, 3), at=time(22), title=one("D")),
    )


def test_what_is_due_at_one_moment_is_one_deadline() -> None:
    """Whoever is reminded before a deadline is reminded once."""
    calendar = "days:\n  - {day: 2, title: D, task: T, deadline: 9:00}\n"
    course = course_from(FINE + FINE.replace("fine", "also"), calendar=calendar)
    assert [anchor.title for anchor in course.anchors] == [one("D")]


def test_a_course_has_rituals_of_its_own_for_each_homework() -> None:
    rituals = course_from(QUIZ + NOTE, rules=LEVELS).rituals
    assert [(ritual.id, ritual.when, ritual.at) for ritual in rituals] == [
        ("quiz_1:opens", OnCourseDays(frozenset({1})), time(20)),
        ("quiz_1:reminds", OnCourseDays(frozenset({1})), time(22)),
        ("quiz_1:due", OnCourseDays(frozenset({2})), time(22)),
        ("note:opens", OnCourseDays(frozenset({2})), time(9)),
        ("note:reminds", OnCourseDays(frozenset({6})), time(22)),
        ("note:due", OnCourseDays(frozenset({7})), time(22)),
    ]
    assert {(ritual.action, ritual.spaces, ritual.catch_up, ritual.on_quiet_days) for ritual in rituals} == {
        ("homework", ("",), "all", "run")
    }
    assert all(ritual.is_built_in for ritual in rituals)
    assert rituals[1].options == HomeworkStep(homework="quiz_1", what="reminds")


def test_what_has_not_been_open_for_a_day_is_not_reminded_of() -> None:
    assert [ritual.id for ritual in course_from(FINE).rituals] == ["fine:opens", "fine:due"]


def test_a_course_without_homework_has_none_of_this() -> None:
    course, problems = load({})
    assert course is not None
    assert (course.book, course.anchors, course.rituals, problems) == (HomeworkBook(), (), (), ())


# --- what is wrong ----------------------------------------------------------------------------------------------------


def homework(line: str, *, instead_of: str = "\0") -> str:
    """One to be handed in, with another line."""
    kept = [
        "tier: practice",
        "title: N",
        "opens: {day: 2, at: 9:00}",
        "due: {day: 7, at: 22:00}",
    ]
    lines = [*(one for one in kept if not one.startswith(instead_of)), line]
    return "h:\n" + "".join(f"  {one}\n" for one in lines)


def quiz(question: str, rest: str = "") -> str:
    return homework(f"questions:\n    - {question}\n{rest}")


BAD_HOMEWORK = [
    (homework("^tiers: base"), ["unknown_key_suggest"]),
    (homework("tier: ^practise", instead_of="tier"), ["unknown_suggest"]),
    (homework("tier: ^homework", instead_of="tier"), ["unknown"]),
    (homework("title: ^3", instead_of="title"), ["not_text"]),
    (homework("title: {^chinese: N}", instead_of="title"), ["unknown"]),
    ("h:\n  ^tier: base\n", ["missing_key"] * 3),
    ("h: ^[base]\n", ["not_a_mapping"]),
    ("h:^\n", ["not_a_mapping"]),
    ("h: ^tier：base\n", ["fullwidth_colon"]),
    ("^Quiz-1: {tier: base, title: Q, opens: {day: 1, at: 9:00}, due: {day: 2, at: 9:00}}\n", ["bad_id"]),
    (f"^{'h' * 33}: {{tier: base, title: Q, opens: {{day: 1, at: 9:00}}, due: {{day: 2, at: 9:00}}}}\n", ["bad_id"]),
    ("h: ^*x\n", ["no_shorthand"]),
    # when
    (homework("opens: ^2027-03-01 20:00", instead_of="opens"), ["not_a_mapping"]),
    (homework("opens: ^{day: 2}", instead_of="opens"), ["missing_key"]),
    (homework("opens: {day: 2, at: ^noon}", instead_of="opens"), ["not_a_time"]),
    (homework("opens: {day: ^0, at: 9:00}", instead_of="opens"), ["at_least"]),
    (homework("opens: {day: ^401, at: 9:00}", instead_of="opens"), ["at_most"]),
    (homework("opens: {day: 2, at: 9:00, ^time: 9:00}", instead_of="opens"), ["unknown_key"]),
    (homework("due: {day: ^15, at: 9:00}", instead_of="due"), ["day_outside"]),
    (homework("due: ^{day: 2, at: 9:00}", instead_of="due"), ["due_first"]),
    (homework("due: ^{day: 1, at: 22:00}", instead_of="due"), ["due_first"]),
    (homework("lesson: ^15"), ["day_outside"]),
    (homework("lesson: ^first"), ["not_whole_number"]),
    (homework("grace: ^10"), ["not_a_duration"]),
    (homework("late: ^acepted"), ["unknown_suggest"]),
    (homework("late: ^never"), ["unknown"]),
    (homework("late:^"), ["empty"]),
    (homework("late: ^3d"), ["unknown"]),
    (homework("late: {accepted_for: ^0d}"), ["not_positive"]),
    (homework("late: {loses: ^101}"), ["at_most"]),
    (homework("late: {loses: 5, ^for: 1d}"), ["unknown_key"]),
    (homework("late: {accepted_for: ^10m}\n  grace: 1h"), ["late_within_grace"]),
    # what
    (homework("accepts: ^[]"), ["empty"]),
    (homework("accepts: [text, ^foto]"), ["unknown_suggest"]),
    (homework("accepts: ^text"), ["not_a_list"]),
    (homework("max_files: ^11"), ["at_most"]),
    (homework("max_files: ^0\n  accepts: [photo, file]"), ["nothing_to_hand_in"]),
    (homework("length: {at_least: ^-1}"), ["at_least"]),
    (homework("length: {at_most: ^20001}"), ["at_most"]),
    (homework("length: ^{at_least: 300, at_most: 200}"), ["bad_range"]),
    (homework("^length: {at_least: 3}\n  accepts: [photo]"), ["wants_text"]),
    (homework("^headings: [数据]\n  accepts: [link, voice]"), ["wants_text"]),
    (homework("headings: [数据, ^'']"), ["empty"]),
    (homework("team: {size: ^1}"), ["at_least"]),
    (homework("team: ^3"), ["not_a_mapping"]),
    (homework("^attempts: 2"), ["only_with_questions"]),
    (homework("covers: ^3"), ["not_text"]),
    # rubric
    (homework("rubric: ^{}"), ["empty"]),
    (homework("rubric: {hook: {title: H, points: ^0}}"), ["at_least"]),
    (homework("rubric: {hook: {title: H, points: ^1001}}"), ["at_most"]),
    (homework("rubric: {hook: ^{title: H}}"), ["missing_key"]),
    (homework("rubric: {hook: {title: H, ^pionts: 3, points: 3}}"), ["unknown_key_suggest"]),
    (homework("rubric: {^Hook!: {title: H, points: 3}}"), ["bad_id"]),
    (homework("rubric: {hook: {title: H, points: 3, problems: {^a-b: x}}}"), ["bad_id"]),
    (homework("rubric: {hook: {title: H, points: 3, problems: {a: ^''}}}"), ["empty"]),
    (homework(f"rubric: ^{{{', '.join(f'c{n}: {{title: T, points: 1}}' for n in range(13))}}}"), ["too_many"]),
    # for whom
    (homework("audience: {levels: [new, ^cor]}"), ["unknown_suggest"]),
    (homework("audience: {levels: ^core_}"), ["unknown_suggest"]),
    (homework("audience: {groups: [^mian]}"), ["unknown_suggest"]),
    (homework("audience: {groups: [^writers]}"), ["unknown"]),
    (homework("audience: {tags: ^[]}"), ["empty"]),
    (homework("audience: {^tag: copy}"), ["unknown_key_suggest"]),
    # questions
    (homework("questions: ^[]"), ["empty"]),
    (homework("questions:^"), ["not_a_list"]),
    (quiz("^{ask: Q}"), ["no_answer"]),
    (quiz("^{fill: x}"), ["missing_key"]),
    (quiz("^{ask: Q, options: [A, B]}"), ["missing_key"]),
    (quiz("{ask: Q, options: ^[A], right: 1}"), ["too_few"]),
    (quiz("{ask: Q, options: ^[A, B, C, D, E, F, G, H, I], right: 1}"), ["too_many"]),
    (quiz("{ask: Q, options: [A, B, ^A], right: 1}"), ["same_option"]),
    (quiz("{ask: Q, options: [A, ^1], right: 1}"), ["not_text"]),
    (quiz("{ask: Q, options: [A, B], right: ^3}"), ["no_such_option"]),
    (quiz("{ask: Q, options: [A, B], right: [1, ^3]}"), ["no_such_option"]),
    (quiz("{ask: Q, options: [A, B], right: [1, ^1]}"), ["twice"]),
    (quiz("{ask: Q, options: [A, B], right: ^0}"), ["at_least"]),
    (quiz("{ask: Q, options: [A, B], right: ^[]}"), ["empty"]),
    (quiz("{ask: Q, options: [A, B], right: ^A}"), ["not_whole_number"]),
    (quiz("{ask: Q, fill: x, ^right: 1}"), ["useless_key"]),
    (quiz("{ask: Q, fill: x, ^order: [A, B]}"), ["second_answer"]),
    (quiz("{ask: Q, options: [A, B], right: 1, ^fill: x}"), ["second_answer"]),
    (quiz("{ask: Q, fill: ^[]}"), ["empty"]),
    (quiz("{ask: Q, fill: ^, order: [A, B]}"), ["empty"]),
    (quiz("{ask: Q, fill: ^7}"), ["not_text"]),
    (quiz("{ask: Q, order: ^[A]}"), ["too_few"]),
    (quiz("{ask: Q, order: [A, ^A]}"), ["same_option"]),
    (quiz("{ask: Q, fill: x, points: ^0}"), ["at_least"]),
    (quiz("{ask: Q, fill: x, id: ^A b}"), ["bad_id"]),
    (quiz("{ask: Q, fill: x}", "    - {ask: R, fill: y, id: ^'1'}\n"), ["twice"]),
    (quiz("{ask: Q, fill: x, covers: ^开头}", "  covers: [标题]\n"), ["unknown"]),
    (quiz("{ask: Q, fill: x}", "  attempts: ^0\n"), ["at_least"]),
    (quiz("{ask: Q, fill: x}", "  attempts: ^many\n"), ["unknown_suggest"]),
    (quiz("{ask: Q, fill: x}", "  attempts:^\n"), ["empty"]),
    (quiz("{ask: Q, fill: x}", "  ^rubric: {hook: {title: H, points: 1}}\n"), ["useless_key"]),
    (quiz("{ask: Q, fill: x}", "  ^template: T\n  ^accepts: [text]\n  ^team: {size: 2}\n"), ["useless_key"] * 3),
]


@pytest.mark.parametrize(("marked", "expected"), BAD_HOMEWORK)
def test_a_mistake_in_a_homework_puts_that_homework_off(marked: str, expected: list[str]) -> None:
    text, places = placed(marked)
    course, problems = load({"homework.yaml": text + FINE, "rules.yaml": LEVELS})
    at = places if len(places) == len(expected) else places * len(expected)
    assert listed(problems) == [f"homework.yaml:{x}:{y} problem.{id}" for (x, y), id in zip(at, expected, strict=True)]
    assert all(problem.rule and problem.section == "homework" for problem in problems)
    assert course is not None
    assert list(course.book.homework) == ["fine"]
    assert [ritual.id for ritual in course.rituals] == ["fine:opens", "fine:due"]


BAD_SECTIONS = [
    ("grading: ^[]\n", ["not_a_mapping"]),
    ("grading: {^withn: 24h}\n", ["unknown_key_suggest"]),
    ("grading: {within: ^0h}\n", ["not_positive"]),
    ("grading: {within: ^24}\n", ["not_a_duration"]),
    ("grading: {warn_at: ^100}\n", ["at_most"]),
    ("grading: {warn_at: ^0}\n", ["at_least"]),
    ("grading: {nights: {from: 22:00, until: ^22:00}}\n", ["same_time"]),
    ("grading: {nights: ^{from: 22:00}}\n", ["missing_key"]),
    ("grading: {nights: {from: ^22, until: 8:00}}\n", ["not_a_time"]),
    ("grading: {nights: {^form: 22:00, from: 22:00, until: 8:00}}\n", ["unknown_key_suggest"]),
    ("grading: {rests_on: [^sonday]}\n", ["unknown_suggest"]),
    ("grading: {rests_on: ^day}\n", ["never_due"]),
    ("grading: {quiet_days: ^yes}\n", ["not_yes_no"]),
    ("grading: {ladder: [on_duty, ^assistant]}\n", ["unknown_suggest"]),
    ("grading: {ladder: [admins, ^admins]}\n", ["twice"]),
    ("grading: {ladder: ^[]}\n", ["empty"]),
    ("grading: {duty: {^mon: local:lin}}\n", ["unknown_suggest"]),
    ("grading: {duty: {monday: ^lin}}\n", ["not_an_account"]),
    ("grading: {duty: {monday: ^[]}}\n", ["empty"]),
    ("grading: {alike_from: ^0}\n", ["at_least"]),
    ("extensions: {tokens: ^-1}\n", ["at_least"]),
    ("extensions: {tokens: 1, each: ^1}\n", ["not_a_duration"]),
    ("extensions: {^token: 1}\n", ["unknown_key_suggest"]),
    ("extensions: {tokens: 1}\n^extensions: {tokens: 2}\n", ["duplicate_key"]),
    ("extensions: ^&x {tokens: 1}\n", ["no_shorthand"]),
    ("^- quiz_1\n", ["not_a_mapping"]),
    ("h: ^[1\n", ["unclosed"]),
]


@pytest.mark.parametrize(("marked", "expected"), BAD_SECTIONS)
def test_a_mistake_in_a_section_refuses_the_course(marked: str, expected: list[str]) -> None:
    text, places = placed(marked)
    course, problems = load({"homework.yaml": text})
    assert course is None
    assert listed(problems) == [
        f"homework.yaml:{line}:{column} problem.{id}" for (line, column), id in zip(places, expected, strict=True)
    ]


def test_a_clock_that_only_stands_because_the_course_rests_is_told_where_that_is_said() -> None:
    quiet = COURSE + "quiet_days: {weekdays: [monday, tuesday, wednesday, thursday, friday, saturday]}\n"
    text = "grading:\n  quiet_days: true\n"
    assert book_from(text, course=quiet).grading.rest.weekdays == frozenset(range(6))
    course, problems = load({"homework.yaml": text + "  rests_on: sunday\n", "course.yaml": quiet})
    assert course is None
    assert listed(problems) == ["homework.yaml:3:13 problem.never_due"]


def test_there_is_an_end_to_how_much_homework_a_course_has() -> None:
    text = "".join(FINE.replace("fine", f"h{number}") for number in range(101))
    course, problems = load({"homework.yaml": text})
    assert course is None
    assert listed(problems) == ["homework.yaml:101:1 problem.too_many"]
    assert len(book_from(text[: text.index("h100:")]).homework) == 100


def told(text: str, language: Language) -> list[str]:
    _, problems = load({"homework.yaml": text})
    return [TEXTS.say(language, problem.text.id, **problem.text.values) for problem in problems]


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            homework("due: {day: 2, at: 8:00}", instead_of="due"),
            "截止时间要晚于开放时间（第 2 天 09:00）",
            "It has to be due later than it opens (day 2, 09:00)",
        ),
        (
            quiz("{ask: Q, options: [A, B], right: 3}"),
            "right：一共 2 个选项，没有第 3 个（从 1 数起）",
            "right: there are 2 options, so there is no option 3 (counting from 1)",
        ),
        (
            quiz("{ask: Q}"),
            "这道题没写怎么答。写下面其中一个：options, fill, order",
            "How is this question answered? Write one of: options, fill, order",
        ),
        (
            homework("accepts: [text, foto]"),
            "accepts：没有“foto”，是不是想写“photo”？",
            "accepts: there is no “foto” — did you mean photo?",
        ),
        (
            "grading: {ladder: [on_duty, assistant]}\n",
            "ladder：没有“assistant”，是不是想写“assistants”？",
            "ladder: there is no “assistant” — did you mean assistants?",
        ),
    ],
)
def test_a_problem_says_what_to_write_in_both_languages(text: str, zh: str, en: str) -> None:
    assert (told(text, "zh_Hans"), told(text, "en")) == ([zh], [en])


KEYS = [*(line.split(":")[0].strip() for line in (QUIZ + NOTE).splitlines() if line.startswith("  ")), "late", "nights"]


@given(VALUES)
def test_any_value_anywhere_in_a_homework_puts_at_most_that_homework_off(value: object) -> None:
    for key in {key for key in KEYS if key.isidentifier()}:
        parts: Mapping[str, Any] = {"tier": "base", "title": "T", "opens": {"day": 1, "at": "9:00"}, key: value}
        text = FINE + f"q: {json.dumps({'due': {'day': 2, 'at': '9:00'}, **parts}, ensure_ascii=False)}\n"
        course, problems = load({"homework.yaml": text})
        assert course is not None
        assert off(problems) <= {"q"}


@given(VALUES)
def test_any_value_in_a_section_gives_a_course_or_problems(value: object) -> None:
    written = json.dumps(value, ensure_ascii=False)
    for key in ("nights", "duty", "ladder", "within", "rests_on", "warn_at"):
        course, problems = load({"homework.yaml": f"grading: {{{key}: {written}}}\n"})
        assert course or problems


def off(problems: Sequence[Problem]) -> set[str | None]:
    return {problem.rule for problem in problems}
