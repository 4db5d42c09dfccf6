"""Albums: Telegram sends each picture as a message of its own; together they are what a person has handed in."""

import asyncio
import contextlib
from collections.abc import Iterable

import msgspec
from msgspec import structs

from adapters.telegram.parse import key_of
from bot.domain.errors import StorageTrouble
from bot.domain.events import CommandInvoked, Event, MessagePosted
from bot.domain.ports import AdapterStore, Sink

_KIND, _DONE = "album", "album_done"
_QUIET = 1.0  # seconds without another part, then it is complete
_PATIENCE = 10.0  # seconds after the start for the parts that the server had not been able to hand over
_REMEMBERED = 200  # albums

Part = MessagePosted | CommandInvoked


class _Album(msgspec.Struct):
    """An album as it is stored. What is handed over is settled before that, so that a second try is the same one."""

    handed: list[str] = []  # keys of the parts that have had their effect
    times: int = 0  # how often parts of it were handed over, or were about to be
    leaving: list[Part] = []  # being handed over
    open: list[Part] = []  # the others

    def knows(self, part: Part) -> bool:
        return part.key in self.handed or any(one.key == part.key for one in (*self.leaving, *self.open))


class Albums:
    """Keeps the parts until no more come. They are in the store before the server hears that they have arrived.

    What comes after its album was handed over is a message of its own. Whoever calls holds `lock` meanwhile.
    """

    def __init__(self, store: AdapterStore, bot: str) -> None:
        self.lock = asyncio.Lock()
        self._store = store
        self._bot = bot
        self._albums: dict[str, _Album] = {}
        self._unkept: set[str] = set()
        self._due_at: dict[str, float] = {}
        self._more = asyncio.Event()

    async def open(self) -> None:
        """Know again what a process has left that died, and nothing else."""
        self._albums, self._unkept, self._due_at = {}, set(), {}
        for kind in (_DONE, _KIND):
            for document in await self._store.latest(kind, limit=_REMEMBERED):
                self._albums[document.key] = album = msgspec.convert(document.value, _Album)
                if album.leaving or album.open:
                    self._wait_for(document.key)

    def add(self, id: str, part: Part) -> None:
        """A part has come in, perhaps not for the first time."""
        album = self._albums.setdefault(id, _Album())
        if not album.knows(part):
            album.open.append(part)
            self._unkept.add(id)
            self._wait_for(id)

    def _wait_for(self, id: str) -> None:
        self._due_at[id] = asyncio.get_running_loop().time() + _QUIET
        self._more.set()

    def before(self, event: Event) -> list[str]:
        """The albums that are complete because the same person has gone on to something else in that chat."""
        who, address = getattr(event, "actor", None), getattr(event, "address", None)
        if who is None or address is None:
            return []
        waiting = ((id, (*album.leaving, *album.open)) for id, album in self._albums.items() if id in self._due_at)
        return [id for id, parts in waiting if _is_by(parts[0], who.user, address.room)]

    def leave(self, id: str) -> Part:
        """The message that is to be handed over: the parts that have come, or those that were to leave before."""
        album = self._albums[id]
        if not album.leaving:
            album.leaving, album.open = album.open, []
            album.times += 1
            self._unkept.add(id)
        return self._together(id, album)

    def _together(self, id: str, album: _Album) -> Part:
        """One message with all files: in the place of the first, with the words of the one that has some."""
        ordered = sorted(album.leaving, key=lambda part: int(part.message or 0))
        spoken = next((part for part in ordered if isinstance(part, CommandInvoked) or part.text), ordered[0])
        return structs.replace(
            spoken,
            key=key_of(self._bot, f"album:{id}:{album.times}"),
            message=ordered[0].message,
            at=ordered[0].at,
            attachments=tuple(attachment for part in ordered for attachment in part.attachments),
        )

    async def keep(self) -> None:
        """Store what has changed. Raises StorageTrouble."""
        changed = sorted(self._unkept)
        if changed:
            await self._store.put_many([(_KIND, id, msgspec.to_builtins(self._albums[id])) for id in changed])
        self._unkept.difference_update(changed)

    async def forget(self, ids: Iterable[str]) -> None:
        """What left has had its effect. Raises StorageTrouble; then it leaves once more, as it was."""
        for id in ids:
            album = self._albums[id]
            rest = _Album(
                handed=[*album.handed, *(part.key for part in album.leaving)], times=album.times, open=album.open
            )
            if rest.open:
                await self._store.put(_KIND, id, msgspec.to_builtins(rest))
            else:
                await self._store.put(_DONE, id, msgspec.to_builtins(rest))
                await self._store.delete(_KIND, id)
                self._due_at.pop(id, None)
            self._albums[id] = rest
        if len(self._albums) > 2 * _REMEMBERED:
            await self._prune()

    async def _prune(self) -> None:
        """Forget the albums that are long complete."""
        newest = await self._store.latest(_DONE, limit=_REMEMBERED)
        await self._store.delete_through(_DONE, newest[0].revision - 1)
        kept = self._due_at.keys() | {document.key for document in newest}
        self._albums = {id: album for id, album in self._albums.items() if id in kept}

    # --- those that nothing follows -----------------------------------------------------------------------------------

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
        async with self.lock:
            now = asyncio.get_running_loop().time()
            for id in [id for id, at in self._due_at.items() if at <= now]:
                event = self.leave(id)
                await self.keep()
                await sink([event])
                await self.forget([id])
            return min((at - now for at in self._due_at.values()), default=None)


def _is_by(part: Part, user: str, room: str) -> bool:
    return (part.actor.user, part.address.room) == (user, room)
