"""`test`: the fast suite; `test --all` adds browser, kills and long properties. Other options go to pytest."""

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli import FINE, PROBLEMS, Terminal

_HOME = Path(__file__).parent.parent.parent
_NOTHING_MATCHED = 5
_FAST = "not browser and not kill and not long"


def test(terminal: Terminal, arguments: Sequence[str]) -> int:
    """Run pytest in the checkout; its exit code."""
    needed = ["pytest", "playwright"] if "--all" in arguments else ["pytest"]
    if any(importlib.util.find_spec(name) is None for name in needed):
        terminal.complain("test.missing")
        return PROBLEMS
    wanted = [argument for argument in arguments if argument != "--all"]
    if "--all" in arguments:
        # The browser's driver keeps an event loop of its own running, so these tests have a process to themselves.
        return max(_pytest(["-m", "not browser", *wanted]), _pytest(["-m", "browser", "-n", "0", *wanted]))
    return _pytest(wanted if "-m" in wanted else ["-m", _FAST, *wanted])


def _pytest(arguments: Sequence[str]) -> int:
    """The exit code; that nothing matched the selection is fine."""
    workers = [] if "-n" in arguments or importlib.util.find_spec("xdist") is None else ["-n", str(os.cpu_count() or 2)]
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    code = subprocess.run(command, cwd=_HOME, check=False).returncode  # noqa: S603 - our own words, no shell
    return FINE if code == _NOTHING_MATCHED else code


def test_with_options(terminal: Terminal, options: argparse.Namespace) -> int:
    """Only so that `--help` lists it."""
    return test(terminal, ["--all"] if options.all else [])
