"""`bench [NAME]`: prints tables of CPU, and never passes or fails on time."""

import argparse
import importlib
import json
import platform
import sys
import tempfile
from pathlib import Path

import msgspec

from bot.cli import FINE, MISUSED, Terminal
from bot.demo import PACKS

_HOME = Path(__file__).parent.parent.parent
_NAMES = ("start", "pipeline", "acknowledge", "rules", "boards", "rituals", "search", "term")


def bench(terminal: Terminal, options: argparse.Namespace) -> int:
    names = [options.name] if options.name else list(_NAMES)
    if options.name and options.name not in _NAMES:
        terminal.complain("bench.unknown", name=options.name, known=list(_NAMES))
        return MISUSED
    sys.path.insert(0, str(_HOME))  # bench/ stands in the checkout, not in the packages
    if not options.json:
        print(f"{platform.platform()} · Python {platform.python_version()}")
    for name in names:
        measure = importlib.import_module(f"bench.{name}").measure
        with tempfile.TemporaryDirectory() as folder:
            rows = measure(PACKS / "xhs-writing", Path(folder))
        _print(name, rows, as_json=options.json)
    return FINE


def _print(name: str, rows: list[msgspec.Struct], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(json.dumps({"bench": name, **msgspec.to_builtins(row)}, ensure_ascii=False))
        return
    print(f"\n{name:<52}{'median':>10}{'min':>10}{'max':>10}")
    for row in map(msgspec.to_builtins, rows):
        unit = row["unit"]
        print(f"{row['what']:<52}{row['median']:>8.2f} {unit:<2}{row['lowest']:>8.2f}{row['highest']:>10.2f}")
