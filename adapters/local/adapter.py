"""The adapter: updates out of the chat into the core, messages out of the core into the chat."""

import asyncio
import logging

import msgspec

from adapters.local.chat import LocalChat
from adapters.local.parse import PLATFORM, parse
from adapters.local.values import Mistake, Moved
from bot.domain.errors import NotSent, Refused, StorageTrouble
from bot.domain.events import Attachment, Event, UpdateUnreadable
from bot.domain.files import MAX_FILE
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Clock, Document, FileStore, Sink
from bot.domain.traits import Can, Traits

log = logging.getLogger(__name__)

_RETRY = 1.0  # seconds

TRAITS = Traits(
    can=Can.REPLY
    | Can.EDIT
    | Can.BUTTONS
    | Can.ONLY_FOR
    | Can.ANSWER
    | Can.TABLE
    | Can.STYLE
    | Can.FILES
    | Can.PIN
    | Can.DEDUPE
    | Can.SIGNS,
    max_text=20_000,
)


class LocalAdapter:
    """The local chat, behind the same port as every platform."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(self, chat: LocalChat, clock: Clock, files: FileStore | None = None) -> None:
        self.chat = chat
        self._files = files
        self._clock = clock
        self._pumping = asyncio.Lock()

    async def run(self, sink: Sink) -> None:
        """Hand over updates for ever; each is acknowledged after the commit."""
        while True:
            try:
                is_idle = await self.pump(sink) == 0
            except StorageTrouble:
                await asyncio.sleep(_RETRY)  # they are still in the queue
                continue
            if is_idle:
                await sink([])
                await self.chat.updates_waiting.wait()

    async def pump(self, sink: Sink) -> int:
        """Hand over one batch of what waits; how many there were."""
        async with self._pumping:
            updates = await self.chat.updates()
            if updates:
                await sink([self._event(update) for update in updates])
                await self.chat.acknowledge(updates[-1].revision)
            return len(updates)

    def _event(self, update: Document) -> Event:
        try:
            return parse(update.key, update.value)
        except Exception as error:
            log.exception("update %r could not be understood", update.key)
            return UpdateUnreadable(
                key=EventKey(f"{PLATFORM}:{update.key}"),
                at=self._clock.now(),
                platform=PLATFORM,
                raw=msgspec.json.encode(update.value).decode(),
                error=f"{type(error).__name__}: {error}",
            )

    async def send(self, message: OutgoingMessage) -> str:
        try:
            return await self.chat.post(message)
        except StorageTrouble as trouble:
            raise NotSent(trouble.text.id) from trouble
        except Moved as moved:
            raise NotSent(moved.id) from moved
        except Mistake as mistake:
            raise Refused(mistake.id) from mistake

    async def fetch(self, attachment: Attachment) -> bytes:
        """The chat's files are ours already."""
        path = self._files.path(attachment.ref) if self._files else None
        if path is None:
            raise Refused("the file is not there any more", why="gone")
        try:
            if path.stat().st_size > MAX_FILE:
                raise Refused("the file is too large", why="too_large")
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise Refused("the file is not there any more", why="gone") from None
        except OSError as error:
            raise NotSent(f"the file can't be read: {type(error).__name__}") from error
