"""Members' names and texts made safe: one line, nothing that turns or hides it, never empty."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from bot.domain.text import clean_text
from bot.engine.names import clean_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada   Lovelace ", "Ada Lovelace"),
        ("王小明", "王小明"),
        ("Ada\nLovelace", "Ada Lovelace"),
        ("Ada\r\n\tLovelace\u2028!", "Ada Lovelace !"),
        ("A\0d\x07a\x1b[31m", "Ada[31m"),
        ("\u202eadA", "adA"),  # right-to-left override
        ("A\u2066d\u2069a\u200f\u061c", "Ada"),
        ("A\u200bd\u00ada\ufeff", "Ada"),  # zero width space, soft hyphen, byte order mark
        ("A \u200b d", "A d"),
        ("e\u0301", "é"),
        ("שלום", "שלום"),
        ("🦊", "🦊"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("❤\ufe0f", "❤"),  # a selector at the end is not needed
        ("❤\ufe0f Ada", "❤\ufe0f Ada"),
        ("🇨🇳 👍🏽", "🇨🇳 👍🏽"),
        ("\ud83d", "u7"),  # half of an emoji
        ("\ue000", "u7"),  # private use
        ("**Ada** {name} `x` @everyone", "**Ada** {name} `x` @everyone"),  # no markup here, nor anywhere later
        ("", "u7"),
        ("   ", "u7"),
        ("\u200b\u200d\ufe0f\u202e", "u7"),
        ("\u3164", "u7"),  # Hangul filler: a letter that nobody sees
        ("\u115f\u1160\uffa0\u2800", "u7"),
        ("\u0301\u0301", "u7"),  # accents on nothing
        ("\n", "u7"),
        ("x" * 10_000, "x" * 48),
        ("名" * 10_000, "名" * 48),
        ("\u202e" * 10_000 + "Ada", "Ada"),
        ("a" + "\u0301" * 10_000, "á" + "\u0301" * 47),
        ("x" * 47 + " yz", "x" * 47),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(name: str, shown: str) -> None:
    assert clean_name(name, "u7") == shown


@given(name=st.text(st.characters(codec=None)))
def test_any_name_at_all_becomes_a_visible_line(name: str) -> None:
    shown = clean_name(name, "u7")
    assert 0 < len(shown) <= 48
    assert shown == " ".join(shown.split())
    assert wcswidth(shown) > 0
    assert not {unicodedata.category(c) for c in shown if c != "\u200d"} & {"Cc", "Cf", "Cs"}
    assert clean_name(shown, "u7") == shown
    shown.encode()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("plain", "plain"),
        ("打卡 🦊 \u202e", "打卡 🦊 \u202e"),  # a text may turn; only names may not
        ("a\0b", "ab"),
        ("\0", ""),
        ("a\ud83db", "a?b"),
        ("lines\nand\ttabs\r\n", "lines\nand\ttabs\r\n"),
        ("x" * 100_000, "x" * 100_000),
    ],
)
def test_a_text_keeps_all_that_a_database_takes(text: str, kept: str) -> None:
    assert clean_text(text) == kept


@given(text=st.text(st.characters(codec=None)))
def test_any_text_can_be_stored_and_is_clean_the_second_time(text: str) -> None:
    kept = clean_text(text)
    assert "\0" not in kept
    assert clean_text(kept) == kept
    kept.encode()
