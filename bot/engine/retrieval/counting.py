"""How often each word stands in each way to ask something: what of an index is dear to make, and can be kept."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.engine.retrieval.tokens import tokens
from bot.engine.retrieval.values import Entry


class Counted(NamedTuple):
    """Rows, one after the other: one for each way to ask, with the answer's words. A word is its hash."""

    words: NDArray[np.int64]  # each once in a row
    counts: NDArray[np.float32]
    sizes: NDArray[np.int64]  # of each row: how many of `words`
    lengths: NDArray[np.float32]  # of each row: how many words with those that come again


def count(entry: Entry, *, asked: int) -> Counted:
    """The rows of an entry; a word of the question counts `asked` times."""
    answer = Counter(map(hash, tokens(entry.answer)))
    rows = [answer.copy() for _ in entry.asked]
    for row, way in zip(rows, entry.asked, strict=True):
        for token in tokens(way):
            row[hash(token)] += asked
    return Counted(
        np.array([word for row in rows for word in row], dtype=np.int64),
        np.array([often for row in rows for often in row.values()], dtype=np.float32),
        np.array([len(row) for row in rows], dtype=np.int64),
        np.array([row.total() for row in rows], dtype=np.float32),
    )


_NOTHING = count(Entry("", ()), asked=1)


def joined(parts: Sequence[Counted]) -> Counted:
    return Counted(*(np.concatenate(columns) for columns in zip(_NOTHING, *parts, strict=True)))
