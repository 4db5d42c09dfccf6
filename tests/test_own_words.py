"""By which beginning of a text its author is known."""

import pytest

from storage.own_words import Vocabulary, own_beginning, vocabulary_of

COMMON = vocabulary_of(
    ["New homework: Viral note", "Got it: {homework}, No. {number}, version {version}.", "作业已收到"]
)


@pytest.mark.parametrize("text", ["New homewor", "Viral note, No. 1, version 1", "ok", "作业已收到", "12:30"])
def test_nobody_is_known_by_what_the_course_says(text: str) -> None:
    assert own_beginning(text, COMMON, []) is None


def test_a_beginning_is_as_short_as_it_can_be_and_says_something_of_its_own() -> None:
    assert own_beginning("Zwölfundsiebzig kites", COMMON, []) == "Zwölfundsieb"
    assert own_beginning("Viral note: three\nhundred yuan", COMMON, []) == "Viral note: three hu"
    assert own_beginning("灯塔上的七十二只风筝，都是我写的", COMMON, []) == "灯塔上的七十二只风筝，都"


def test_a_beginning_that_somebody_else_has_written_goes_on_to_where_they_differ() -> None:
    mine, theirs = "kites above the sea, mine", "kites above the sea, yours"
    assert own_beginning(mine, COMMON, [theirs]) == "kites above the sea, m"
    assert own_beginning(mine, COMMON, [mine]) is None


def test_a_short_text_is_known_as_a_whole() -> None:
    assert own_beginning("Wiese?", COMMON, []) == "Wiese?"
    assert own_beginning("13800138000", Vocabulary([]), []) == "13800138000"
