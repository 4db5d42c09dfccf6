"""Points by criterion: what may be given, what is still open, what it makes in all. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.errors import UserError
from bot.domain.homework import Criterion, Homework
from bot.domain.messages import Localised
from bot.engine.degrade import shorten
from bot.engine.names import clean_line

_PAIR = re.compile(r"([a-z][a-z0-9_]{0,31})\s*[=:＝：]\s*([0-9]{1,5})(?=[\s,，;；]|$)", re.IGNORECASE)
_TOTAL = re.compile(
    r"([0-9]{1,5})\s*([%％]|/\s*([0-9]{1,5})|分|points?\b|pts?\b)?(?=[\s,，;；!！?？。]|[.](?![0-9])|$)", re.IGNORECASE
)
_ODD = re.compile(r"[-+−]?[0-9]+(?:[^0-9A-Za-z]|$)")  # meant as points, as far as one can tell
_FEW, _MANY = 10, 20  # so few, of so many, with words after them: maybe they begin a sentence


def steps(points: int) -> list[int]:
    """What is offered to be given for a criterion: all, three quarters, half, nothing; each once, in whole points."""
    return list(dict.fromkeys((points, points * 3 // 4, points // 2, 0)))


def current(homework: Homework, scores: Mapping[str, int]) -> Criterion | None:
    """The first criterion for which nothing is given yet."""
    return next((one for one in homework.rubric if one.id not in scores), None)


def last_given(homework: Homework, scores: Mapping[str, int]) -> Criterion | None:
    """The last one before that, which may be taken back."""
    upcoming = current(homework, scores)
    before = homework.rubric[: homework.rubric.index(upcoming)] if upcoming else homework.rubric
    return before[-1] if before else None


def total(homework: Homework, scores: Mapping[str, int]) -> int:
    """The points that are given, for criteria that the homework has."""
    return sum(min(scores.get(one.id, 0), one.points) for one in homework.rubric)


def kept(homework: Homework, scores: Mapping[str, int], points: int | None) -> Mapping[str, int]:
    """What was given by criterion, where that still holds beside these points in all; else nothing."""
    if points is None:
        return scores
    is_whole = bool(homework.rubric) and current(homework, scores) is None
    return scores if is_whole and total(homework, scores) == points else {}


def score(points: int, out_of: int, lost: int) -> int:
    """Percent, rounded half up, after what lateness loses (in percent). Where no points can be had, done is all."""
    given, most = (points, out_of) if out_of else (1, 1)
    doubled = 2 * given * (100 - lost) + most
    return max(0, min(100, doubled // (2 * most)))


def problems_in(homework: Homework, picked: Sequence[str]) -> list[tuple[Criterion, Localised]]:
    """Those that were picked as `criterion.problem` and still exist, in the order of the rubric."""
    return [
        (one, text) for one in homework.rubric for id, text in one.problems.items() if f"{one.id}.{id}" in set(picked)
    ]


class Given(NamedTuple):
    """What somebody has typed after the number of a hand-in."""

    scores: Mapping[str, int]  # by criterion
    points: int | None  # in all
    comment: str


def given_in(text: str, homework: Homework) -> Given:
    """Reads `hook=30 body=40 well done`, `85 well done`, `85% well done`. Raises UserError with what can be given."""
    rest, scores = text.strip(), dict[str, int]()
    while homework.rubric and (pair := _PAIR.match(rest)):
        scores |= _checked(homework, pair[1].casefold(), int(pair[2]))
        rest = rest[pair.end() :].lstrip(" ,，;；\n\t")
    if not scores and (said := _TOTAL.match(rest)):
        comment = rest[said.end() :].strip(" ,，;；!！?？。.\n\t")
        points = _points(homework, said)
        if points < _FEW and homework.out_of >= _MANY and comment and said[2] not in ("%", "％", "分") and not said[3]:
            raise UserError("grading.sure_points", points=points, of=homework.out_of)
        return Given({}, points, comment)
    if not scores and homework.out_of and _ODD.match(rest):
        raise UserError("grading.odd_points", said=shorten(clean_line(rest), 20), most=homework.out_of)
    return Given(scores, None, rest.strip())


def _checked(homework: Homework, id: str, points: int) -> dict[str, int]:
    criterion = next((one for one in homework.rubric if one.id == id), None)
    if criterion is None:
        raise UserError("grading.no_criterion", said=id, known=[one.id for one in homework.rubric])
    if points > criterion.points:
        raise UserError("grading.too_many_points", criterion=criterion.title, most=criterion.points)
    return {criterion.id: points}


def _points(homework: Homework, said: re.Match[str]) -> int:
    """`85` are points; `85%` and `85/100` are as many of all there are."""
    number, unit, of = int(said[1]), said[2] or "", int(said[3] or 0)
    if not homework.out_of:
        raise UserError("grading.no_points", homework=homework.title)
    if unit in ("%", "％") or of:
        most = of or 100
        number = (2 * number * homework.out_of + most) // (2 * most)
    if number > homework.out_of:
        raise UserError("grading.too_many_points", criterion=homework.title, most=homework.out_of)
    return number
