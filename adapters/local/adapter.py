"""The adapter: updates out of the chat into the core, messages out of the core into the chat."""

import asyncio
import logging

import msgspec

from adapters.local.chat import LocalChat
from adapters.local.parse import PLATFORM, parse
from adapters.local.values import Mistake, Moved
from bot.domain.errors import NotSent, Refused, StorageTrouble
from bot.domain.events import Event, UpdateUnreadable
from bot.domain.ids import EventKey
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Clock, Document, Sink
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
    | Can.DEDUPE,
    max_text=20_000,
)


class LocalAdapter:
    """The local chat, behind the same port as every platform."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(self, chat: LocalChat, clock: Clock) -> None:
        self.chat = chat
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
            log.exception("update %s could not be understood", update.key)
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
