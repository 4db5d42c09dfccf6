"""From a text to what is searched by: stems of English words, Chinese characters alone and in pairs, signs of code.

Pairs of characters find more than the words of a segmenter (jieba, in FTS5: 74 % instead of 81 %), and survive typing
errors.
"""

import re
import unicodedata
from functools import lru_cache
from operator import add

LONGEST = 2_000  # characters of a text that are searched
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(rf"([{_HAN}]+)|([^\W\d_{_HAN}]+|\d+|[=!<>+*/%]=|==?|[+*/%{{\[])")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")

# They stand in every second question and tell none from another.
_COMMON_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about an and any are as at be been but by can could did do does doesnt don dont for from get got had has have
        he here how i im in into is it its ive just m may me might my of on or our out s she should so some t that the
        them then there these they this those to too up us ve very was we were what when where which who why will with
        would you your
        """,
    )
)
_COMMON_CHARACTERS = re.compile(
    "[的了吗呢啊呀吧么我你他她它们是在有和就都也很不这那个要可以能会怎什为咋啥哪请问老师一下]"
)


def tokens(text: str) -> list[str]:
    """In the order of the text, common words left out; only what stands in the first 2,000 characters."""
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[:LONGEST])).casefold()
    found: list[str] = []
    for han, word in _RUNS.findall(_APOSTROPHE.sub("", plain)):
        if han:
            for part in _COMMON_CHARACTERS.split(han):
                found += part
                found += map(add, part, part[1:])
        elif word not in _COMMON_WORDS:
            found.append(_stem(word))
    return found


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    from snowballstemmer import stemmer

    # A stemmer keeps the word it is at, so that threads can't share one.
    return str(stemmer("english").stemWord(word)) if word.isascii() and word.isalpha() else word
