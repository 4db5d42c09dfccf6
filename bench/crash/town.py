"""What a platform's server is to a run: people say things in it, and it remembers what the bot has posted."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bench.crash.values import Posted

Heard = Callable[[], bool]
"""Whether the bot was told, or will be told again, once all is over."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A command as the platform took it."""

    cause: str  # the key of its event, as the bot names it; empty where the bot can never hear of it
    is_heard: Heard = lambda: True


class Town(Protocol):
    """People go by names: `new_17`, `chen`, who is the admin."""

    platform: str
    workers: int  # how many people may act at the same time
    seldom: Mapping[str, float]  # seconds from one to the next, of what makes the bot speak in a group
    keeps_every_edit: bool  # whether the bot hears of each text that a message has had
    is_exact: bool  # whether it can tell a message that came twice, so that none is repeated or missing
    life: int  # which start of the process this is; set by the supervisor

    @property
    def posts(self) -> int:
        """Of the bot, so far; where the platform sees none, what people did. By these, kills are timed."""
        ...

    def settings(self) -> dict[str, Any]:
        """Its section of config.yaml."""
        ...

    def spaces(self) -> list[dict[str, Any]]:
        """Those of course.yaml."""
        ...

    def admin(self) -> str:
        """`platform:id` of who is chen."""
        ...

    def launched(self) -> None:
        """The process has just been started."""
        ...

    async def is_at_work(self) -> bool:
        """Whether what was started hears people by now."""
        ...

    def killed(self) -> None:
        """The process is gone."""
        ...

    async def enter(self, name: str) -> str:
        """Somebody is there from now on; their user id."""
        ...

    async def says(self, name: str, room: str, text: str) -> tuple[str, str]:
        """A message in a room, `private` is the one with the bot; its id, and the object of its fact."""
        ...

    async def edits(self, name: str, room: str, message: str, text: str) -> None: ...

    async def asks(self, name: str, room: str, command: str, **options: str) -> Asked:
        """A command in the way that the platform has for them."""
        ...

    async def presses(self, name: str) -> Heard | None:
        """The newest check-in button of the main room, if there is one."""
        ...

    def is_quiet(self) -> bool:
        """Whether nothing waits to be fetched."""
        ...

    def posted(self) -> list[Posted]:
        """All that it has received of the bot, once each time it was received."""
        ...

    def shown(self) -> dict[tuple[str, str], str]:
        """What messages of its rooms say now, by room and id."""
        ...

    async def close(self) -> None: ...


def some_of(chance: random.Random, share: float) -> Callable[[Mapping[str, Any]], bool]:
    """Picks this share of the requests at random, as servers that are late now and then."""

    def is_picked(_: Mapping[str, Any]) -> bool:
        return chance.random() < share

    return is_picked
