"""Search by words: BM25, read as the share of the query's weight that an entry covers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.engine.retrieval.counting import Counted, count, joined
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
    """Entries by their words. What the index `like` has counted already is not counted again."""

    threshold = _THRESHOLD
    similar = _SIMILAR

    def __init__(self, entries: Sequence[Entry], like: "Words | None" = None) -> None:
        self.entries = tuple(entries)
        known = like.counted if like else {}
        self.counted: dict[Entry, Counted] = {
            entry: known.get(entry) or count(entry, asked=_ASKED) for entry in entries
        }
        self._ranking = Ranking(entries)
        all_rows = joined([self.counted[entry] for entry in entries])
        self._size = len(all_rows.sizes)
        order = np.argsort(all_rows.words)
        self._words, self._starts = np.unique(all_rows.words[order], return_index=True)
        self._ends = np.append(self._starts[1:], len(order))
        self._rows = np.repeat(np.arange(self._size, dtype=np.int32), all_rows.sizes)[order]
        self._shares = _shares(all_rows)[order]

    def search(self, query: str, *, limit: int = 10) -> list[Hit]:
        return self._ranking.best(self.scores(query), floor=_FLOOR, limit=limit)

    def scores(self, query: str) -> Scores:
        """Of every entry, 0–1."""
        asked = dict.fromkeys(hash(token) for token in tokens(query[:LONGEST_QUERY]))
        if not asked or not self._size:
            return self._ranking.nothing()
        rows, most = np.zeros(self._size), 0.0
        for start, end in map(self._span, asked):
            rarity = float(np.log1p((self._size - (end - start) + 0.5) / (end - start + 0.5)))
            rows[self._rows[start:end]] += rarity * self._shares[start:end]
            most += rarity  # a word in no entry is the rarest of all
        belief = len(asked) / (len(asked) + _DOUBT)
        shares = rows / (most * _ASKED / (_ASKED + _SATURATION))
        return self._ranking.by_entry(np.minimum(shares, 1)) * belief

    def _span(self, word: int) -> tuple[int, int]:
        """Where it stands among the sorted words of all rows."""
        at = int(np.searchsorted(self._words, word))
        if at == len(self._words) or self._words[at] != word:
            return 0, 0
        return int(self._starts[at]), int(self._ends[at])


def _shares(rows: Counted) -> NDArray[np.float32]:
    """What each word of each row gets of what it weighs."""
    relative = rows.lengths / max(rows.lengths.mean(), 1) if len(rows.lengths) else rows.lengths
    saturation = _SATURATION * (1 - _LENGTH + _LENGTH * relative)
    shares: NDArray[np.float32] = rows.counts / (rows.counts + np.repeat(saturation, rows.sizes))
    return shares
