"""Search by meaning and by words, with the encoder of the extra `encoder`."""

from collections.abc import Iterator, Sequence

import numpy as np

from bot.domain.text import clean_text
from bot.engine.retrieval.encoder import MOST_KEPT, Encoder, shared_encoder
from bot.engine.retrieval.lexical import LONGEST_QUERY, Words
from bot.engine.retrieval.ranking import Ranking, Scores
from bot.engine.retrieval.tokens import tokens
from bot.engine.retrieval.values import Entry, Hit

# Fitted by `python -m tests.retrieval.fit`.
_THRESHOLD = 0.35
_SIMILAR = 0.28
_FLOOR = 0.1
_WEIGHTS = (0.2, 0.3, 0.5)  # in the order of `parts`

_LONGEST = 400  # characters of an answer: the encoder averages over what it is given


class Meaning:
    """Entries by what they say, whichever words say it."""

    threshold = _THRESHOLD
    similar = _SIMILAR

    def __init__(self, words: Words, encoder: Encoder) -> None:
        self.words = words
        self._encoder = encoder
        self._ranking = Ranking(words.entries)
        self._asked = encoder.of_entries(list(_asked(words.entries)))
        self._whole = encoder.of_entries(list(_whole(words.entries)))

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        if not tokens(query[:LONGEST_QUERY]):
            return []
        return self._ranking.best(np.array(_WEIGHTS) @ self.parts(query), floor=_FLOOR, limit=limit)

    def parts(self, query: str) -> Scores:
        """How near each entry is in its closest way to ask, how near question and answer, and by words; 0–1 each."""
        vector = self._encoder.of_query(clean_text(query[:LONGEST_QUERY]))
        asked = self._ranking.by_entry(self._asked @ vector)
        return np.stack([asked.clip(0, 1), (self._whole @ vector).clip(0, 1), self.words.scores(query)])


def in_steps(words: Words) -> Iterator[Words | Meaning]:
    """What there is after each step, at last by meaning; the first loads the encoder. Too many texts stay as they are.

    ImportError without the extra.
    """
    texts = [*_asked(words.entries), *_whole(words.entries)]
    if len(texts) <= MOST_KEPT:
        encoder = shared_encoder()
        for _ in encoder.in_steps(texts):
            yield words
        yield Meaning(words, encoder)


def _asked(entries: Sequence[Entry]) -> Iterator[str]:
    return (clean_text(asked[:_LONGEST]) for entry in entries for asked in entry.asked)


def _whole(entries: Sequence[Entry]) -> Iterator[str]:
    return (clean_text(f"{entry.asked[0][:_LONGEST]} {entry.answer[:_LONGEST]}") for entry in entries)
