"""From a text to what is searched by: stems of English words, and Chinese characters alone and in pairs."""

import re
import unicodedata
from functools import lru_cache

LONGEST = 2_000  # characters of a text that count; nobody's question is longer

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")


def tokens(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[:LONGEST])).casefold()
    found: list[str] = []
    for run in _RUNS.findall(plain):
        found.extend(_grams(run) if _is_han(run) else [_stem(run)])
    return [token for token in found if token]


def _is_han(run: str) -> bool:
    return "\u3400" <= run[0] <= "\u9fff" or "\uf900" <= run[0] <= "\ufaff"


def _grams(run: str) -> list[str]:
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer

    return stemmer("english").stemWord(word)
