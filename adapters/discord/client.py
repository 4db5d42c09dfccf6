"""The library behind one small face: raw events in, calls out. Whoever calls it sees no token in any error."""

import asyncio
import logging
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

import aiohttp
import discord
import msgspec
import yarl
from discord.http import HTTPClient, Route
from discord.webhook.async_ import async_context

from adapters.discord.errors import NeverLeft, retry_after, trouble_of
from adapters.discord.gate import Gate, Trip
from adapters.discord.giving_up import Requests
from adapters.discord.library import LOST, Heard, listen, make_library, point_to
from bot.domain.errors import NotSent, Refused, Unknown
from bot.domain.files import MAX_FILE
from bot.domain.traits import Limit

log = logging.getLogger(__name__)

_LIMIT = Limit(50, 1)  # https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
_PATIENCE = 30.0  # seconds that a call may take, waiting and all
_PATIENCE_WITH_FILES = 180.0
_CLOSING = 5.0  # seconds that saying goodbye may take
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds between connections that fail
_MENDING_WAIT = 120.0  # seconds, where somebody must mend it: Discord allows 1000 new sessions a day
_NAMES = {"id": "webhook_id", "application": "webhook_id", "token": "webhook_token"}
"""What the library must call the parts of an answer's address, so that no two interactions wait for each other."""
_FIRST = "/interactions/"
"""Where first answers go. They have three seconds: that we think must be said beside an answer that is on its way."""


class Upload(NamedTuple):
    name: str
    media_type: str
    content: bytes


class Client:
    """One bot. `library` makes the gateway connection; one that a test hands in serves the calls, too."""

    def __init__(self, token: str, api: str, gateway: str, *, library: discord.Client | None = None) -> None:
        point_to(api, gateway)
        self.origin = yarl.URL(api).origin()
        self._token = token
        self._given = library
        self._trace = Gate(_LIMIT).trace()  # of all that is asked, by us or by the library
        self.cache = library or make_library(self._trace)
        self.bot = self.application = ""  # known once it is open
        self._rest: HTTPClient | None = None
        self._requests = Requests()
        self._answers: aiohttp.ClientSession | None = None
        self._number = count()

    async def open(self) -> None:
        """Log in. Raises discord.DiscordException, OSError, aiohttp.ClientError."""
        rest = self._given.http if self._given else self._make_rest()
        try:
            async with asyncio.timeout(_PATIENCE):
                me = await rest.static_login(self._token)
                about = await rest.application_info()
        except BaseException:
            await rest.close()
            raise
        self.bot, self.application = str(me["id"]), str(about["id"])
        self._rest = rest
        self._answers = self._answers or aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    def _make_rest(self) -> HTTPClient:
        """The calls' own connections: they work where the gateway does not."""
        return HTTPClient(asyncio.get_running_loop(), http_trace=self._trace, max_ratelimit_timeout=_PATIENCE)

    # --- in -----------------------------------------------------------------------------------------------------------

    async def live(self, heard: Heard) -> None:
        """Hear what happens, for ever; `@lost` tells whenever the connection is gone, and why."""
        wait = _FIRST_WAIT
        while True:
            seen = _Watched(heard)
            error = await self._connection(seen)
            wait = _FIRST_WAIT if seen.has_begun else wait
            heard(LOST, {"error": error, "is_over": True})
            await asyncio.sleep(wait if trouble_of(error) == "unreachable" else _MENDING_WAIT)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def _connection(self, heard: Heard) -> Exception | None:
        """One life of the gateway connection, with all that the library resumes by itself; what ended it."""
        library = self.cache = self._given or make_library(self._trace)
        listen(library, heard)
        if self._given:
            await asyncio.Event().wait()  # who handed it in lets it hear
        running = asyncio.create_task(_run(library, self._token))
        try:
            # The library swallows a cancellation that comes while it connects again: so it is never waited for.
            await asyncio.wait({running})
            return running.result()
        finally:
            running.cancel()
            await _close(library)
            await asyncio.wait({running}, timeout=_CLOSING)

    # --- out ----------------------------------------------------------------------------------------------------------

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: dict[str, Any] | None = None,
        files: Sequence[Upload] = (),
        **ids: str,
    ) -> Any:
        """Ask something of the API, under its limits; `path` is a template for `ids`.

        Raises what `errors.outcome_of` understands.
        """
        if self._rest is None:
            raise NeverLeft("not logged in yet")
        trip, patience = Trip(), _PATIENCE_WITH_FILES if files else _PATIENCE
        rest, route = self._rest, Route(method, path, **ids)
        body: dict[str, Any] = {"form": _form(json, files)} if files else {} if json is None else {"json": json}
        if params:
            body["params"] = params
        body["timeout"] = aiohttp.ClientTimeout(total=patience)  # of one try, whoever still waits for it
        try:
            request = rest.request(route, trace_request_ctx=trip, **body)
            return await self._requests.wait_for(request, trip, patience)
        except TimeoutError:
            if not trip.is_gone:
                raise NeverLeft("it waited too long for its turn") from None
            raise
        except RuntimeError:  # aiohttp's word for connections that are closed
            if rest is self._rest:
                raise
            raise (ConnectionResetError if trip.is_gone else NeverLeft)("it was closed meanwhile") from None

    async def answer(
        self, method: str, path: str, *, json: Any = None, files: Sequence[Upload] = (), **ids: str
    ) -> Any:
        """Answer an interaction (`/interactions/{id}/{token}/…`, `/webhooks/{application}/{token}/…`).

        It waits for nothing that goes through `call`. Raises what `errors.outcome_of` understands.
        """
        if self._answers is None:
            raise NeverLeft("not logged in yet")
        for name, theirs in _NAMES.items():
            path = path.replace(f"{{{name}}}", f"{{{theirs}}}")
        route = Route(method, path, **{_NAMES.get(name, name): value for name, value in ids.items()})
        if path.startswith(_FIRST):
            route.webhook_id = next(self._number)  # the library lets those of one interaction wait for each other
        body: dict[str, Any] = {"multipart": _form(json, files)} if files else {"payload": json}
        lane = self._answers
        try:
            async with asyncio.timeout(_PATIENCE_WITH_FILES if files else _PATIENCE):
                return await async_context.get().request(route, lane, **body)
        except RuntimeError:
            if lane is self._answers:
                raise
            raise ConnectionResetError("it was closed meanwhile") from None  # perhaps between two tries

    async def download(self, url: yarl.URL) -> bytes | None:
        """A file of at most `MAX_FILE`; None where there is none at this address any more.

        Raises Refused, or what `errors.outcome_of` understands.
        """
        lane = self._answers
        if lane is None:
            raise NeverLeft("not logged in yet")
        try:
            async with asyncio.timeout(_PATIENCE_WITH_FILES), lane.get(url, allow_redirects=False) as answer:
                return await _content(answer)
        except RuntimeError:
            if lane is self._answers:
                raise
            raise ConnectionResetError("it was closed meanwhile") from None

    async def close(self) -> None:
        self._requests.close()
        if self._rest is not None and self._given is None:
            await self._rest.close()
        if self._answers is not None:
            await self._answers.close()
        self._rest = self._answers = None


