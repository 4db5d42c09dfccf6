"""What the commands that keep running share: signals and logs."""

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import sys
from collections.abc import Iterator

OURS = ("bot", "adapters", "scheduler", "storage", "rules")
"""The packages that are ours, by which our log lines are named."""


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that Ctrl-C and SIGTERM set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


@contextlib.contextmanager
def rare_collection() -> Iterator[None]:
    """Let the garbage collector look around less often: it finds next to nothing, and takes a twentieth of the time.

    What is there already, modules and courses, it leaves alone. What only the start needed goes back to the system.
    """
    usual = gc.get_threshold()
    gc.collect()
    _give_back()
    gc.freeze()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _give_back() -> None:
    """Memory that is free, which the C library keeps for later; only glibc can be asked to."""
    with contextlib.suppress(OSError, AttributeError, TypeError):  # no glibc, or, on Windows, no library without a name
        ctypes.CDLL(None).malloc_trim(0)


@contextlib.contextmanager
def without(*packages: str) -> Iterator[None]:
    """Let what is imported meanwhile take these for not installed. One that is there already stays.

    For libraries that do more where they find them, which is never asked of them here, and takes memory.
    """
    hidden = [name for name in packages if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment] # so that importing it raises ModuleNotFoundError
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def quiet_logs(level: int = logging.WARNING) -> None:
    """Our own lines with time and level; libraries only from warnings on."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in OURS:
        logging.getLogger(name).setLevel(level)
