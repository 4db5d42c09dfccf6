"""Item analysis, held against figures that were computed by hand."""

from math import isclose, sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.homework.quizzes.items import Answered, Item, Sitting, analysed, point_biserial, upper_lower

TEN = [True] * 5 + [False] * 5


def sitting(**answers: tuple[int, bool]) -> Sitting:
    """By question: the option, and whether it is right; each right one gives a point, each took ten seconds."""
    return {id: Answered((option,), right, int(right), 10) for id, (option, right) in answers.items()}


def item(question: str, sittings: list[Sitting]) -> Item:
    (found,) = analysed([question], sittings)
    return found


def test_point_biserial_as_by_hand() -> None:
    rest = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    # The means are 7 and 2, the standard deviation is the root of 8.25, half are right: (7 − 2) / √8.25 × √(½ · ½).
    found = point_biserial(TEN, rest)
    assert found is not None
    assert isclose(found, 5 / sqrt(8.25) * 0.5)
    assert isclose(point_biserial(TEN, rest[::-1]) or 0, -found)


def test_upper_lower_as_by_hand() -> None:
    totals = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    # 27 % of ten are three: of the best three two are right, of the last three none.
    right = [True, False, True, True, True, True, True, False, False, False]
    assert isclose(upper_lower(right, totals) or 0, 2 / 3)


def test_those_who_tie_at_the_edge_of_a_group_count_in_part() -> None:
    # The best: one with 3 points who is right, then two places for the four with 2, of whom one is right.
    # The last: three places for the five with 1, of whom none is right.
    totals = [3, 2, 2, 2, 2, 1, 1, 1, 1, 1]
    right = [True, True, False, False, False, False, False, False, False, False]
    assert isclose(upper_lower(right, totals) or 0, (1 + 2 * 1 / 4) / 3)


@pytest.mark.parametrize(
    ("right", "points"),
    [(TEN[:9], list(range(9))), (TEN, [4] * 10), ([True] * 10, list(range(10))), ([False] * 10, list(range(10)))],
)
def test_where_nothing_can_be_compared_nothing_is_said(right: list[bool], points: list[int]) -> None:
    assert point_biserial(right, points) is None


def test_with_few_people_groups_say_nothing() -> None:
    assert upper_lower(TEN[:9], list(range(9))) is None
    assert upper_lower(TEN, [4] * 10) is None


def test_difficulty_the_usual_mistake_and_the_time() -> None:
    people = [sitting(a=(1, True)), sitting(a=(0, False)), sitting(a=(2, False)), sitting(a=(2, False)), sitting()]
    found = item("a", people)
    assert (found.answers, found.share, found.wrong, found.seconds) == (4, 0.25, ((2,), 2), 10)
    assert found.advice is None  # four people prove nothing


def test_a_question_that_nobody_has_answered() -> None:
    assert item("b", [sitting(a=(1, True))]) == Item("b", 0, None, None, None, None, None, None)


def able(count: int, wrong_of_able: bool) -> list[Sitting]:
    """Half know three other things; `a` is right for those who do, or for those who do not."""
    people = []
    for number in range(count):
        knows = number < count // 2
        others = dict.fromkeys(("x", "y", "z"), (0, knows))
        people.append(sitting(a=(int(knows), knows != wrong_of_able), **others))
    return people


def test_a_key_that_the_able_get_wrong_may_be_wrong() -> None:
    found = item("a", able(20, wrong_of_able=True))
    assert found.correlation is not None
    assert isclose(found.correlation, -1)
    assert found.advice == "key"
    assert item("a", able(20, wrong_of_able=False)).advice is None


def mixed(count: int, right: int) -> list[Sitting]:
    """So many are right in `a`, one point more or less of ability apart."""
    return [sitting(a=(0, number < right), x=(0, number % 2 == 0)) for number in range(count)]


def test_too_easy_too_hard_and_flat() -> None:
    assert item("a", mixed(40, 39)).advice == "easy"
    assert item("a", mixed(40, 8)).advice == "hard"
    flat = [sitting(a=(0, n % 2 == 0), x=(0, n % 4 < 2), y=(0, n % 4 < 2), z=(0, n % 4 < 2)) for n in range(40)]
    assert item("a", flat).correlation == 0


def test_a_question_that_tells_nothing_of_who_knows_the_rest_is_flat() -> None:
    others = ("x", "y", "z", "v", "w")
    people = [sitting(a=(0, n % 2 == 0), **dict.fromkeys(others, (0, n % 4 in (0, 3)))) for n in range(40)]
    knowing = [sitting(a=(0, n % 5 != 0), **dict.fromkeys(others, (0, n % 10 < 5))) for n in range(40)]
    assert (item("a", people).correlation, item("a", knowing).advice) == (0, "flat")


PEOPLE = st.lists(
    st.dictionaries(
        st.sampled_from("abc"),
        st.builds(
            Answered,
            given=st.tuples(st.integers(0, 3)),
            is_right=st.booleans(),
            points=st.integers(0, 5),
            seconds=st.integers(0, 900),
        ),
    ),
    max_size=40,
)


@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_in_which_people_sat_changes_nothing(people: list[Sitting], chance: Random) -> None:
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert analysed("abc", shuffled) == analysed("abc", people)


@given(PEOPLE)
def test_all_figures_stay_within_their_bounds(people: list[Sitting]) -> None:
    for found in analysed("abc", people):
        assert found.share is None or 0 <= found.share <= 1
        assert found.discrimination is None or -1 <= found.discrimination <= 1
        assert found.correlation is None or -1.000001 <= found.correlation <= 1.000001
