"""`bench [NAME]`: prints tables of what was measured, and never passes or fails on time."""

import argparse
import importlib
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bot.cli import FINE, MISUSED, Terminal
from bot.demo import PACKS
from bot.engine.degrade import text_width

_HOME = Path(__file__).parent.parent.parent
NAMES = (
    "pipeline",
    "acknowledge",
    "rules",
    "boards",
    "rituals",
    "broadcast",
    "search",
    "start",
    "memory",
    "term",
    "postgres",
)
_NARROWEST = 10  # columns of a figure
_GAP = "  "


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where it was measured."""

    platform: str
    cpu: str
    cores: int
    load: float  # of the last minute, before anything was measured
    python: str
    sqlite: str

    @classmethod
    def this(cls) -> "Machine":
        return cls(
            platform=platform.platform(),
            cpu=_cpu(),
            cores=os.cpu_count() or 1,
            load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
            python=platform.python_version(),
            sqlite=sqlite3.sqlite_version,
        )


def bench(terminal: Terminal, options: argparse.Namespace) -> int:
    names = [options.name] if options.name else list(NAMES)
    if options.name and options.name not in NAMES:
        terminal.complain("bench.unknown", name=options.name, known=list(NAMES))
        return MISUSED
    sys.path.insert(0, str(_HOME))  # bench/ stands in the checkout, not in the packages
    machine = Machine.this()
    if not options.json:
        terminal.say("bench.machine", **msgspec.to_builtins(machine))
    for name in names:
        measure = importlib.import_module(f"bench.{name}").measure
        with tempfile.TemporaryDirectory() as folder:
            rows = msgspec.to_builtins(measure(PACKS / "xhs-writing", Path(folder)))
        lines = as_json(name, machine, rows) if options.json else as_table(terminal, name, rows)
        print("\n".join(lines), flush=True)
    return FINE


def as_json(name: str, machine: Machine, rows: Sequence[dict[str, Any]]) -> list[str]:
    """An object a row; what a row does not have is null."""
    where = msgspec.to_builtins(machine)
    return [json.dumps({"bench": name, **row, "machine": where}, ensure_ascii=False) for row in rows]


def as_table(terminal: Terminal, name: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The rows below their headings, after an empty line."""
    heads = [terminal.text(f"bench.column.{column}") for column in ("median", "lowest", "highest")]
    cells = [
        (
            row["what"],
            f"{_figure(row['median'])} {row['unit']}",
            _figure(row["lowest"]),
            _figure(row["highest"]),
            _remark(terminal, row),
        )
        for row in rows
    ]
    table = [(name, *heads, terminal.text("bench.column.ratio")), *cells]
    first = max(text_width(line[0]) for line in table)
    widths = [max(_NARROWEST, *(text_width(line[column]) for line in table)) for column in (1, 2, 3)]
    return ["", *(_line(line, first, widths) for line in table)]


def _line(cells: tuple[str, ...], first: int, widths: Sequence[int]) -> str:
    what, *figures, remark = cells
    columns = [" " * (width - text_width(cell)) + cell for cell, width in zip(figures, widths, strict=True)]
    return _GAP.join((what + " " * (first - text_width(what)), *columns, remark)).rstrip()


def _figure(value: float) -> str:
    """Three digits that tell something, and no fractions of what is large."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}"


def _remark(terminal: Terminal, row: dict[str, Any]) -> str:
    ratio = f"{row['ratio']:.2f} × {row['floor']}" if row["ratio"] is not None else ""
    target = terminal.text("bench.target", target=row["target"]) if row["target"] else ""
    return _GAP.join(filter(None, (ratio, target)))


def _cpu() -> str:
    """The model of the processor, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, "") or platform.processor() or platform.machine()