class _Watched:
    """Passes on what is heard, and notes whether a session has begun."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self.has_begun = False

    def __call__(self, name: str, data: dict[str, Any]) -> None:
        self.has_begun = self.has_begun or name == "READY"
        self._heard(name, data)


async def _run(library: discord.Client, token: str) -> Exception | None:
    """Until the connection has ended, and what ended it."""
    try:
        await library.login(token)
        await library.connect()
    except Exception as error:
        log.warning("the gateway connection has ended", exc_info=True)
        return error
    return None


async def _close(library: discord.Client) -> None:
    """Close it, whatever has become of it."""
    try:
        async with asyncio.timeout(_CLOSING):
            await library.close()
    except Exception:
        log.debug("the gateway connection could not be closed as it should", exc_info=True)


async def _content(answer: aiohttp.ClientResponse) -> bytes | None:
    """Of an answer to who wants a file. A 403 is what an address gets whose day is over."""
    if answer.status in (403, 404):
        return None
    if answer.status == 429:
        raise NotSent("rate limited", retry_after=retry_after(answer))
    if answer.status >= 500:
        raise Unknown(f"{answer.status} instead of a file")
    if answer.status != 200:
        raise Refused(f"{answer.status} instead of a file")
    content = bytearray()
    async for part in answer.content.iter_chunked(2**16):
        content += part
        if len(content) > MAX_FILE:
            raise Refused("the file is too large", why="too_large")
    return bytes(content)


def _form(json: Any, files: Sequence[Upload]) -> list[dict[str, Any]]:
    """A request's JSON and its files, as the fields of one form."""
    fields: list[dict[str, Any]] = []
    if json is not None:
        fields.append({"name": "payload_json", "value": msgspec.json.encode(json).decode()})
    for number, file in enumerate(files):
        one = {"name": f"files[{number}]", "value": file.content, "filename": file.name}
        fields.append({**one, "content_type": file.media_type})
    return fields
