"""How somebody writes that they ask without a name: what is sure, what is not, and what has nothing to do with it."""

import pytest

from bot.features.questions.asking.marked import marked


@pytest.mark.parametrize(
    "said",
    [
        "匿名 X",
        "匿名：X",
        "匿名。X",
        "匿名！X",
        "匿名提问。X",
        "匿名问：X",
        "【匿名】X",
        "“匿名” X",
        "(anonymous) X",
        "anonymous; X",
        "Anonymous. X",
        "anon X",
        "anonymously: X",
        "*anonymous* X",
        "#匿名 X",
        "X (anonymous)",
        "X（匿名）",
        "X\n匿名",
        "X, anon",
        "匿名\nX",
    ],
)
def test_a_mark_before_or_behind_it_is_taken_off(said: str) -> None:
    assert marked(said) == ("unnamed", "X")


@pytest.mark.parametrize(
    "said",
    [
        "匿名我想问",
        "匿名提问怎么用？",
        "为什么 匿名",
        "Is my post anonymous?",
        "Can I ask anonymously?",
        "anonymous's book",
        "anonymous-posting, how?",
        "匿名同学是谁",
    ],
)
def test_what_only_may_be_one_is_not_guessed(said: str) -> None:
    assert marked(said) == ("unclear", said)


@pytest.mark.parametrize(
    "said",
    ["Why is anonymous posting allowed?", "What is anonymity", "the canon", "named pipes", "课上说的匿名指什么", ""],
)
def test_what_speaks_of_something_else_is_left_alone(said: str) -> None:
    assert marked(said) == ("", said)


def test_a_name_can_be_asked_for_too() -> None:
    assert marked("named: 匿名 X") == marked("实名：匿名 X") == ("named", "匿名 X")


def test_a_mark_alone_asks_nothing_yet() -> None:
    assert marked("匿名") == marked("（anonymous）") == ("unnamed", "")
