"""Searching handbooks, and 50,000 entries, by words; a handbook by meaning, where the encoder is installed.

What stands here is done inside a transaction, but for making an index by meaning.
"""

import random
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench.rounds import rounds
from bench.table import Row
from bot.engine.retrieval import Entry, Index, build_index, deepened, has_encoder


class Size(NamedTuple):
    entries: tuple[int, ...]
    encoded: int  # entries that are searched by meaning
    queries: int
    rounds: int


FULL = Size((500, 5_000, 50_000), 300, 100, 5)
TINY = Size((30,), 0, 3, 1)

_ZH = ("标题", "封面", "作业", "打卡", "正文", "开头", "流量", "评论", "截止", "积分", "选题", "关键词", "直播", "回放")
_ZH_ASKED = ("怎么改{}和{}", "{}太长会影响{}吗", "为什么我的{}没有{}", "{}要在{}之前交吗")
_EN = ("loop", "list", "file", "function", "string", "error", "deadline", "quiz", "terminal", "number", "dictionary")
_EN_ASKED = ("how do I change the {} of a {}", "why does my {} break the {}", "{} or {}, which one", "can a {} be a {}")


def measure(pack: Path, folder: Path, size: Size = FULL) -> list[Row]:
    """CPU of building, and of one search. The texts are made up, the same in every run; neither folder is used."""
    rows = [row for many in size.entries for row in _by_words(_entries(many), size)]
    if size.encoded and has_encoder():
        rows += _by_meaning(_entries(size.encoded), size)
    return rows


def _by_words(entries: list[Entry], size: Size) -> list[Row]:
    how = f"{len(entries):,} entries by words"
    before = time.process_time()
    index = build_index(entries)
    first = time.process_time() - before
    changed = [*_again(entries[1:]), Entry("entry:0", ("What has changed?",), "This.")]
    return [
        _row(f"index {how}, the first time", [first]),
        _row(f"index {how}, one of them changed", rounds(lambda: build_index(changed, like=index), size.rounds)),
        _searching(how, index, size),
    ]


def _by_meaning(entries: list[Entry], size: Size) -> list[Row]:
    how = f"{len(entries):,} entries by meaning"
    before = time.process_time()
    index = list(deepened(build_index(entries)))[-1]
    first = time.process_time() - before
    again = rounds(lambda: list(deepened(build_index(entries, like=index))), size.rounds)
    return [
        _row(f"index {how}, the first time", [first]),
        _row(f"index {how}, again", again),
        _searching(how, index, size),
    ]


def _searching(how: str, index: Index, size: Size) -> Row:
    queries = _questions(random.Random(8), size.queries)  # noqa: S311 - no secret
    spent = rounds(lambda: [index.search(query, limit=3) for query in queries], size.rounds)
    return _row(f"search {how}", [seconds / size.queries for seconds in spent])


def _entries(size: int) -> list[Entry]:
    """Two ways to ask, and an answer of three sentences."""
    chance = random.Random(7)  # noqa: S311 - no secret
    questions = partial(_questions, chance)
    return [Entry(f"entry:{n}", tuple(questions(2)), " ".join(questions(3))) for n in range(size)]


def _again(entries: list[Entry]) -> list[Entry]:
    """The same, as read from a database anew: no string is the one that it was."""
    return [
        Entry("".join([*entry.id]), tuple("".join([*asked]) for asked in entry.asked), "".join([*entry.answer]))
        for entry in entries
    ]


def _questions(chance: random.Random, count: int) -> list[str]:
    return [_question(chance) for _ in range(count)]


def _question(chance: random.Random) -> str:
    """In Chinese or English: two topics and one rare word."""
    rare = chr(0x4E00 + chance.randrange(5_000)) + chr(0x4E00 + chance.randrange(5_000))
    if chance.random() < 0.5:
        return f"{chance.choice(_ZH_ASKED).format(*chance.sample(_ZH, 2))}，{rare}"
    name = "".join(chance.choices("bcdfglmnprst", k=3)) + "ato"
    return f"{chance.choice(_EN_ASKED).format(*chance.sample(_EN, 2))} {name}"


def _row(what: str, seconds: list[float]) -> Row:
    return Row.of(what, [one * 1e3 for one in seconds], "ms")
