"""Runs the program, and makes it stand still at one call of one function: there a test kills it.

`python -P held.py ARMED MODULE:FUNCTION before|after N demo …` counts calls once the file ARMED is there, and prints
`held` when the moment has come.
"""

import importlib
import inspect
import sys
import time
from functools import wraps
from pathlib import Path
from typing import Any


def hold(armed: Path, target: str, moment: str, number: int) -> None:
    """The N-th call of this function never begins, or never returns."""
    module, _, path = target.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, name = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    original, calls = getattr(owner, name), iter(range(1, 1_000_000))

    def next_call() -> int:
        return next(calls) if armed.exists() else 0

    def stand_still(at: str, call: int) -> None:
        if (at, call) == (moment, number):
            print("held", flush=True)
            time.sleep(600)

    @wraps(original)
    def plain(*arguments: Any, **more: Any) -> Any:
        call = next_call()
        stand_still("before", call)
        result = original(*arguments, **more)
        stand_still("after", call)
        return result

    @wraps(original)
    async def awaited(*arguments: Any, **more: Any) -> Any:
        call = next_call()
        stand_still("before", call)
        result = await original(*arguments, **more)
        stand_still("after", call)
        return result

    setattr(owner, name, awaited if inspect.iscoroutinefunction(original) else plain)


if __name__ == "__main__":
    hold(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
    from bot.cli import main

    sys.exit(main(sys.argv[5:]))
