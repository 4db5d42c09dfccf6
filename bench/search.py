"""Searching handbooks, and 50,000 entries, by words; a handbook by meaning, where the encoder is installed.

What stands here is done inside a transaction, but for making an index by meaning.
"""

import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.table import Row
from bot.engine.retrieval import Entry, Index, build_index, deepened, has_encoder

HANDBOOK = 500
LARGE = 5_000
MANY = 50_000
ENCODED = 300
QUERIES = 100
ROUNDS = 5

_ZH = ("标题", "封面", "作业", "打卡", "正文", "开头", "流量", "评论", "截止", "积分", "选题", "关键词", "直播", "回放")
_ZH_ASKED = ("怎么改{}和{}", "{}太长会影响{}吗", "为什么我的{}没有{}", "{}要在{}之前交吗")
_EN = ("loop", "list", "file", "function", "string", "error", "deadline", "quiz", "terminal", "number", "dictionary")
_EN_ASKED = ("how do I change the {} of a {}", "why does my {} break the {}", "{} or {}, which one", "can a {} be a {}")


def measure(pack: Path, folder: Path) -> list[Row]:
    """CPU of building, and of one search. The texts are made up, the same in every run; neither folder is used."""
    rows = [row for size in (HANDBOOK, LARGE, MANY) for row in _by_words(_entries(size))]
    if has_encoder():
        rows += _by_meaning(_entries(ENCODED))
    return rows


def _by_words(entries: list[Entry]) -> list[Row]:
    how = f"{len(entries):,} entries by words"
    before = time.process_time()
    index = build_index(entries)
    first = time.process_time() - before
    changed = [*_again(entries[1:]), Entry("entry:0", ("What has changed?",), "This.")]
    return [
        _row(f"index {how}, the first time", [first]),
        _row(f"index {how}, one of them changed", _rounds(lambda: build_index(changed, like=index))),
        _searching(how, index),
    ]


def _by_meaning(entries: list[Entry]) -> list[Row]:
    how = f"{len(entries):,} entries by meaning"
    before = time.process_time()
    index = list(deepened(build_index(entries)))[-1]
    first = time.process_time() - before
    again = _rounds(lambda: list(deepened(build_index(entries, like=index))))
    return [_row(f"index {how}, the first time", [first]), _row(f"index {how}, again", again), _searching(how, index)]


def _searching(how: str, index: Index) -> Row:
    queries = _questions(random.Random(8), QUERIES)  # noqa: S311 - no secret
    spent = _rounds(lambda: [index.search(query, limit=3) for query in queries])
    return _row(f"search {how}", [seconds / QUERIES for seconds in spent])


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


def _rounds(work: Callable[[], object]) -> list[float]:
    """Seconds of CPU for each of several rounds, after one to warm up."""
    work()
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return spent


def _row(what: str, rounds: list[float]) -> Row:
    shown = [spent * 1e3 for spent in rounds]
    return Row(what=what, unit="ms", median=statistics.median(shown), lowest=min(shown), highest=max(shown))
