"""Searching a handbook, and 50,000 entries, by words; a handbook by meaning, where the encoder is installed."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from bench.table import Row
from bot.engine.retrieval import Entry, Index, build_index, has_encoder

HANDBOOK = 300
MANY = 50_000
QUERIES = 100
ROUNDS = 5

_ZH = ("标题", "封面", "作业", "打卡", "正文", "开头", "流量", "评论", "截止", "积分", "选题", "关键词", "直播", "回放")
_ZH_ASKED = ("怎么改{}和{}", "{}太长会影响{}吗", "为什么我的{}没有{}", "{}要在{}之前交吗")
_EN = ("loop", "list", "file", "function", "string", "error", "deadline", "quiz", "terminal", "number", "dictionary")
_EN_ASKED = ("how do I change the {} of a {}", "why does my {} break the {}", "{} or {}, which one", "can a {} be a {}")


def measure(pack: Path, folder: Path) -> list[Row]:
    """CPU of building, and of one search. The texts are made up, the same in every run; neither folder is used."""
    rows = [*_searching(HANDBOOK, "ms", encoder=False), *_searching(MANY, "s", encoder=False)]
    if has_encoder():
        rows += _searching(HANDBOOK, "ms", encoder=True)
    return rows


def _searching(size: int, unit: str, *, encoder: bool) -> list[Row]:
    chance = random.Random(7)  # noqa: S311 - no secret
    entries = [Entry(f"entry:{n}", (_question(chance),), _question(chance)) for n in range(size)]
    queries = [_question(chance) for _ in range(QUERIES)]
    first, index = _building(entries, encoder=encoder)
    again, index = _building(entries, encoder=encoder)
    searching = _rounds(lambda: [index.search(query, limit=3) for query in queries])
    how = f"{size:,} entries by {'meaning' if encoder else 'words'}"
    factor = 1e3 if unit == "ms" else 1
    return [
        _row(f"index {how}, the first time", unit, [first], factor),
        _row(f"index {how}, again", unit, [again], factor),
        _row(f"search {how}", "ms", [spent / QUERIES for spent in searching], 1e3),
    ]


def _building(entries: list[Entry], *, encoder: bool) -> tuple[float, Index]:
    """Seconds of CPU. The first time it imports, and encodes."""
    before = time.process_time()
    index = build_index(entries, encoder=encoder)
    return time.process_time() - before, index


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


def _row(what: str, unit: str, rounds: list[float], factor: float) -> Row:
    shown = [spent * factor for spent in rounds]
    return Row(what=what, unit=unit, median=statistics.median(shown), lowest=min(shown), highest=max(shown))
