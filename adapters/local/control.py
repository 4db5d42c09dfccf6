"""What the page and its API ask of the application around the chat."""

from datetime import datetime
from typing import Protocol

import msgspec

from adapters.local.values import Person, Room
from bot.domain.ids import Language, Role
from bot.domain.ports import Texts


class CommandHint(msgspec.Struct, frozen=True, kw_only=True):
    """A command that a person may use in a room, for completion."""

    name: str
    summary: str


class Control(Protocol):
    """The application, as far as the page may know it."""

    texts: Texts
    language: Language  # of the page
    is_demo: bool  # anyone may be anyone, and the clock can be moved

    @property
    def version(self) -> object:
        """Another one as soon as anything below may say something else: pages that are open look again."""
        ...

    @property
    def title(self) -> str:
        """Of the course, or of the installation."""
        ...

    @property
    def zone(self) -> str:
        """IANA name of the zone in which the page shows times."""
        ...

    def now(self) -> datetime:
        """The course's time, aware UTC."""
        ...

    def day(self, room: Room) -> tuple[int, int] | None:
        """The day of this room's course and its number of days; None outside the course."""
        ...

    def role(self, person: Person, room: Room) -> Role:
        """What this room's course makes of a person."""
        ...

    def commands(self, person: Person, room: Room) -> list[CommandHint]: ...

    async def settle(self) -> None:
        """Return when everything that was said so far has been handled and answered."""
        ...

    async def advance(self, to: datetime) -> None:
        """Move the virtual clock; every due moment on the way is visited. Only where `is_demo`."""
        ...

    def next_time(self, hour: int) -> datetime:
        """The next moment after now when the course's clocks show this full hour."""
        ...
