"""Who has answered how well: right answers, then the quicker. Pure.

By whole seconds of the clock, as some platforms tell when something was typed: so no way to answer is quicker.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.ids import MemberId


class Answered(NamedTuple):
    """What one person chose for one question."""

    person: MemberId
    number: int  # of the question, from 1
    option: int  # from 1
    seconds: int  # from the question on


class Score(NamedTuple):
    """How one person did."""

    person: MemberId
    right: int
    seconds: int  # for the right answers together


def on_the_clock(moment: datetime) -> datetime:
    """The second in which this was."""
    return moment.replace(microsecond=0)


def seconds_between(asked: datetime, answered: datetime) -> int:
    """As they are shown: who sees the same time shares the place."""
    return max(0, int((on_the_clock(answered) - on_the_clock(asked)).total_seconds()))


def scores(answers: Iterable[Answered], right: Mapping[int, int]) -> list[Score]:
    """Everybody who has answered a question that counts, the best first; `right` has the right options of those."""
    found: dict[MemberId, Score] = {}
    for one in answers:
        if one.number not in right:
            continue
        before = found.get(one.person, Score(one.person, 0, 0))
        is_right = one.option == right[one.number]
        won = Score(one.person, before.right + 1, before.seconds + one.seconds) if is_right else before
        found[one.person] = won
    return sorted(found.values(), key=lambda score: (*_worse(score), score.person))


def place_of(score: Score, among: Sequence[Score]) -> int:
    """Equals share the better place."""
    return 1 + sum(_worse(other) < _worse(score) for other in among)


def places(sorted_scores: Sequence[Score], top: int) -> Iterator[tuple[int, Score]]:
    """The first places and who has them; who has nothing right has no place."""
    place, before = 0, None
    for number, score in enumerate(sorted_scores, 1):
        if _worse(score) != before:
            place, before = number, _worse(score)
        if score.right == 0 or place > top:
            return
        yield place, score


def _worse(score: Score) -> tuple[int, int]:
    return -score.right, score.seconds
