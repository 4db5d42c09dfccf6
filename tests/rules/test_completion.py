"""The section `completion:` of course.yaml: numbers and shares, and what is said where it is wrong."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from bot.features.completion.declared import Completion, Share


def test_a_course_may_ask_for_numbers_and_for_shares() -> None:
    asked = {"check_ins": 11, "homework": {"base": "80%", "practice": 2}, "score": 60, "grading_for": "7d"}
    found = Completion.model_validate(asked)
    assert found.homework.base == Share(80, is_percent=True)
    assert (found.homework.practice, found.homework.challenge) == (Share(2), Share(0))
    assert (found.grading_for, found.when, found.is_asked) == (timedelta(days=7), "end", True)


def test_without_anything_it_asks_for_nothing() -> None:
    assert not Completion.model_validate({}).is_asked
    assert not Completion.model_validate({"score": 60, "homework": {"base": "0%"}}).is_asked


@pytest.mark.parametrize(
    ("share", "total", "needed"),
    [("80%", 7, 6), ("80%", 5, 4), ("100%", 3, 3), ("1%", 3, 1), ("50%", 0, 0), (2, 5, 2), (9, 5, 5)],
)
def test_a_share_is_rounded_up_and_never_more_than_there_is(share: object, total: int, needed: int) -> None:
    found = Completion.model_validate({"homework": {"base": share}})
    assert found.homework.base.of(total) == needed


@pytest.mark.parametrize(
    "asked",
    [
        {"check_ins": -1},
        {"check_ins": "11"},
        {"check_ins": 401},
        {"homework": {"base": "120%"}},
        {"homework": {"base": "80 %"}},
        {"homework": {"base": True}},
        {"homework": {"base": 0.8}},
        {"homework": {"quiz": 1}},
        {"score": 101},
        {"when": "sometimes"},
        {"grading_for": 14},
        {"checkins": 11},
    ],
)
def test_what_cannot_be_meant_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Completion.model_validate(asked)
