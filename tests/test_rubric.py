"""Points by criterion, and what assistants type in one line."""

from datetime import date, time

import pytest

from bot.domain.errors import UserError
from bot.domain.homework import Criterion, Homework, LocalTime
from bot.domain.messages import Localised
from bot.features.homework.grading import many, rubric

_MOMENT = LocalTime(date(2027, 3, 1), time(9))


def words(text: str) -> Localised:
    return Localised({"en": text})


NOTE = Homework(
    id="note",
    title=words("Note"),
    tier="practice",
    opens=_MOMENT,
    due=_MOMENT,
    rubric=(
        Criterion(id="hook", title=words("Hook"), points=30, problems={"dull": words("Dull")}),
        Criterion(id="body", title=words("Body"), points=50),
        Criterion(id="form", title=words("Form"), points=20, problems={"long": words("Long")}),
    ),
)
BARE = Homework(id="bare", title=words("Bare"), tier="practice", opens=_MOMENT, due=_MOMENT)


@pytest.mark.parametrize(
    ("points", "offered"),
    [(30, [30, 22, 15, 0]), (50, [50, 37, 25, 0]), (1, [1, 0]), (2, [2, 1, 0]), (3, [3, 2, 1, 0])],
)
def test_what_is_offered_for_a_criterion_is_whole_and_different(points: int, offered: list[int]) -> None:
    assert rubric.steps(points) == offered


@pytest.mark.parametrize(
    ("points", "out_of", "lost", "score"),
    [
        (85, 100, 0, 85),
        (85, 100, 10, 77),  # 76.5
        (1, 3, 0, 33),
        (2, 3, 0, 67),
        (0, 100, 50, 0),
        (100, 100, 100, 0),
        (0, 0, 0, 100),
        (0, 0, 20, 80),
        (29, 40, 0, 73),  # 72.5
    ],
)
def test_a_score_is_rounded_half_up_after_lateness(points: int, out_of: int, lost: int, score: int) -> None:
    assert rubric.score(points, out_of, lost) == score


def test_criteria_come_in_order_and_can_be_taken_back_in_reverse() -> None:
    first, second, third = NOTE.rubric
    assert (rubric.current(NOTE, {}), rubric.last_given(NOTE, {})) == (first, None)
    assert (rubric.current(NOTE, {"hook": 1}), rubric.last_given(NOTE, {"hook": 1})) == (second, first)
    filled = {"hook": 1, "body": 2, "form": 3}
    assert (rubric.current(NOTE, filled), rubric.last_given(NOTE, filled)) == (None, third)
    assert rubric.total(NOTE, filled | {"gone": 100}) == 6


def test_problems_that_the_rubric_has_no_more_are_left_out() -> None:
    found = rubric.problems_in(NOTE, ["form.long", "hook.dull", "hook.gone", "gone.dull"])
    assert [(criterion.id, text.in_("en")) for criterion, text in found] == [("hook", "Dull"), ("form", "Long")]


@pytest.mark.parametrize(
    ("typed", "scores", "points", "comment"),
    [
        ("", {}, None, ""),
        ("well done", {}, None, "well done"),
        ("85", {}, 85, ""),
        ("85 well done", {}, 85, "well done"),
        ("85% well done", {}, 85, "well done"),
        ("85分 写得好", {}, 85, "写得好"),
        ("8/10 fine", {}, 80, "fine"),
        ("hook=30 body=40 form=20 good: really", {"hook": 30, "body": 40, "form": 20}, None, "good: really"),
        ("Hook：30, body = 40", {"hook": 30, "body": 40}, None, ""),
        ("3rd line is best", {}, None, "3rd line is best"),
    ],
)
def test_a_result_may_be_typed_in_one_line(
    typed: str, scores: dict[str, int], points: int | None, comment: str
) -> None:
    assert rubric.given_in(typed, NOTE) == (scores, points, comment)


@pytest.mark.parametrize(
    ("typed", "homework", "refused"),
    [
        ("hook=31", NOTE, "grading.too_many_points"),
        ("nothing=3", NOTE, "grading.no_criterion"),
        ("101", NOTE, "grading.too_many_points"),
        ("120%", NOTE, "grading.too_many_points"),
        ("5", BARE, "grading.no_points"),
        ("5/0", NOTE, None),
    ],
)
def test_what_can_not_be_given_is_refused(typed: str, homework: Homework, refused: str | None) -> None:
    if refused is None:
        rubric.given_in(typed, homework)
        return
    with pytest.raises(UserError) as refusal:
        rubric.given_in(typed, homework)
    assert refusal.value.text.id == refused


@pytest.mark.parametrize(
    ("typed", "numbers", "rest"),
    [
        ("12", (12,), ""),
        ("#12", (12,), ""),
        ("１２ 好", (12,), "好"),
        ("12 85 well done", (12,), "85 well done"),
        ("12 85%", (12,), "85%"),
        ("12 hook=30", (12,), "hook=30"),
        ("#12, #15 85 fine", (12, 15), "85 fine"),
        ("#12 #15 good", (12, 15), "good"),
        ("12、15", (12, 15), ""),
        ("12 15 18", (12, 15, 18), ""),
        ("12 12 12", (12,), ""),
        ("12 写得好，继续", (12,), "写得好，继续"),
    ],
)
def test_several_hand_ins_are_told_from_points(typed: str, numbers: tuple[int, ...], rest: str) -> None:
    asked = many.numbers_in(typed)
    assert asked is not None
    assert (asked.numbers, asked.rest) == (numbers, rest)


@pytest.mark.parametrize("typed", ["", "note", "85%", "hook=3", "12=3"])
def test_what_begins_with_no_number_names_no_hand_in(typed: str) -> None:
    assert many.numbers_in(typed) is None
