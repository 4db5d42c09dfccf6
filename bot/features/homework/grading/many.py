"""Several hand-ins of the same homework, graded at once with the same points, problems and words."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Homework
from bot.features.homework.store.hand_ins import HandIn

MOST = 20
_FULL_WIDTH, _HALF_WIDTH = "０１２３４５６７８９＃", "0123456789#"  # a keyboard for Chinese may write the first
_NUMBER = r"#?[0-9]{1,15}"
_FIRST = rf"{_NUMBER}(?![0-9%=:/])"
_SURE = re.compile(rf"{_FIRST}(?:(?:\s*[,，、+]\s*|\s+)#[0-9]{{1,15}})*(?=[\s,，、]|$)")
_LISTED = re.compile(rf"{_FIRST}(?:\s*[,，、+]\s*{_NUMBER}|\s+#[0-9]{{1,15}})*(?=[\s,，、]|$)")
_MORE = re.compile(r"(?:[0-9]{1,15}\s+)+[0-9]{1,15}")
_POINTS = re.compile(
    r"(?:(?:[a-z]\w*\s*[=:＝：]\s*)?[0-9]{1,5}\s*(?:[%％分]|/\s*[0-9]{1,5})?[\s,，;；]*)*", re.IGNORECASE
)
_VERBS = frozenset(("undo", "撤销", "撤回", "feature", "精选", "finish", "done", "完成"))


class Asked(NamedTuple):
    """The hand-ins that are meant, and what is said of them."""

    numbers: tuple[int, ...]
    rest: str
    others: tuple[int, ...] = ()  # that may be meant, too, or begin the rest


def numbers_in(text: str) -> Asked | None:
    """`12`, `#12 #15`, `12, 15`, `12 15 18`: after one number, a single further one is points. None where none is.

    Before words, only what has a `#` is a number for sure: `12, 3 things are missing` is about one.
    """
    said = text.strip().translate(str.maketrans(_FULL_WIDTH, _HALF_WIDTH))
    listed = _LISTED.match(said)
    if listed is None:
        return None
    numbers, rest = _split(said, listed)
    if _MORE.fullmatch(rest):
        return Asked(_whole([*numbers, *rest.split()]), "")
    if rest.casefold() in _VERBS or _POINTS.fullmatch(rest):
        return Asked(_whole(numbers), rest)
    sure = _SURE.match(said)
    assert sure is not None, "it begins as the list does"
    certain, words = _split(said, sure)
    return Asked(_whole(certain), words, tuple(one for one in _whole(numbers) if one not in _whole(certain)))


def _split(said: str, found: re.Match[str]) -> tuple[list[str], str]:
    return re.findall(r"[0-9]+", found[0]), said[found.end() :].strip(" \t\n,，、")


def _whole(numbers: Sequence[str]) -> tuple[int, ...]:
    """Each once."""
    return tuple(dict.fromkeys(int(number) for number in numbers))


def check_clear(asked: Asked, *, at_most: int) -> None:
    """Raises UserError where more numbers may be meant to be hand-ins than are sure not to be."""
    if len(asked.others) > at_most:
        raise UserError("grading.which_ones", numbers=[f"#{number}" for number in (*asked.numbers, *asked.others)])


def check_alike(rows: Sequence[HandIn], homework: Homework) -> None:
    """Raises UserError where they can't be graded together."""
    if len(rows) > MOST:
        raise UserError("grading.too_many", most=MOST)
    if others := [row.id for row in rows if row.homework != homework.id]:
        raise UserError("grading.not_alike", number=others[0], homework=homework.title)
