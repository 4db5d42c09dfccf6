"""Moving the demo's clock: what may be asked for, one journey at a time."""

import asyncio
import re
from datetime import datetime, timedelta

from adapters.local.control import Control
from adapters.local.values import Mistake

_NEXT = re.compile(r"next ([01]\d|2[0-3]):00")
_LATER = re.compile(r"\+([1-9]\d?)([hd])")


class Travel:
    """Everyone who moves the clock goes through here, so that no two move it at once."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._one_at_a_time = asyncio.Lock()

    @property
    def is_moving(self) -> bool:
        return self._one_at_a_time.locked()

    async def go(self, to: str) -> datetime:
        """Move to `next 09:00`, `+1h`, `+1d` and the like; the new time of the course."""
        if not self._control.is_demo:
            raise Mistake("api.demo_only", 403)
        async with self._one_at_a_time:
            await self._control.advance(self._target(to))
            await self._control.settle()
        return self._control.now()

    def _target(self, to: str) -> datetime:
        if found := _NEXT.fullmatch(to):
            return self._control.next_time(int(found[1]))
        if found := _LATER.fullmatch(to):
            number = int(found[1])
            return self._control.now() + (timedelta(hours=number) if found[2] == "h" else timedelta(days=number))
        raise Mistake("api.bad_time")
