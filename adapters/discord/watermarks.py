"""How far each channel and thread is handled: the id of the last message whose effect is committed."""

from typing import NamedTuple

from adapters.discord.stored import all_of
from bot.domain.ports import AdapterStore

_KIND = "watermark"


class Watermark(NamedTuple):
    last: str  # the message up to which all is handled
    since: str  # where we began: what is older was never read
    home: str  # the channel that it is a thread of, else itself


class Watermarks:
    """By channel or thread. They only move on, and are stored after the messages before them are committed."""

    def __init__(self, store: AdapterStore) -> None:
        self._store = store
        self._known: dict[str, Watermark] = {}
        self._unkept: set[str] = set()
        self._forgotten: set[str] = set()

    async def load(self) -> None:
        """Know again what is stored. Raises StorageTrouble."""
        stored = await all_of(self._store, _KIND)
        self._unkept.clear()
        self._forgotten.clear()
        self._known = {
            channel: Watermark(value["last"], value.get("since", value["last"]), value.get("home", channel))
            for channel, value in stored.items()
        }

    def of(self, channel: str) -> str | None:
        """The last message that is handled there; None: nobody has begun there."""
        known = self._known.get(channel)
        return known.last if known else None

    def since(self, channel: str) -> str | None:
        """From where on what was written there concerns us; None: nobody has begun there."""
        known = self._known.get(channel)
        return known.since if known else None

    def all(self) -> dict[str, Watermark]:
        return dict(self._known)

    @property
    def newest(self) -> str | None:
        """The newest message that is handled anywhere; as long as none is, where we began."""
        marks = self._known.values()
        moved = [mark.last for mark in marks if mark.last != mark.since]
        return max(moved or [mark.last for mark in marks], key=int, default=None)

    def note(self, channel: str, message: str, home: str) -> None:
        """All up to this message has had its effect."""
        known = self._known.get(channel)
        if known is None or int(known.last) < int(message):
            self._known[channel] = Watermark(message, known.since if known else message, home)
            self._unkept.add(channel)

    def forget(self, channel: str) -> None:
        """Nobody listens there any more."""
        del self._known[channel]
        self._unkept.discard(channel)
        self._forgotten.add(channel)

    async def flush(self) -> None:
        """Store what has moved. Raises StorageTrouble; then it is stored the next time."""
        for one in sorted(self._forgotten):
            await self._store.delete(_KIND, one)
            self._forgotten.discard(one)
        moved, self._unkept = self._unkept, set()
        if not moved:
            return
        try:
            await self._store.put_many([(_KIND, one, self._known[one]._asdict()) for one in sorted(moved)])
        except BaseException:
            self._unkept |= moved & self._known.keys()
            raise
