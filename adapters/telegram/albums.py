"""Albums: Telegram sends each picture as a message of its own; together they are what a person has handed in."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import structs

from adapters.telegram.parse import key_of
from bot.domain.errors import StorageTrouble
from bot.domain.events import CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.ports import AdapterStore, Sink

_OPEN, _HANDED = "album", "album_done"
_QUIET = 1.0  # seconds without another part, then it is complete
_PATIENCE = 10.0  # seconds after the start for the parts that the server had not been able to hand over
_REMEMBERED = 200  # albums

Part = MessagePosted | CommandInvoked


class Album(NamedTuple):
    """The parts of one album that belong together, by their keys."""

    id: str
    parts: Mapping[str, Part]


class Albums:
    """Keeps the parts until no more come. They are in the store before the server hears that they have arrived.

    What comes after its album was handed over is a message of its own, and not the same part a second time.
    """

    def __init__(self, store: AdapterStore, bot: str) -> None:
        self._store = store
        self._bot = bot
        self._open: dict[str, dict[str, Part]] = {}
        self._unkept: set[str] = set()
        self._changed_at: dict[str, float] = {}
        self._handed: dict[str, set[str]] = {}
        self._more = asyncio.Event()

    async def open(self) -> None:
        """Know again what a process has left that died."""
        for document in await self._store.latest(_HANDED, limit=_REMEMBERED):
            self._handed[document.key] = set(document.value["parts"])
        for document in await self._store.latest(_OPEN, limit=_REMEMBERED):
            for part in msgspec.convert(document.value["parts"], list[Part]):
                self.add(document.key, part)
        self._unkept.clear()

    def add(self, album: str, part: Part) -> None:
        """A part has come in, perhaps not for the first time."""
        if part.key not in self._handed.get(album, ()):
            self._open.setdefault(album, {})[part.key] = part
            self._changed_at[album] = asyncio.get_running_loop().time()
            self._unkept.add(album)
            self._more.set()

    async def keep(self) -> None:
        """Store what has come in. Raises StorageTrouble."""
        changed = sorted(self._unkept & self._open.keys())
        if changed:
            await self._store.put_many([(_OPEN, album, self._document(album)) for album in changed])
        self._unkept.clear()

    def _document(self, album: str) -> dict[str, Any]:
        return {"parts": [msgspec.to_builtins(part) for part in self._open[album].values()]}

    def before(self, event: Event) -> list[Album]:
        """The albums that are complete because the same person has gone on to something else in that chat."""
        who, address = getattr(event, "actor", None), getattr(event, "address", None)
        if who is None or address is None:
            return []
        found = [Album(id, dict(parts)) for id, parts in self._open.items()]
        return [album for album in found if _is_by(album, who.user, address.room)]

    def event_of(self, album: Album) -> Part:
        """One message with all files: in the place of the first, with the words of the one that has some."""
        ordered = sorted(album.parts.values(), key=lambda part: int(part.message or 0))
        spoken = next((part for part in ordered if isinstance(part, CommandInvoked) or part.text), ordered[0])
        first = ordered[0]
        return structs.replace(
            spoken,
            key=self._key(album.id, first.key),
            message=first.message,
            at=first.at,
            attachments=tuple(attachment for part in ordered for attachment in part.attachments),
        )

    def _key(self, album: str, first: EventKey) -> EventKey:
        return key_of(self._bot, f"album:{album}:{first.rpartition(':')[2]}")

    async def run(self, sink: Sink, caught_up: asyncio.Event) -> None:
        """Hand over each album when it is complete, for ever."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await caught_up.wait()
        while True:
            self._more.clear()
            try:
                wait = await self.hand_over(sink)
            except StorageTrouble:
                wait = _QUIET  # they are still in the store
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._more.wait()

    async def hand_over(self, sink: Sink) -> float | None:
        """Hand over what is complete; in how many seconds something else may be. Raises StorageTrouble."""
        now = asyncio.get_running_loop().time()
        for id in [id for id, at in self._changed_at.items() if now - at >= _QUIET]:
            album = Album(id, dict(self._open[id]))
            await sink([self.event_of(album)])
            await self.forget([album])
        return min((at + _QUIET - now for at in self._changed_at.values()), default=None)

    async def forget(self, albums: Iterable[Album]) -> None:
        """They have had their effect. Raises StorageTrouble."""
        for album in albums:
            handed = self._handed.setdefault(album.id, set()) | album.parts.keys()
            await self._store.put(_HANDED, album.id, {"parts": sorted(handed)})
            self._handed[album.id] = handed
            rest = {key: part for key, part in self._open.get(album.id, {}).items() if key not in handed}
            if rest:  # they came while the others were handed over
                self._open[album.id] = rest
                self._unkept.add(album.id)
                await self.keep()
            else:
                await self._store.delete(_OPEN, album.id)
                self._open.pop(album.id, None)
                self._changed_at.pop(album.id, None)
        await self._prune()

    async def _prune(self) -> None:
        if len(self._handed) > 2 * _REMEMBERED:
            newest = await self._store.latest(_HANDED, limit=_REMEMBERED)
            await self._store.delete_through(_HANDED, newest[0].revision - 1)
            self._handed = {document.key: set(document.value["parts"]) for document in newest}


def _is_by(album: Album, user: str, room: str) -> bool:
    part = next(iter(album.parts.values()))
    return (part.actor.user, part.address.room) == (user, room)
