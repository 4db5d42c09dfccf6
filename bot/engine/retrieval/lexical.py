"""Search by words: BM25, as the share of the query's weight that an entry covers."""

from collections.abc import Sequence

import bm25s
import numpy as np

from bot.engine.retrieval.tokens import tokens
from bot.engine.retrieval.values import Entry, Hit

_ASKED = 3  # a word of the question counts as if it stood so often in the answer
_K1, _B = 1.0, 0.3


class Words:
    threshold = 0.6
    similar = 0.35

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._ids = [entry.id for entry in entries]
        rows = [tokens(asked) * _ASKED + tokens(entry.answer) for entry in entries for asked in entry.asked or ("",)]
        self._starts = np.cumsum([0, *(len(entry.asked) or 1 for entry in entries)])[:-1]
        self._bm25 = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        if any(rows):
            self._bm25.index(rows, show_progress=False)
            self._known = self._bm25.vocab_dict
            self._frequency = np.diff(self._bm25.scores["indptr"])
        else:
            self._known = {}
        self._rows = len(rows)

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        scores = self.scores(query)
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(self._ids[at], round(float(scores[at]), 6)) for at in best if scores[at] > 0.05]

    def scores(self, query: str):
        asked = sorted(set(tokens(query)))
        known = [self._known[token] for token in asked if token in self._known]
        if not known:
            return np.zeros(len(self._ids))
        frequency = np.array([self._frequency[k] for k in known] + [0] * (len(asked) - len(known)))
        mass = np.log1p((self._rows - frequency + 0.5) / (frequency + 0.5)).sum()
        rows = self._bm25.get_scores_from_ids(known) / mass * (1 + _K1 / _ASKED)
        return np.minimum(np.maximum.reduceat(rows, self._starts), 1.0)
