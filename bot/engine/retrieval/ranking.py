"""From the scores of all the ways to ask something to the best entries."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.engine.retrieval.values import Entry, Hit

Scores = NDArray[np.floating]


class Ranking:
    """An entry has as many rows as ways to ask it, one after the other."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._ids = [entry.id for entry in entries]
        self._firsts = np.cumsum([0, *(len(entry.asked) for entry in entries)])[:-1]

    def nothing(self) -> Scores:
        return np.zeros(len(self._ids))

    def by_entry(self, rows: Scores) -> Scores:
        """Of every entry, its best row."""
        return np.maximum.reduceat(rows, self._firsts)

    def best(self, scores: Scores, *, floor: float, limit: int) -> list[Hit]:
        found = np.flatnonzero(scores >= floor)
        # Rounded before they are sorted: the last digits of a sum differ between processors.
        rounded = np.round(scores[found].astype(np.float64), 3)
        order = np.argsort(-rounded, kind="stable")[:limit]
        return [Hit(self._ids[found[at]], float(rounded[at])) for at in order]
