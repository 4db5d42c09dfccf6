"""`python -m tests.retrieval.fit`: fits the thresholds on one half of the questions and reports on both.

The figures go by hand into `lexical.py` and `meaning.py`, the weights of the mix before the thresholds. They are fitted
on the same half: the mix that brings the most right entries among the first three, then to the first place.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

from bot.engine.retrieval import Entry, has_encoder
from bot.engine.retrieval.encoder import shared_encoder
from bot.engine.retrieval.lexical import Words
from bot.engine.retrieval.meaning import Meaning
from bot.engine.retrieval.ranking import Scores
from tests.retrieval.benchmark import FITTED, REPORTED, SHOWN, Asked, Question, ask_all, figures, handbooks

_OFFERED = 0.01  # of the out-of-scope questions: half of what is allowed, so that the other half may be unluckier
_SIMILAR = 0.15  # of them may see "similar questions"


def thresholds(answers: list[Asked]) -> tuple[float, float]:
    outside = sorted((asked.score for asked in answers if not asked.question.entry), reverse=True)
    return _above(outside, _OFFERED), _above(outside, _SIMILAR)


def _above(scores: list[float], share: float) -> float:
    """The lowest score, in hundredths, that no more than this share of them reaches."""
    allowed = int(share * len(scores))
    return (int(scores[allowed] * 100) + 1) / 100


def weights() -> tuple[float, float, float]:
    asked = [found for book in handbooks() for found in _parts(book.entries, book.questions)]
    mixes = [(a, b, 10 - a - b) for a, b in product(range(11), repeat=2) if a + b <= 10]
    best = max(mixes, key=lambda mix: _places(np.array(mix), asked))
    return best[0] / 10, best[1] / 10, best[2] / 10


def _parts(entries: tuple[Entry, ...], questions: tuple[Question, ...]) -> Iterator[tuple[Scores, int]]:
    index = Meaning(Words(entries), shared_encoder())
    ids = [entry.id for entry in entries]
    for question in questions:
        if question.entry and question.half == FITTED:
            yield index.parts(question.text), ids.index(question.entry)


def _places(mix: Scores, asked: list[tuple[Scores, int]]) -> tuple[int, int]:
    places = [int((mix @ parts > (mix @ parts)[right]).sum()) for parts, right in asked]
    return sum(place < SHOWN for place in places), sum(place == 0 for place in places)


def report(*, encoder: bool) -> None:
    index, answers = ask_all(encoder=encoder)
    fitted = [asked for asked in answers if asked.question.half == FITTED]
    threshold, similar = thresholds(fitted)
    print(f"\n{'with' if encoder else 'without'} the encoder")
    print(f"  fitted: threshold {threshold}, similar {similar}; in the code {index.threshold}, {index.similar}")
    print(f"  fitting half   {figures(fitted, index.threshold)}")
    print(f"  reporting half {figures((a for a in answers if a.question.half == REPORTED), index.threshold)}")
    print(f"  both           {figures(answers, index.threshold)}")


if __name__ == "__main__":
    report(encoder=False)
    if has_encoder():
        print("\nweights (asked, whole, words):", weights())
        report(encoder=True)
    else:
        print("\nThe encoder is not installed: pip install -e '.[encoder]'")
