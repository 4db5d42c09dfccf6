"""Whether a question is asked already, in other words. Pure."""

import re
from collections.abc import Sequence

from bot.engine.retrieval import Entry, build_index
from bot.features.live_qa.listing import Listed

_NUMBERS = re.compile(r"\d+")


def most_similar(asked: str, listed: Sequence[Listed]) -> Listed | None:
    """The one that most likely asks the same. Other numbers make it another question: lesson 3 is not lesson 4."""
    numbers = _numbers(asked)
    near = {str(one.number): one for one in listed if _numbers(one.text) == numbers}
    words = _words(asked)
    same = next((one for one in near.values() if _words(one.text) == words), None)
    if same or not near:
        return same
    # By words alone: it takes milliseconds, and who asks is waiting.
    ways = {id: tuple(row.text for row in one.rows if row.here) for id, one in near.items()}
    index = build_index([Entry(id, asked) for id, asked in ways.items()], encoder=False)
    best = next(iter(index.search(asked, limit=1)), None)
    return near[best.id] if best and best.score >= index.threshold else None


def are_same(one: str, other: str) -> bool:
    """Whether they differ in case, spaces and punctuation at most."""
    words = _words(one)
    return words == _words(other) if words else one.casefold() == other.casefold()


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBERS.findall(text))


def _words(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
