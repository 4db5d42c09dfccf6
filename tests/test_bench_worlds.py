"""The benchmarks of whole processes, at a size that only shows that everything still fits together."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import broadcast, memory, postgres, term
from bench.table import Row
from bot.demo import PACKS

pytestmark = pytest.mark.long

PACK = PACKS / "xhs-writing"


def figures(rows: list[Row]) -> dict[str, float]:
    return {row.what: row.median for row in rows}


def test_memory_is_told_of_the_idle_process_and_after_each_month(tmp_path: Path) -> None:
    rows = memory.measure(PACK, tmp_path, memory.TINY)
    idle, months = rows[:3], rows[3:]
    assert [row.what.rpartition(", telegram")[2] for row in idle] == [", first start: RSS", ": RSS", ": PSS"]
    assert [row.what.rpartition(": ")[2] for row in months] == ["month 1", "month 2", "growth from month 2 to month 2"]
    assert all(row.unit == "MB" and row.median > 20 for row in [*idle, *months[:2]])
    assert months[2].median == 0


def test_a_broadcast_reaches_every_chat_once_and_no_limit_is_met(tmp_path: Path) -> None:
    rows = broadcast.measure(PACK, tmp_path, broadcast.TINY)
    told = figures(rows)
    groups, channels, _ = broadcast.TINY
    arrived = [count for what, count in told.items() if "arrived" in what]
    assert arrived == [groups, channels, groups + channels]
    assert [count for what, count in told.items() if "429" in what] == [0, 0, 0]
    ratios = [row.ratio for row in rows if row.ratio is not None]
    assert len(ratios) == 3
    assert all(ratio > 0.95 for ratio in ratios), "nobody is faster than the limits allow"
    assert all(spent > 0 for what, spent in told.items() if "CPU" in what)


def test_two_processes_are_told_of_beside_one(tmp_path: Path) -> None:
    rows = postgres.measure(PACK, tmp_path, postgres.TINY)
    alone, together = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    assert [row.what.partition(": ")[2] for row in alone] == [row.what.partition(": ")[2] for row in together]
    assert all(row.median > 0 for row in rows if "CPU" in row.what or "throughput" in row.what)
    assert {row.floor for row in together if "CPU" in row.what or "throughput" in row.what} == {"one process"}
    assert not any(row.floor or row.target for row in alone)
    assert [row.what.partition(": ")[2] for row in together if row.target] == [
        "throughput",
        "CPU of ours for an event",
        "CPU of all for an event",
    ]
    for told in (figures(alone), figures(together)):
        ours, servers, everything = (spent for what, spent in told.items() if "CPU" in what)
        assert everything == pytest.approx(ours + servers), "one round: the median is the sum"
        assert [share for what, share in told.items() if "lock" in what and 0 <= share <= 100]


def test_a_term_is_told_in_seconds_and_for_each_event(tmp_path: Path) -> None:
    whole, each = term.measure(PACK, tmp_path, term.TINY)
    assert (whole.unit, each.unit) == ("s", "µs")
    assert whole.median * 1e6 > each.median > 0
