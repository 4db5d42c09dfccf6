"""`test`: the fast suite; `test --all` adds browser, kills and long properties. Other options go to pytest."""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import PROBLEMS, Terminal

_HOME = Path(__file__).parent.parent.parent
_FAST = "not browser and not kill and not long"


def test(terminal: Terminal, arguments: Sequence[str]) -> int:
    """Run pytest in the checkout; its exit code."""
    if importlib.util.find_spec("pytest") is None:
        terminal.complain("test.missing")
        return PROBLEMS
    wanted = [argument for argument in arguments if argument != "--all"]
    selection = [] if "--all" in arguments or "-m" in wanted else ["-m", _FAST]
    workers = [] if "-n" in wanted or importlib.util.find_spec("xdist") is None else ["-n", str(os.cpu_count() or 2)]
    command = [sys.executable, "-m", "pytest", *workers, *selection, *wanted]
    return subprocess.run(command, cwd=_HOME, check=False).returncode  # noqa: S603 - our own words, no shell


def test_with_options(terminal: Terminal, options: argparse.Namespace) -> int:
    """Only so that `--help` lists it."""
    return test(terminal, ["--all"] if options.all else [])
