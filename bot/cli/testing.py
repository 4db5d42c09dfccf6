"""`test`: the fast suite; `test --all` adds browser, kills and long properties. Other options go to pytest.

`test --postgres`: only the scenarios, which then keep everything on PostgreSQL; like `test` alone only the fast ones,
unless `-m` says otherwise. That no test matches a selection is a failure.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.cli import PROBLEMS, Terminal

_HOME = Path(__file__).parent.parent.parent
_MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own in it
_ROOM = 4 * 1024**3  # bytes
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
        return _both(wanted)
    return _pytest(wanted if "-m" in wanted else ["-m", _FAST, *wanted])


def _both(wanted: Sequence[str]) -> int:
    """The browser's driver keeps an event loop of its own running, so these tests have a process to themselves.

    One half may be empty, not both.
    """
    codes = [_pytest(["-m", "not browser", *wanted]), _pytest(["-m", "browser", "-n", "0", *wanted])]
    return max((code for code in codes if code != _NOTHING_MATCHED), default=_NOTHING_MATCHED)


def _pytest(arguments: Sequence[str]) -> int:
    """The exit code."""
    workers = [] if "-n" in arguments or importlib.util.find_spec("xdist") is None else ["-n", str(os.cpu_count() or 2)]
    with _quick_folder() as folder:
        command = [sys.executable, "-m", "pytest", *workers, *folder, *arguments]
        return subprocess.run(command, cwd=_HOME, check=False).returncode  # noqa: S603 - our own words, no shell


@contextmanager
def _quick_folder() -> Iterator[list[str]]:
    """A folder in memory for what tests keep, where there is room: each commit waits for the disk, thousands of times.

    What passes is removed at once (`tmp_path_retention_policy`), what fails when the run ends.
    """
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="homeroom-test-", dir=_MEMORY, ignore_cleanup_errors=True) as folder:
        yield ["--basetemp", str(Path(folder) / "pytest")]


def test_with_options(terminal: Terminal, options: argparse.Namespace) -> int:
    """Only so that `--help` lists it."""
    return test(terminal, ["--all"] if options.all else [])
