"""The real program as a child of a benchmark, and what the system says that a process costs."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

HOME = Path(__file__).parent.parent
_LOOK = 0.1  # seconds between two looks at a condition
_PATIENCE = 900.0  # seconds for a start; a hundred courses take a while on a busy machine


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """Memory of a process, in MB (2²⁰ bytes), as Linux counts it."""

    rss: float
    pss: float  # pages that several processes share count in parts
    own: float  # pages that no file stands behind


def weight_of(pid: int) -> Weight:
    """Raises OSError where there is no /proc, or the process has ended."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    found = dict(re.findall(r"^(\w+): +(\d+) kB$", told, re.MULTILINE))
    return Weight(rss=int(found["Rss"]) / 1024, pss=int(found["Pss"]) / 1024, own=int(found["Anonymous"]) / 1024)


def cpu_of(pid: int, *, with_ended: bool = False) -> float:
    """Seconds that a process has spent so far, with its threads, and its children that have ended. Raises OSError."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    ticks = fields[11:15] if with_ended else fields[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """As in a shell, with the checkout to be imported from."""
    return {**os.environ, "LANG": "C.UTF-8", "PYTHONPATH": str(HOME)}


async def until(question: Callable[[], bool], *, look: float = _LOOK) -> None:
    """Ask every so many seconds, until the answer is yes."""
    while not question():  # noqa: ASYNC110 - the system tells nobody
        await asyncio.sleep(look)


@asynccontextmanager
async def running(folder: Path, arguments: Sequence[str], *, ready: str) -> AsyncIterator[int]:
    """`python ARGUMENTS` from when it has printed `ready`; its pid. It is ended in an orderly way."""
    printed = folder / "printed"
    with printed.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", *arguments, cwd=folder, stdout=log, stderr=log, env=environment()
        )
    try:
        async with asyncio.timeout(_PATIENCE):
            while ready not in (told := printed.read_text("utf-8", "replace")):
                assert process.returncode is None, f"it ended with {process.returncode}:\n{told}"
                await asyncio.sleep(_LOOK)
        yield process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
