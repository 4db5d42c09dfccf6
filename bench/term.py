"""A whole term, simulated: eight weeks with 300 students who do at least six things a day, and six assistants."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from bench.table import Row

WEEKS, STUDENTS, ASSISTANTS, SEED = 8, 300, 6, 7
AT_MOST = 60
"""Seconds of CPU that such a term may cost."""


def measure(pack: Path, folder: Path) -> list[Row]:
    """CPU of the whole process, from its start to the printed report. Once: it takes long enough."""
    size = ("--weeks", WEEKS, "--students", STUDENTS, "--assistants", ASSISTANTS, "--seed", SEED)
    before = _spent()
    done = subprocess.run(  # noqa: S603 - our own words, no shell
        [sys.executable, "-m", "bot", "simulate", str(pack), *map(str, size), "--json"],
        capture_output=True,
        check=True,
        text=True,
    )
    seconds = _spent() - before
    events = json.loads(done.stdout)["report"]["events"]
    count = events["by_students"] + events["by_others"]
    return [
        _row(f"{WEEKS} weeks, {STUDENTS} students (at most {AT_MOST} s)", seconds, unit="s"),
        _row(f"for each of {count:,} events", seconds / count * 1e6, unit="µs"),
    ]


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _row(what: str, spent: float, *, unit: str) -> Row:
    return Row(what=what, unit=unit, median=spent, lowest=spent, highest=spent)
