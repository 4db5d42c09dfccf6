"""Updates by webhook: the server is answered 200 only when an update is committed, and asks again otherwise."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from adapters.serving import bound, quiet, serve
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.reading import Raw, number_of
from adapters.telegram.shape import ALLOWED
from adapters.telegram.trouble import Trouble
from bot.domain.errors import StorageTrouble
from bot.domain.ports import Clock, Sink

log = logging.getLogger(__name__)

_LARGEST = 1024 * 1024  # bytes of an update
_AT_ONCE = 40  # requests that the server may have open
_BATCH = 100
_LOOK = 0.5  # seconds until we ask again how many updates wait at the server
_STORAGE_RETRY = 1.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class _Waiting(NamedTuple):
    raw: Raw
    done: asyncio.Future[int]  # the status that its request is answered with


class Webhook:
    """Listens at `listen`, HOST:PORT, for what the server sends to `url`."""

    def __init__(self, url: str, listen: str, secret: str, clock: Clock) -> None:
        self._url = url
        self._path = urlsplit(url).path or "/"
        host, _, port = listen.rpartition(":")
        self._host, self._port = host, int(port)
        self._secret = secret
        self._clock = clock
        self.listening = asyncio.Event()
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(maxsize=_BATCH)

    async def __call__(self, adapter: TelegramAdapter, sink: Sink) -> None:
        trouble = Trouble(adapter.bot, sink, self._clock)
        await trouble.until_done(adapter.me)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._serve())
            tasks.create_task(self._hand_over(adapter, sink))
            await self.listening.wait()  # before the server is told of us
            await trouble.until_done(lambda: self._register(adapter))
            tasks.create_task(_catch_up(adapter, sink, trouble))

    async def _register(self, adapter: TelegramAdapter) -> None:
        """Each time anew: nobody can see with which secret it was done before."""
        await adapter.client.call(
            "setWebhook",
            url=self._url,
            secret_token=self._secret,
            allowed_updates=list(ALLOWED),
            max_connections=_AT_ONCE,
        )

    # --- the server's requests ----------------------------------------------------------------------------------------

    async def _serve(self) -> None:
        config = quiet(self._answer, interface="asgi3", lifespan="off")
        await serve(config, bound(self._host, self._port), self.listening)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = await self._status(scope, receive)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def _status(self, scope: Scope, receive: Receive) -> int:
        if scope["type"] != "http" or scope["path"] != self._path:
            return 404
        if scope["method"] != "POST":
            return 405
        given = dict(scope["headers"]).get(b"x-telegram-bot-api-secret-token", b"")
        if not hmac.compare_digest(given, self._secret.encode()):
            return 403
        body = await _body(receive)
        if body is None:
            return 413
        try:
            raw = msgspec.json.decode(body)
        except (ValueError, RecursionError):
            raw = {"unreadable": body.decode("utf-8", "replace")}  # set aside, or the server would send it for ever
        return await self._commit(raw)

    async def _commit(self, raw: Raw) -> int:
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        await self._waiting.put(_Waiting(raw, done))
        return await done

    async def _hand_over(self, adapter: TelegramAdapter, sink: Sink) -> None:
        """What has come in meanwhile goes together."""
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < _BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            batch.sort(key=lambda one: number_of(one.raw) or 0)
            status = 503  # the server asks again
            try:
                await adapter.take([one.raw for one in batch], sink)
                status = 200
            except StorageTrouble:
                await asyncio.sleep(_STORAGE_RETRY)
            finally:
                for one in batch:
                    if not one.done.done():
                        one.done.set_result(status)


async def _body(receive: Receive) -> bytes | None:
    """The body of a request; None where it is too large."""
    body = b""
    part: MutableMapping[str, Any] = {"more_body": True}
    while part.get("more_body"):
        part = await receive()
        body += bytes(part.get("body", b""))
        if len(body) > _LARGEST:
            return None
    return body


async def _catch_up(adapter: TelegramAdapter, sink: Sink, trouble: Trouble) -> None:
    """Say when what had piled up at the server has come in."""

    async def look() -> int:
        info = await adapter.client.call("getWebhookInfo")
        return int(info.get("pending_update_count", 0))

    waiting = await trouble.until_done(look)
    while waiting:
        await asyncio.sleep(_LOOK)
        waiting = await trouble.until_done(look)
    await sink([])
