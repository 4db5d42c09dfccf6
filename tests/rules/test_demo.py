"""demo.yaml in; who takes part and what they say, or every problem with its place, out."""

from datetime import time

import pytest

from bot.domain.course import Course
from bot.domain.errors import RulesRejected
from rules.demo import Demo, Line, Person, load_demo
from rules.loader import load_course
from tests.rules.vocabulary import COURSE, VOCABULARY

DEMO = """\
people:
  - {id: xiaoyu, name: 小雨, role: student}
  - {id: lin, name: 林助教, role: assistant}
classmates:
  - {id: azhe, name: 阿哲}
script:
  - {day: 1, at: 09:00, who: azhe, says: 打卡}
  - {day: [2, 3], at: 20:10, who: azhe, says: /checkin}
  - {day: 3, at: 21:00, who: azhe, says: 对, replies_to: 卡}
"""


@pytest.fixture
def course() -> Course:
    return load_course("camp", {"course.yaml": COURSE}, VOCABULARY).course


def test_a_demo_says_what_its_file_says(course: Course) -> None:
    assert load_demo({"demo.yaml": DEMO}, course) == Demo(
        people=(Person(id="xiaoyu", name="小雨"), Person(id="lin", name="林助教", role="assistant")),
        classmates=(Person(id="azhe", name="阿哲"),),
        script=(
            Line(days=(1,), at=time(9), who="azhe", says="打卡"),
            Line(days=(2, 3), at=time(20, 10), who="azhe", says="/checkin"),
            Line(days=(3,), at=time(21), who="azhe", says="对", replies_to="卡"),
        ),
    )


@pytest.mark.parametrize("files", [{}, {"demo.yaml": ""}, {"demo.yaml": b"# nobody\n"}])
def test_a_demo_may_be_without_people(course: Course, files: dict[str, str | bytes]) -> None:
    assert load_demo(files, course) == Demo()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("role: assistant", "role: admin", ["3:32 problem.other_role"]),
        ("id: xiaoyu", "id: chen", ["2:32 problem.other_role"]),
        (
            "id: azhe",
            "id: chen",
            ["5:10 problem.other_role", *(f"{place} problem.unknown" for place in ("7:30", "8:35", "9:30"))],
        ),
        ("role: student", "role: studnet", ["2:34 problem.unknown_suggest"]),
        ("id: xiaoyu", "id: lin", ["2:31 problem.other_role", "3:10 problem.twice"]),
        ("id: xiaoyu", "id: azhe", ["5:10 problem.twice"]),
        ("id: xiaoyu", "id: 小雨", ["2:10 problem.bad_id"]),
        ("who: azhe, says: 打卡", "who: ahze, says: 打卡", ["7:30 problem.unknown_suggest"]),
        ("day: 1", "day: 15", ["7:11 problem.day_outside"]),
        ("[2, 3]", "[2, 15]", ["8:15 problem.day_outside"]),
        ("[2, 3]", "[2, 0]", ["8:15 problem.at_least"]),
        ("[2, 3]", "[]", ["8:11 problem.empty"]),
        ("day: 1", "day: one", ["7:11 problem.not_whole_number"]),
        ("says: 打卡", "says: 1", ["7:42 problem.not_text"]),
        ("says: 打卡", "say: 打卡", ["7:5 problem.missing_key", "7:36 problem.unknown_key_suggest"]),
        ("replies_to: 卡", "replies_to: 对", ["9:57 problem.nobody_says"]),
        ("replies_to: 卡", "replies_to: ''", ["9:57 problem.empty"]),
        ("replies_to: 卡", "reply_to: 卡", ["9:45 problem.unknown_key_suggest"]),
        ("at: 09:00", "at: 9", ["7:18 problem.not_a_time"]),
        ("people:\n", "people: [\n", ["2:3 problem.yaml_syntax"]),
        ("people:\n", "people: &all\n", ["1:9 problem.no_shorthand"]),
    ],
)
def test_a_mistake_in_the_demo_is_told_with_its_place(course: Course, old: str, new: str, expected: list[str]) -> None:
    with pytest.raises(RulesRejected) as rejected:
        load_demo({"demo.yaml": DEMO.replace(old, new)}, course, shown_as="camp")
    seen = [f"{problem.file}:{problem.line}:{problem.column} {problem.text.id}" for problem in rejected.value.problems]
    assert seen == [f"camp/demo.yaml:{problem}" for problem in expected]
