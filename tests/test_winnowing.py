"""What winnowing promises: a shared stretch is found, a short one is not, and signs make no difference."""

from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.homework.copies.winnowing import GRAM, RUN, all_marks_of, letters, marks_of, share, stretches

CHINESE = st.text(alphabet="的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年", max_size=60)
LATIN = st.text(alphabet="abcdefghij", max_size=120)
MIXED = st.text(alphabet="的一是不了在人有我abcdefgé7٣Ж", max_size=80)
ANY = CHINESE | LATIN | MIXED
THIRTEEN = "那天早上我没有赶上末班车啊"
SENTENCE = "I missed the last train twice this week, and walked."


@pytest.mark.parametrize("alphabet", ["的一是不了在人有我他这中大来", "abcdefghijklm", "我们abcé", "aa"])
@given(data=st.data())
def test_any_stretch_of_the_promised_length_is_found_wherever_it_stands(alphabet: str, data: st.DataObject) -> None:
    shared = data.draw(st.text(alphabet=alphabet, min_size=RUN, max_size=RUN + 5))
    while len(shared.encode()) > RUN and len(shared[1:].encode()) >= RUN:
        shared = shared[1:]
    mine = data.draw(ANY) + shared + data.draw(ANY)
    theirs = data.draw(ANY) + shared + data.draw(ANY)
    assert marks_of(mine) & marks_of(theirs)


def test_thirteen_chinese_characters_or_39_latin_letters_are_that_long() -> None:
    assert len(THIRTEEN) == 13
    assert len(THIRTEEN.encode()) == RUN == 39


@given(mine=st.text(alphabet="abc", max_size=200), theirs=st.text(alphabet="def", max_size=200))
def test_what_shares_nothing_shares_no_mark(mine: str, theirs: str) -> None:
    assert not marks_of(mine) & marks_of(theirs)


@given(st.text(max_size=300))
def test_marks_fit_a_column_and_are_among_all_that_a_text_can_give(text: str) -> None:
    marks = marks_of(text)
    assert all(-(2**63) <= mark < 2**63 for mark in marks)
    assert marks <= all_marks_of(text)
    assert bool(marks) == (len(letters(text).encode()) >= GRAM)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("那天早上，我没有赶上末班车啊！", THIRTEEN),
        (" Ｉ missed\nTHE last —train— twice this week and walked", SENTENCE),
        ("cafe\u0301", "café"),
        ("１２３", "123"),
        ("straße", "STRASSE"),
    ],
)
def test_signs_spaces_case_and_width_make_no_difference(written: str, same: str) -> None:
    assert letters(written) == letters(same)
    assert marks_of(written) == marks_of(same)


def test_a_short_text_is_one_window() -> None:
    assert len(marks_of("那天早上我没")) == 1
    assert marks_of("那天早上") == frozenset()


@given(mine=ANY, shared=ANY, theirs=ANY)
def test_stretches_are_the_text_and_what_is_shared_is_there(mine: str, shared: str, theirs: str) -> None:
    parts = stretches(mine + shared, shared + theirs)
    assert "".join(part.text for part in parts) == mine + shared
    assert all(one.is_shared != other.is_shared for one, other in pairwise(parts))
    if len(shared.encode()) >= GRAM:
        assert any(part.is_shared for part in parts)


def test_the_shared_stretch_is_shown_with_its_signs() -> None:
    parts = stretches(f"先说一句。{THIRTEEN}，后来呢？", f"别的开头：{THIRTEEN}！完")
    assert [(part.text, part.is_shared) for part in parts] == [
        ("先说一句。", False),
        (f"{THIRTEEN}，", True),
        ("后来呢？", False),
    ]


def test_the_share_is_of_the_text_in_question_and_nothing_of_nothing() -> None:
    assert share({1, 2, 3}, 2) == 66
    assert share(set(), 0) == 0


def test_three_hundred_texts_are_marked_quickly() -> None:
    """Printed, not held to: how long it takes is the machine's."""
    signs = [chr(0x4E00 + number * 7919 % 20_000) for number in range(4_000)]
    texts = ["".join(signs[number * 7 : number * 7 + 1_900]) + "abc" * 33 for number in range(300)]
    began = perf_counter()
    count = sum(len(marks_of(text)) for text in texts)
    print(f"300 texts of 2,000 characters: {perf_counter() - began:.2f} s, {count} marks")
    assert count
