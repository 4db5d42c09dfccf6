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
_LISTED = re.compile(rf"{_NUMBER}(?![0-9%=:/])(?:\s*[,，、+]\s*{_NUMBER}|\s+#[0-9]{{1,15}})*(?=[\s,，、]|$)")
_MORE = re.compile(r"(?:[0-9]{1,15}\s+)+[0-9]{1,15}")


class Asked(NamedTuple):
    """The hand-ins that are meant, and what is said of them."""

    numbers: tuple[int, ...]
    rest: str


def numbers_in(text: str) -> Asked | None:
    """`12`, `#12 #15`, `12, 15`, `12 15 18`: after one number, a single further one is points. None where none is."""
    said = text.strip().translate(str.maketrans(_FULL_WIDTH, _HALF_WIDTH))
    listed = _LISTED.match(said)
    if listed is None:
        return None
    numbers, rest = re.findall(r"[0-9]+", listed[0]), said[listed.end() :].strip(" \t\n,，、")
    if _MORE.fullmatch(rest):
        numbers, rest = numbers + rest.split(), ""
    return Asked(tuple(dict.fromkeys(int(number) for number in numbers)), rest)


def check_alike(rows: Sequence[HandIn], homework: Homework) -> None:
    """Raises UserError where they can't be graded together."""
    if len(rows) > MOST:
        raise UserError("grading.too_many", most=MOST)
    if others := [row.id for row in rows if row.homework != homework.id]:
        raise UserError("grading.not_alike", number=others[0], homework=homework.title)
