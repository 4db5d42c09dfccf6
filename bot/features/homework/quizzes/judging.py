"""Whether an answer to a question of a quiz is right, and what that gives. Pure.

What is filled in is compared by what it says: width and case of letters, spaces, and punctuation around it make no
difference. Simplified and traditional characters are not the same, nor are words that are nearly the same: whatever
else is right stands in the course's YAML.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b

import msgspec

from bot.domain.homework import Question

Given = Sequence[int | str]
"""Numbers of options from 0, or one text."""

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_AROUND = " \t\n\"'`“”‘’「」『』《》〈〉【】〔〕()[]{}<>,;:、。・…!?~"
_AT_THE_END = _AROUND + "."  # `.5` and `.csv` begin with one
_CJK = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LOOSE = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_REPEATED = re.compile(r"([^\w\s+#])\1+")  # `C++` is not `C+`
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3}){1,4}(\.\d{1,10})?")
_DIGITS = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_CHINESE = re.compile("[零〇一二两三四五六七八九十百千万亿]{1,20}")


# --- what is filled in ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def plain(said: str) -> str:
    """The same for texts that say the same."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", said).casefold())
    text = " ".join(_INVISIBLE.sub("", text).split())
    text = _LOOSE.sub("", _REPEATED.sub(r"\1", text))
    return text.lstrip(_AROUND).rstrip(_AT_THE_END) or text


def number_in(text: str) -> Decimal | None:
    """The number that a text is, and nothing else: `3`, `3.0`, `1,000`, `十二`; None where it is none."""
    if _NUMBER.fullmatch(text) or _GROUPED.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return _chinese_number(text) if _CHINESE.fullmatch(text) else None


def _chinese_number(text: str) -> Decimal | None:
    """`一二三` is digit after digit, `一百二十三` is counted."""
    if all(sign in _DIGITS for sign in text):
        return Decimal("".join(str(_DIGITS[sign]) for sign in text))
    total, part, digit = 0, 0, 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _TENS:
            part, digit = part + (digit or 1) * _TENS[sign], 0
        else:
            total, part, digit = (total + part + digit) * _MYRIADS[sign], 0, 0
    return Decimal(total + part + digit)


def is_accepted(said: str, accepted: Sequence[str]) -> bool:
    """Whether somebody has filled in one of these. Where one is a number, any way to write that number is right."""
    given = plain(said)
    if not given:
        return False
    number = number_in(given)
    return any(given == plain(one) or (number is not None and number == number_in(plain(one))) for one in accepted)


# --- all kinds --------------------------------------------------------------------------------------------------------


def fingerprint(question: Question) -> str:
    """The same as long as it asks the same, whatever it is called: an answer counts for what it was given to."""
    options = [option.by_language for option in question.options]
    asked = [question.kind, question.text.by_language, options, sorted(question.right), question.accepted]
    return blake2b(msgspec.json.encode(asked, order="sorted"), digest_size=8).hexdigest()


def is_right(question: Question, given: Given) -> bool:
    """All of it, or nothing."""
    match question.kind:
        case "fill":
            return len(given) == 1 and is_accepted(str(given[0]), question.accepted)
        case "order":
            return list(given) == list(range(len(question.options)))
        case _:
            return len(given) == len(question.right) and set(given) == question.right


def shuffled(question: Question, attempt: int) -> list[int]:
    """The parts of an order as an attempt shows them: always the same for it, and never in the right order."""

    def by_chance(number: int) -> bytes:
        return blake2b(f"{attempt} {question.id} {number}".encode(), digest_size=8).digest()

    right = list(range(len(question.options)))
    found = sorted(right, key=by_chance)
    return [*found[1:], found[0]] if found == right else found


def score_of(points: int, out_of: int, lost: int) -> int:
    """Percent of what could be had, after `lost` percent of it are gone; halves are rounded up."""
    if out_of <= 0:
        return 100 - lost
    return (2 * points * (100 - lost) + out_of) // (2 * out_of)
