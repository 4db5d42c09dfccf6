"""Whether an answer to a quiz's question is right, however somebody writes it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.homework import Question
from bot.domain.messages import Localised
from bot.features.homework.quizzes.judging import Given, is_accepted, is_right, number_in, plain, score_of, shuffled


def text(words: str) -> Localised:
    return Localised({"en": words})


OPTIONS = tuple(text(word) for word in "abcd")
SINGLE = Question(id="1", kind="single", text=text("?"), options=OPTIONS, right=frozenset({1}))
MULTIPLE = Question(id="2", kind="multiple", text=text("?"), options=OPTIONS, right=frozenset({0, 2}))
FILL = Question(id="3", kind="fill", text=text("?"), accepted=("关键词", "Keyword"))
ORDER = Question(id="4", kind="order", text=text("?"), options=OPTIONS[:3])


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ("keyword", "Keyword"),
        ("ＫＥＹＷＯＲＤ", "keyword"),  # full width
        ("  keyword  ", "keyword"),
        ("“keyword”。", "keyword"),
        ("《关键词》", "关键词"),
        ("关 键 词", "关键词"),
        ("关键词！！", "关键词"),
        ("关键\u200b词", "关键词"),  # nobody sees it
        ("GPT 模型", "GPT模型"),
        ("search  engine", "Search engine"),
        ("Straße", "STRASSE"),
        ("ﬁle", "file"),
        ("call-to--action", "call-to-action"),
        ("３", "3"),
        ("三", "3"),
        ("3", "三"),
        ("十二", "12"),
        ("一二三", "123"),
        ("1,000", "1000"),
        ("1，０００", "1000"),
        ("3.0", "3"),
        ("C++", "c++"),
        (".5", ".5"),
        ("!", "！"),
    ],
)
def test_what_says_the_same_is_accepted(said: str, accepted: str) -> None:
    assert is_accepted(said, (accepted,))
    assert is_accepted(said, ("something else", accepted))


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        ("keywords", "keyword"),
        ("關鍵詞", "关键词"),  # traditional characters are others
        ("key word", "keyword"),
        ("C", "C++"),
        ("C+", "C++"),
        ("C", "C#"),
        ("5", ".5"),
        ("5", "-5"),
        ("50", "50%"),
        ("三个", "3"),  # no bare number
        ("", "keyword"),
        ("   ", "keyword"),
        ("\u200b", "keyword"),
        ("，", "keyword"),
    ],
)
def test_what_says_something_else_is_not(said: str, accepted: str) -> None:
    assert not is_accepted(said, (accepted,))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("12", "12"),
        ("-7", "-7"),
        ("1,234,567.5", "1234567.5"),
        ("十", "10"),
        ("二十", "20"),
        ("一百二十三", "123"),
        ("两千零五", "2005"),
        ("三万", "30000"),
        ("一亿", "100000000"),
        ("二〇二七", "2027"),
    ],
)
def test_numbers_are_read_however_they_are_written(said: str, number: str) -> None:
    assert number_in(said) == Decimal(number)


@pytest.mark.parametrize("said", ["", "1,00", "1.2.3", "三个", "--1", "1e5", "ⅷ", "٣x"])
def test_what_is_more_than_a_number_is_none(said: str) -> None:
    assert number_in(said) is None


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing_more_and_never_fails(said: str) -> None:
    assert plain(plain(said)) == plain(said)
    is_accepted(said, ("12", "关键词"))


@pytest.mark.parametrize(
    ("question", "answer", "right"),
    [
        (SINGLE, [1], True),
        (SINGLE, [0], False),
        (SINGLE, [], False),
        (SINGLE, [1, 2], False),
        (MULTIPLE, [2, 0], True),
        (MULTIPLE, [0], False),
        (MULTIPLE, [0, 2, 3], False),
        (MULTIPLE, [0, 2, 2], False),
        (FILL, ["关 键 词。"], True),
        (FILL, ["标题"], False),
        (FILL, [], False),
        (ORDER, [0, 1, 2], True),
        (ORDER, [1, 0, 2], False),
        (ORDER, [0, 1], False),
    ],
)
def test_an_answer_is_right_as_a_whole_or_not_at_all(question: Question, answer: Given, right: bool) -> None:
    assert is_right(question, answer) is right


@given(st.integers(min_value=2, max_value=8), st.integers(min_value=1, max_value=10**9))
def test_the_parts_of_an_order_are_all_there_and_never_in_the_right_order(parts: int, attempt: int) -> None:
    options = tuple(text(str(number)) for number in range(parts))
    question = Question(id="o", kind="order", text=text("?"), options=options)
    shown = shuffled(question, attempt)
    assert sorted(shown) == list(range(parts))
    assert shown != list(range(parts))
    assert shown == shuffled(question, attempt)


def test_attempts_see_the_parts_in_different_orders() -> None:
    assert len({tuple(shuffled(ORDER, attempt)) for attempt in range(50)}) > 1


@pytest.mark.parametrize(
    ("points", "out_of", "lost", "score"),
    [(5, 6, 0, 83), (1, 8, 0, 13), (0, 6, 0, 0), (6, 6, 0, 100), (6, 6, 10, 90), (1, 2, 25, 38), (1, 200, 0, 1)],
)
def test_a_score_is_percent_and_halves_are_rounded_up(points: int, out_of: int, lost: int, score: int) -> None:
    assert score_of(points, out_of, lost) == score
