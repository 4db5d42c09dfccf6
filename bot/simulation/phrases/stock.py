"""The stock of phrases of one language, and texts drawn from it."""

import random

import msgspec

from bot.domain.ids import Language

Choices = tuple[str, ...]


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases of one language. Where there are several tuples, a text takes one phrase from each, in order."""

    check_in: str  # the words that the course knows as commands
    make_up: str
    thanks: str
    homework: str  # the tag of a post that hands something in
    joiner: str  # between the phrases of a text
    chatter: Choices  # short, earns nothing
    thought: tuple[Choices, ...]  # long enough to count as thoughtful
    share: tuple[Choices, ...]
    question: tuple[Choices, ...]
    answer: tuple[Choices, ...]
    night: tuple[Choices, ...]  # what somebody floods the group with
    farm: str  # the one text that somebody hopes will count again and again
    addition: str  # what an edit adds


def stock_of(language: Language) -> Stock:
    from bot.simulation.phrases import en, zh

    return zh.STOCK if language == "zh_Hans" else en.STOCK


def parts_of(text: str) -> tuple[Choices, ...]:
    """One phrase a line; an empty line ends a part."""
    return tuple(tuple(part.splitlines()) for part in text.strip().split("\n\n"))


def words_of(text: str) -> Choices:
    """What stands between spaces and line breaks."""
    return tuple(text.split())


def composed(stock: Stock, parts: tuple[Choices, ...], chance: random.Random) -> str:
    """A text with one phrase from each part."""
    return stock.joiner.join(chance.choice(part) for part in parts)
