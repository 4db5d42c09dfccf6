"""The adapter: updates out of Telegram into the core, messages out of the core into Telegram."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from msgspec import structs
from telegram import InputFile
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.albums import Albums
from adapters.telegram.client import Client, bot_id
from adapters.telegram.downloads import download
from adapters.telegram.errors import is_done, outcome_of
from adapters.telegram.parse import key_of
from adapters.telegram.payloads import kept_by
from adapters.telegram.places import Places
from adapters.telegram.reading import Raw, Reader
from adapters.telegram.render import POST_POLL, Call, as_caption, call_for
from adapters.telegram.topics import Topics
from adapters.telegram.traits import PLATFORM, TRAITS
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.events import Attachment, CommandInvoked, Event, MessagePosted, PlaceSeen
from bot.domain.messages import File, Inspection, OutgoingMessage
from bot.domain.ports import AdapterStore, Clock, FileStore, Sink

log = logging.getLogger(__name__)

_STORAGE_RETRY = 1.0  # seconds


class TelegramAdapter:
    """One bot on a Bot API server. `fetch` brings its updates: by polling, or through a webhook.

    `beside` is what goes on as long as updates are fetched.
    """

    platform = PLATFORM
    traits = TRAITS

    def __init__(
        self,
        client: Client,
        store: AdapterStore,
        files: FileStore,
        clock: Clock,
        fetch: "Fetch",
        beside: Sequence["Fetch"] = (),
    ) -> None:
        self.client = client
        self.bot = bot_id(client.token)
        self._store = store
        self._files = files
        self._clock = clock
        self._fetch = fetch
        self._beside = beside
        self.places = Places(client, self.bot)
        self._albums = Albums(store, self.bot)
        self._topics = Topics(client, store)
        self._sink: Sink | None = None
        self._me: dict[str, Any] | None = None
        self._asking = asyncio.Lock()
        self._posting_poll = asyncio.Lock()

    # --- in -----------------------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Hand over updates for ever; each is acknowledged after the commit."""
        self._sink = sink
        await self._albums.open()
        caught_up = asyncio.Event()

        async def pass_on(events: Sequence[Event], /) -> None:
            await sink(events)
            if not events:
                caught_up.set()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._albums.run(sink, caught_up))
            for work in self._beside:
                tasks.create_task(self._aside(work, sink))
            await self._fetch(self, pass_on)

    async def _aside(self, work: "Fetch", sink: Sink) -> None:
        """What goes on beside the updates never stops them."""
        try:
            await work(self, sink)
        except Exception:
            log.exception("a task beside the updates failed; they go on without it")

    async def take(self, batch: Sequence[Raw], sink: Sink) -> None:
        """Give a batch of raw updates its effect. Raises StorageTrouble: then none of them may be acknowledged."""
        me = await self.me()
        async with self._posting_poll:  # its id is kept by then
            read = await Reader(self._store, self.bot, me["username"]).read(batch, self._clock.now())
        async with self._albums.lock:
            events: list[Event] = []
            complete: list[str] = []
            for update, found in read:
                album = update.message.media_group_id if update and update.message else None
                for event in found:
                    if album and isinstance(event, MessagePosted | CommandInvoked):
                        self._albums.add(album, event)
                    else:
                        ended = [id for id in self._albums.before(event) if id not in complete]
                        complete += ended
                        events += map(self._albums.leave, ended)
                        events += filter(None, [await self._with_standing(event)])
            await self._albums.keep()
            if events:
                await sink(events)
            await self._albums.forget(complete)

    async def _with_standing(self, event: Event) -> Event | None:
        return await self.places.with_lacks(event) if isinstance(event, PlaceSeen) else event

    async def me(self) -> dict[str, Any]:
        """What the server says of the bot, asked once. Raises TelegramError."""
        async with self._asking:
            if self._me is None:
                self._me = {"username": "", **await self.client.call("getMe")}
            return self._me

    # --- out ----------------------------------------------------------------------------------------------------------

    async def send(self, message: OutgoingMessage) -> str:
        try:
            return await self._send(message)
        except InvalidToken as error:
            raise await self._outcome_of_unknown(error) from None
        except TelegramError as error:
            raise outcome_of(error) from None  # the cause's words hold the address, with the token
        except StorageTrouble as trouble:
            raise NotSent(trouble.text.id) from trouble
        except ValueError as error:
            raise Refused(str(error)) from error

    async def fetch(self, attachment: Attachment) -> bytes:
        return await download(self.client, attachment.ref)

    async def _outcome_of_unknown(self, error: InvalidToken) -> NotSent | Refused | Unknown:
        """A server that says "not found", and knows the bot all the same, does not know the method."""
        waits = outcome_of(error)
        if "unauthorized" in str(error).casefold():
            return waits
        try:
            await self.client.call("getMe")
        except TelegramError:
            return waits
        return Refused(str(error))

    async def _send(self, message: OutgoingMessage) -> str:
        if isinstance(message.act, Inspection):
            return await self._inspect(message)
        if message.about and not message.target:
            raise Refused("there is no such message")
        for data, command in kept_by(message).items():
            await self._store.put("button", data, {"command": command})
        placed = await self._topics.placed(message)
        me = await self.me()
        call = call_for(placed, me["username"], self._open)
        if call.method == POST_POLL:
            return await self._post_poll(message, call)
        try:
            done = await self._call(call)
        except BadRequest as error:
            elsewhere = await self._topics.without(placed, error)
            if elsewhere is None:
                raise
            done = await self._call(call_for(elsewhere, me["username"], self._open))
        return message.target or message.answers or await self._topics.began(message, placed, _id_of(done))

    async def _post_poll(self, message: OutgoingMessage, call: Call) -> str:
        """Once it is posted, what its votes are for must be known, however long the database is in trouble."""
        async with self._posting_poll:
            done = await self._call(call)
            while True:
                try:
                    kept = {"key": message.key, "chat": message.address.chat}
                    await self._store.put("poll", done["poll"]["id"], kept)
                    return _id_of(done)
                except StorageTrouble:
                    await asyncio.sleep(_STORAGE_RETRY)

    async def _call(self, call: Call) -> Any:
        try:
            return await self.client.call(call.method, **call.params)
        except TelegramError as error:
            if is_done(error):
                return True
            if call.method == "editMessageText" and "no text in the message" in str(error).casefold():
                return await self._call(as_caption(call))
            raise

    def _open(self, file: File) -> InputFile:
        path = self._files.path(file.sha256)
        if path is None:
            raise Refused(f"the file {file.name} is not there any more")
        return InputFile(path.read_bytes(), filename=file.name, attach=True)

    async def _inspect(self, message: OutgoingMessage) -> str:
        """What is found is told to the core as an event of its own."""
        if self._sink is None:
            raise NotSent("updates are not fetched yet")
        seen = await self.places.seen(message.address, self._clock.now())
        await self._sink([structs.replace(seen, key=key_of(self.bot, f"inspected:{message.key}"))])
        return "inspected"


Fetch = Callable[[TelegramAdapter, Sink], Coroutine[Any, Any, None]]
"""Brings updates to `TelegramAdapter.take` for ever, and acknowledges them when it has returned."""


def _id_of(done: Any) -> str:
    """The id of what was sent; of an album, of its first message."""
    first = done[0] if isinstance(done, list) else done
    return str(first["message_id"]) if isinstance(first, dict) else "done"
