"""Watches the courses' folders, so that what an admin saves is live a moment later."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from bot.domain.errors import RulesRejected
from bot.domain.events import CourseFilesChanged, Event
from bot.domain.ids import CourseId, EventKey
from rules.attachments import Hashes, folders_of
from rules.loader import read_folder
from storage.claims import newest_key
from storage.database import Database

log = logging.getLogger(__name__)

_QUIET = 400  # milliseconds without a change: an editor, or `git pull`, writes several files
_MISSING = 5.0  # seconds before looking again for a folder that is not there

Sink = Callable[[list[Event]], Awaitable[None]]


class FolderWatch:
    """Hands over an event for every new content of a course's folder.

    The content decides, not the time of a file: saving the same again is nothing, and a change that the system did not
    report is noticed with the next one.
    """

    def __init__(
        self,
        folders: Mapping[CourseId, Path],
        sink: Sink,
        database: Database,
        now: Callable[[], datetime],
    ) -> None:
        self._folders = folders
        self._sink = sink
        self._database = database
        self._now = now
        self._seen: dict[CourseId, str] = {}
        self._hashes = Hashes()

    async def run(self) -> None:
        """Watch until cancelled."""
        from watchfiles import awatch  # 20 ms that the start of the process need not wait for

        await self.look()
        while True:
            there = await self._places()
            try:
                # It also yields every few seconds when nothing was reported: not every file system reports.
                async for _ in awatch(*there, debounce=_QUIET, recursive=False, yield_on_timeout=True):
                    await self.look()
                    if await self._places() != there:
                        break
            except OSError as error:  # too many watches, or a folder that went away between two looks
                log.warning("the courses' folders can't be watched: %s", error)
                await asyncio.sleep(_MISSING)
                await self.look()

    async def _places(self) -> list[Path]:
        """The courses' folders that are there, with those of their files."""
        return await asyncio.to_thread(_places_of, list(self._folders.values()))

    async def look(self) -> None:
        """Hand over what has changed since the last look."""
        for course in self._folders:
            digest = await self._digest(course)
            if digest == self._seen.get(course):
                continue
            number, noticed = await self._newest(course)
            if digest != noticed:
                # Several processes see the same files: the key lets one of them through.
                key = EventKey(f"{_prefix(course)}{number + 1:09d}:{digest}")
                await self._sink([CourseFilesChanged(key=key, at=self._now(), course=course)])
            self._seen[course] = digest

    async def _newest(self, course: CourseId) -> tuple[int, str]:
        """The change that any process noticed last: its number and content."""
        key = await self._database.run(lambda db: newest_key(db, _prefix(course)))
        number, _, digest = (key or f"{_prefix(course)}0:").removeprefix(_prefix(course)).partition(":")
        return int(number), digest

    async def _digest(self, course: CourseId) -> str:
        return await asyncio.to_thread(_digest_of, self._folders[course], self._hashes)


def _prefix(course: CourseId) -> str:
    return f"course files:{course}:"


def _places_of(folders: Iterable[Path]) -> list[Path]:
    return [place for folder in folders if folder.is_dir() for place in (folder, *folders_of(folder))]


def _digest_of(folder: Path, hashes: Hashes) -> str:
    """A fingerprint of all that could be live; also of not being readable."""
    digest = hashlib.sha256()
    try:
        for name, content in sorted(read_folder(folder, hashes).items()):
            raw = content.encode() if isinstance(content, str) else content
            digest.update(f"{name} {len(raw)} ".encode() + raw)
    except RulesRejected as rejected:
        digest.update(repr([problem.text.id for problem in rejected.problems]).encode())
    return digest.hexdigest()[:32]
