"""`simulate PACK`: a whole course with scripted people; with `--chaos` a second time, through a storm."""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from bot.cli import FINE, MISUSED, PROBLEMS, Terminal
from bot.cli.configured import in_words
from bot.cli.serving import quiet_logs, rare_collection
from bot.cli.simulated import print_report, print_storm
from bot.simulation.outcome import Given
from bot.simulation.report import Report
from bot.simulation.run import Lived, Wanted, live

_RANGES = {"weeks": (1, 52), "students": (1, 5000), "assistants": (0, 50), "seed": (0, 2**63)}


def simulate(terminal: Terminal, options: argparse.Namespace) -> int:
    pack: Path = options.pack
    if not pack.is_dir():
        terminal.complain("check.nothing", path=str(pack))
        return MISUSED
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(options, name) <= most:
            terminal.complain("simulate.out_of_range", name=f"--{name}", least=least, most=most)
            return MISUSED
    wanted = Wanted(
        pack=pack.resolve(),
        weeks=options.weeks,
        students=options.students,
        assistants=options.assistants,
        seed=options.seed,
        language=terminal.language,
    )
    quiet_logs(logging.ERROR)  # a storm leads to many warnings, as it should
    with rare_collection():
        return in_words(terminal, lambda: _simulate(terminal, wanted, options))


def _simulate(terminal: Terminal, wanted: Wanted, options: argparse.Namespace) -> int:
    calm = _lived(terminal, wanted, chaos=False, begun=0)  # with what it takes to start
    if not options.json:
        print_report(terminal, calm.report)
    storm = _lived(terminal, wanted, chaos=True, begun=time.process_time()) if options.chaos else None
    missing, added = (calm.given - storm.given, storm.given - calm.given) if storm else (Counter(), Counter())
    if options.json:
        print(json.dumps(_json(calm, storm, missing, added), ensure_ascii=False))
    elif storm:
        print_storm(terminal, storm.report, calm.given.total(), missing, added)
    return PROBLEMS if missing or added else FINE


def _lived(terminal: Terminal, wanted: Wanted, *, chaos: bool, begun: float) -> Lived:
    with tempfile.TemporaryDirectory(prefix="homeroom-") as folder, _Progress(terminal, wanted.weeks * 7) as progress:
        return asyncio.run(live(wanted, Path(folder), progress, chaos=chaos, begun=begun))


class _Progress:
    """One line that is written anew for each day, where somebody is watching."""

    def __init__(self, terminal: Terminal, days: int) -> None:
        self._terminal = terminal
        self._days = days
        self._is_watched = sys.stderr.isatty()

    def __enter__(self) -> Callable[[int], None]:
        return self._show

    def __exit__(self, *_: object) -> None:
        self._write("")

    def _show(self, day: int) -> None:
        self._write(self._terminal.text("simulate.progress", day=day, days=self._days))

    def _write(self, line: str) -> None:
        if self._is_watched:
            sys.stderr.write(f"\r\x1b[K{line}")
            sys.stderr.flush()


def _json(calm: Lived, storm: Lived | None, missing: Counter[Given], added: Counter[Given]) -> dict[str, Any]:
    shown: dict[str, Any] = {"report": _fields(calm.report)}
    if storm:
        shown["chaos"] = {
            "report": _fields(storm.report),
            "missing": [{**given._asdict(), "times": times} for given, times in sorted(missing.items())],
            "added": [{**given._asdict(), "times": times} for given, times in sorted(added.items())],
        }
    return shown


def _fields(report: Report) -> dict[str, Any]:
    return {**msgspec.to_builtins(report), "microseconds_per_event": report.microseconds_per_event}
