"""Search by words: BM25, read as the share of the query's weight that an entry covers."""

from collections.abc import Sequence

import bm25s
import numpy as np

from bot.engine.retrieval.ranking import Ranking, Scores
from bot.engine.retrieval.tokens import tokens
from bot.engine.retrieval.values import Entry, Hit

LONGEST_QUERY = 300  # characters: a search must not take long because a message is

# Fitted by `python -m tests.retrieval.fit`.
_THRESHOLD = 0.36
_SIMILAR = 0.2
_FLOOR = 0.03

_ASKED = 3  # a word of the question counts as if it stood so often in the answer
_SATURATION = 1.0  # BM25's k1
_LENGTH = 0.3  # BM25's b: how much more a long answer has to say
_DOUBT = 2  # that a query of so many words, all of them found, counts half: few words prove little


class Words:
    """Entries by their words."""

    threshold = _THRESHOLD
    similar = _SIMILAR

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._ranking = Ranking(entries)
        rows = [tokens(asked) * _ASKED + tokens(entry.answer) for entry in entries for asked in entry.asked]
        self._rows = len(rows)
        self._known: dict[str, int] = {}
        if any(rows):
            self._bm25 = bm25s.BM25(method="lucene", k1=_SATURATION, b=_LENGTH)
            self._bm25.index(rows, show_progress=False)
            self._known = self._bm25.vocab_dict
            self._frequencies = np.diff(self._bm25.scores["indptr"])

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        return self._ranking.best(self.scores(query), floor=_FLOOR, limit=limit)

    def scores(self, query: str) -> Scores:
        """Of every entry, 0–1."""
        asked = list(dict.fromkeys(tokens(query[:LONGEST_QUERY])))
        known = [self._known[token] for token in asked if token in self._known]
        if not known:
            return self._ranking.nothing()
        belief = len(asked) / (len(asked) + _DOUBT)
        most = self._weight(known, len(asked)) * _ASKED / (_ASKED + _SATURATION)
        rows = self._bm25.get_scores_from_ids(known) / most
        return self._ranking.by_entry(np.minimum(rows, 1)) * belief

    def _weight(self, known: list[int], asked: int) -> float:
        """What the query's words weigh: BM25's measure of rarity; a word in no entry is the rarest of all."""
        frequencies = np.zeros(asked)
        frequencies[: len(known)] = self._frequencies[known]
        return float(np.log1p((self._rows - frequencies + 0.5) / (frequencies + 0.5)).sum())
