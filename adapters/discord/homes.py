"""Where courses live on Discord, in the forms in which it is asked for with every event."""

from collections.abc import Callable

from adapters.discord.rooms import Room
from adapters.discord.traits import PLATFORM
from bot.domain.places import Address

Bound = Callable[[], frozenset[Address]]
"""Tells where courses live at this moment; the same set, as long as that is the same."""


class Homes:
    """Worked out anew only when `bound` gives another set."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._told: frozenset[Address] | None = None
        self._all: tuple[Address, ...] = ()
        self._chats: frozenset[str] = frozenset()
        self._ids: frozenset[str] = frozenset()

    def all(self) -> tuple[Address, ...]:
        self._look()
        return self._all

    def ids(self) -> frozenset[str]:
        """Of the channels and threads that are bound themselves."""
        self._look()
        return self._ids

    def hold(self, place: Address | None) -> bool:
        """Whether what happens there concerns a course."""
        self._look()
        chats = self._chats
        return place is not None and not place.private and (place.chat in chats or place.room in chats)

    def hold_room(self, room: Room) -> bool:
        return room.id in self.ids() or (room.is_thread and room.parent in self._ids)

    def _look(self) -> None:
        told = self._bound()
        if told is self._told:
            return
        mine = (one for one in told if one.platform == PLATFORM and not one.private)
        self._told, self._all = told, tuple(sorted(mine, key=lambda one: one.chat))
        self._chats = frozenset(one.chat for one in self._all)
        self._ids = frozenset(chat.rpartition("/")[2] for chat in self._chats)
