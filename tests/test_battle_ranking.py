"""Who is before whom in a battle, and which questions it asks."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.ids import MemberId
from bot.features.battles.options import BattleOptions
from bot.features.battles.questions import Question, fingerprint, in_turn
from bot.features.battles.ranking import Answered, Score, place_of, places, scores, seconds_between

ADA, BEN, MIA, CAM = (MemberId(number) for number in range(1, 5))
RIGHT = {1: 2, 2: 1}


ASKED = datetime(2027, 3, 1, 19, 1, 0, 400_000, tzinfo=UTC)


def gave(who: MemberId, number: int, option: int, seconds: float) -> Answered:
    return Answered(who, number, option, seconds_between(ASKED, ASKED + timedelta(seconds=seconds)))


def test_more_right_answers_win_and_of_equals_the_quicker() -> None:
    found = scores(
        [gave(ADA, 1, 2, 9), gave(ADA, 2, 1, 9), gave(BEN, 1, 2, 1), gave(BEN, 2, 2, 1), gave(MIA, 2, 1, 0.7)], RIGHT
    )
    assert found == [Score(ADA, 2, 18), Score(BEN, 1, 1), Score(MIA, 1, 1)]
    assert [place for place, _ in places(found, 3)] == [1, 2, 2]


def test_who_sees_the_same_time_shares_the_place() -> None:
    found = scores([gave(ADA, 1, 2, 3.1), gave(BEN, 1, 2, 3.5), gave(MIA, 1, 2, 3.7), gave(CAM, 1, 2, 5)], RIGHT)
    assert [(place, one.person) for place, one in places(found, 3)] == [(1, ADA), (1, BEN), (3, MIA)]
    assert place_of(found[3], found) == 4
    assert found[0].seconds == 3


@pytest.mark.parametrize("after", [0, 0.1, 0.59, 0.6, 2.3, 29.99])
def test_who_types_where_only_whole_seconds_are_told_is_as_quick_as_who_presses_then(after: float) -> None:
    pressed = ASKED + timedelta(seconds=after)
    typed = pressed.replace(microsecond=0)
    assert seconds_between(ASKED, typed) == seconds_between(ASKED, pressed)


def test_who_has_nothing_right_has_no_place_and_what_does_not_count_gives_none() -> None:
    found = scores([gave(ADA, 1, 1, 1), gave(BEN, 3, 1, 1)], RIGHT)
    assert found == [Score(ADA, 0, 0)]
    assert list(places(found, 3)) == []


def test_a_press_that_seems_to_come_before_its_question_is_no_quicker_than_at_once() -> None:
    assert scores([gave(ADA, 1, 2, -5)], RIGHT) == [Score(ADA, 1, 0)]


def bank(*asked: str, count: int = 2) -> BattleOptions:
    questions = [{"ask": {"en": one}, "options": ["Yes", "No"], "right": 1} for one in asked]
    return BattleOptions.model_validate({"questions": questions, "count": count})


def said(questions: list[Question]) -> list[str]:
    return [one.ask.in_("en") for one in questions]


def test_questions_have_their_turn_whatever_is_added_meanwhile() -> None:
    first = in_turn(bank("A", "B", "C"), {})
    assert said(first) == ["A", "B"]
    last_asked = {fingerprint(one): 1 for one in first}
    second = in_turn(bank("New", "A", "B", "C"), last_asked)
    assert said(second) == ["New", "C"]
    third = in_turn(bank("New", "A", "B", "C"), last_asked | {fingerprint(one): 2 for one in second})
    assert said(third) == ["A", "B"]


def test_where_there_are_fewer_all_are_asked() -> None:
    assert said(in_turn(bank("A", count=5), {})) == ["A"]
