"""Albums: Telegram sends each picture as a message of its own; together they are what a person has handed in."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import structs

from adapters.telegram.parse import key_of
from bot.domain.errors import StorageTrouble
from bot.domain.events import CommandInvoked, MessagePosted
from bot.domain.ports import AdapterStore, Sink

_KIND = "album"
_QUIET = 1.0  # seconds without another part, then it is complete
_AT_MOST = 100  # albums that wait at a time

Part = MessagePosted | CommandInvoked


class Albums:
    """Keeps the parts until no more come. They are in the store before the server hears that they have arrived."""

    def __init__(self, store: AdapterStore, bot: str) -> None:
        self._store = store
        self._bot = bot
        self._parts: dict[str, dict[str, Part]] = {}  # by album, by the key of the part
        self._changed_at: dict[str, float] = {}
        self._more = asyncio.Event()

    async def open(self) -> None:
        """Know again what a process has left that died."""
        for document in await self._store.latest(_KIND, limit=_AT_MOST):
            for part in msgspec.convert(document.value["parts"], list[Part]):
                self._take(document.key, part)

    async def keep(self, parts: Iterable[tuple[str, Part]]) -> None:
        """Take parts, each with the id of its album. One that was taken before changes nothing."""
        changed = set()
        for album, part in parts:
            self._take(album, part)
            changed.add(album)
        if changed:
            await self._store.put_many([(_KIND, album, self._document(album)) for album in sorted(changed)])

    def _take(self, album: str, part: Part) -> None:
        self._parts.setdefault(album, {})[part.key] = part
        self._changed_at[album] = asyncio.get_running_loop().time()
        self._more.set()

    def _document(self, album: str) -> dict[str, Any]:
        return {"parts": [msgspec.to_builtins(part) for part in self._parts[album].values()]}

    async def run(self, sink: Sink) -> None:
        """Hand over each album when it is complete, for ever."""
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
        for album in [album for album, at in self._changed_at.items() if now - at >= _QUIET]:
            parts = dict(self._parts[album])
            await sink([_together(list(parts.values()), key_of(self._bot, f"album:{album}"))])
            await self._forget(album, parts)
        return min((at + _QUIET - now for at in self._changed_at.values()), default=None)

    async def _forget(self, album: str, parts: dict[str, Part]) -> None:
        await self._store.delete(_KIND, album)
        if self._parts[album] == parts:  # else one came while the others were handed over
            del self._parts[album], self._changed_at[album]


def _together(parts: Sequence[Part], key: Any) -> Part:
    """One message with all files: in the place of the first, with the words of the one that has some."""
    ordered = sorted(parts, key=lambda part: int(part.message or 0))
    spoken = next((part for part in ordered if isinstance(part, CommandInvoked) or part.text), ordered[0])
    attachments = tuple(attachment for part in ordered for attachment in part.attachments)
    return structs.replace(spoken, key=key, message=ordered[0].message, at=ordered[0].at, attachments=attachments)
