"""Item analysis: what the answers of many say about the questions of a quiz. Pure.

It suggests, and decides nothing. Whoever sat the quiz in whatever order, the figures are the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import sqrt
from statistics import median
from typing import Literal, NamedTuple

Answer = tuple[int | str, ...]
"""Numbers of options from 0, or one text that says the same for all who mean the same."""
Advice = Literal["key", "hard", "easy", "flat"]
"""The key may be wrong; it is too hard; too easy; it does not tell who knows it from who does not."""

MIN_SITTINGS = 10
"""Below so many, figures that compare people say nothing."""

_GROUP = Fraction(27, 100)
_TOO_EASY, _TOO_HARD, _TOO_FLAT = 0.95, 0.30, 0.10


class Answered(NamedTuple):
    """One question, as somebody has answered it."""

    given: Answer
    is_right: bool
    points: int  # that it gave
    seconds: int


class Item(NamedTuple):
    """What is known of one question."""

    question: str
    answers: int
    share: float | None  # that are right: the difficulty; None where nobody has answered
    discrimination: float | None  # right in the best 27 % less the last 27 %, by the other questions
    correlation: float | None  # point-biserial, of being right with the points of the other questions
    wrong: tuple[Answer, int] | None  # the wrong answer that most have given, and how many
    seconds: float | None  # the median
    advice: Advice | None


Sitting = Mapping[str, Answered]
"""What one person has answered, by question."""


def analysed(questions: Iterable[str], sittings: Sequence[Sitting]) -> list[Item]:
    """Each question, in the order given; the sittings are the first of each person."""
    return [_item(question, sittings) for question in questions]


def _item(question: str, sittings: Sequence[Sitting]) -> Item:
    having = [sitting for sitting in sittings if question in sitting]
    answers = [sitting[question] for sitting in having]
    if not answers:
        return Item(question, 0, None, None, None, None, None, None)
    right = [answer.is_right for answer in answers]
    rest = [_points(sitting) - sitting[question].points for sitting in having]  # in a short quiz, it would prove itself
    share, discrimination, correlation = sum(right) / len(right), upper_lower(right, rest), point_biserial(right, rest)
    return Item(
        question=question,
        answers=len(answers),
        share=share,
        discrimination=discrimination,
        correlation=correlation,
        wrong=_most_wrong(answers),
        seconds=float(median(answer.seconds for answer in answers)),
        advice=_advice(len(answers), share, discrimination, correlation),
    )


def _points(sitting: Sitting) -> int:
    return sum(answer.points for answer in sitting.values())


def upper_lower(right: Sequence[bool], totals: Sequence[int]) -> float | None:
    """How much more often the best 27 % are right than the last 27 %, from -1 to 1.

    None below ten sittings, or where all have as many points. Of those who tie at a group's edge, a fitting part of
    each counts.
    """
    if len(right) < MIN_SITTINGS or len(set(totals)) == 1:
        return None
    size = max(1, round(_GROUP * len(right)))
    pairs = list(zip(totals, right, strict=True))
    return float((_right_among(pairs, size, best=True) - _right_among(pairs, size, best=False)) / size)


def _right_among(pairs: Sequence[tuple[int, bool]], size: int, *, best: bool) -> Fraction:
    """How many of the first `size` are right."""
    found, room = Fraction(0), size
    for total in sorted({total for total, _ in pairs}, reverse=best):
        tied = [right for one, right in pairs if one == total]
        taken = min(room, len(tied))
        found, room = found + Fraction(taken * sum(tied), len(tied)), room - taken
    return found


def point_biserial(right: Sequence[bool], rest: Sequence[int]) -> float | None:
    """The correlation of being right with other points, from -1 to 1; None below ten, or where either is the same."""
    n, hits = len(right), sum(right)
    if n < MIN_SITTINGS or hits in (0, n) or len(set(rest)) == 1:
        return None
    of_right = sum(points for points, is_right in zip(rest, right, strict=True) if is_right)
    both = n * of_right - hits * sum(rest)
    spread = n * sum(points * points for points in rest) - sum(rest) ** 2
    return both / sqrt(hits * (n - hits) * spread)


def _most_wrong(answers: Iterable[Answered]) -> tuple[Answer, int] | None:
    """Of equally many, the first by what it says; an answer whose words were forgotten says nothing."""
    counts = Counter(answer.given for answer in answers if not answer.is_right and answer.given)
    return min(counts.items(), key=lambda item: (-item[1], [str(part) for part in item[0]]), default=None)


def _advice(answers: int, share: float, discrimination: float | None, correlation: float | None) -> Advice | None:
    if answers < MIN_SITTINGS:
        return None
    known = [figure for figure in (discrimination, correlation) if figure is not None]
    if known and max(known) < 0:
        return "key"
    if share < _TOO_HARD:
        return "hard"
    if share > _TOO_EASY:
        return "easy"
    return "flat" if known and max(known) < _TOO_FLAT else None
