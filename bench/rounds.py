"""CPU of some work, round by round."""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.cli.serving import rare_collection

Work = Callable[[int], Awaitable[int]]
"""Does its part of a round, whose number it is given; how many units that were."""


def rounds(work: Callable[[], object], count: int) -> list[float]:
    """Seconds of CPU of the whole process for each of several rounds, after one to warm up.

    Under Python's own settings of the garbage collector, which looks around more often than under `homeroom run`.
    """
    work()
    found = []
    for _ in range(count):
        before = time.process_time()
        work()
        found.append(time.process_time() - before)
    return found


def ours_under_run(work: Work) -> Work:
    """Work of ours, with garbage looked for as seldom as under `homeroom run`.

    A library's floor is left under Python's own settings, which its users have.
    """
    with rare_collection():  # only to ask: leaving it would undo the freeze of `in_turns`
        seldom = gc.get_threshold()

    async def run(number: int) -> int:
        usual = gc.get_threshold()
        gc.set_threshold(*seldom)
        try:
            return await work(number)
        finally:
            gc.set_threshold(*usual)

    return run


async def in_turns(
    works: Sequence[Work], count: int, *, before_each: Callable[[int], Awaitable[None]] | None = None
) -> list[list[float]]:
    """Microseconds of CPU for a unit of each work, round by round, after one round to warm up.

    All take turns, so that what disturbs one disturbs the others; nobody inherits another's garbage. It is the CPU of
    the whole process, with the thread that writes. `before_each` prepares a round, and is not counted.
    """
    found: list[list[float]] = [[] for _ in works]
    gc.collect()
    gc.freeze()  # what the benchmark itself has brought along, such as a server, is no weight of what is measured
    for number in range(count + 1):
        if before_each:
            await before_each(number)
        for work, figures in zip(works, found, strict=True):
            gc.collect()
            before = time.process_time()
            units = await work(number)
            figures.append((time.process_time() - before) / units * 1e6)
    gc.unfreeze()
    return [figures[1:] for figures in found]
