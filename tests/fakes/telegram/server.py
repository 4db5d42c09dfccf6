"""The HTTP side: one aiohttp application in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram import faults
from tests.fakes.telegram.delivery import Delivery
from tests.fakes.telegram.errors import Refusal, Violation
from tests.fakes.telegram.faults import Fault, Faults, Where
from tests.fakes.telegram.limits import MAX_FILE
from tests.fakes.telegram.methods import METHODS
from tests.fakes.telegram.pace import Limits, Pace, is_paced
from tests.fakes.telegram.schema import schema_of
from tests.fakes.telegram.seen import Onlookers
from tests.fakes.telegram.state import User, World
from tests.fakes.telegram.wire import Call, check_call, read_call

TOKEN = "123456:the-token-of-the-fake"
BEGINNING = datetime(2027, 3, 1, 12, tzinfo=UTC)


class FakeTelegram(Onlookers):
    """See the package. `now` counts seconds for rate limits and presses, `wall` (in UTC; default: stands still) dates
    messages and the Date header of every reply.

    `longest_poll` cuts long polls short, in real seconds: for tests under a virtual clock.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] | None = None,
        wall: Callable[[], datetime] = lambda: BEGINNING,
        limits: Limits | None = None,
        token: str = TOKEN,
        username: str = "homeroom_bot",
        longest_poll: float = 50.0,
    ) -> None:
        bot = User(id=int(token.partition(":")[0]), first_name="Homeroom", username=username, is_bot=True)
        self.token = token
        self.url = ""  # known once it runs
        self.world = World(bot=bot, now=now or (lambda: asyncio.get_running_loop().time()), wall=wall)
        self.world.users[bot.id] = bot
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.refused_429: list[Call] = []
        self.pace = Pace(limits or Limits())
        self._faults = Faults()
        self._delivery = Delivery(world=self.world, longest_poll=longest_poll)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        schema_of("getMe")
        app = web.Application(client_max_size=MAX_FILE + 2**20)
        app.on_response_prepare.append(self._date)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._delivery.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def bot(self) -> User:
        return self.world.bot

    @property
    def pending(self) -> int:
        """How many updates are not confirmed yet."""
        return len(self.world.inbox.waiting)

    def privacy(self, is_on: bool) -> None:
        """Privacy mode, as BotFather sets it."""
        self.world.is_privacy_on = is_on

    def fail(self, method: str, kind: faults.Kind, times: int = 1, where: Where | None = None, **more: Any) -> Fault:
        """The next `times` calls of the method ("*": of any) fail; `where` picks by parameters. More: see Fault."""
        fault = Fault(method=method, kind=kind, times=times, where=where, **more)
        self._faults.planned.append(fault)
        return fault

    def asked(self, method: str) -> list[Call]:
        """Every call of this method so far."""
        return [call for call in self.calls if call.method == method]

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0) -> None:
        """Waits until it is so, in real time. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110 - a condition may be about anything
                await asyncio.sleep(0.005)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            return faults.answered(Refusal(401, "Unauthorized").body)
        try:
            call = await read_call(request, self.world.now())
        except web.HTTPRequestEntityTooLarge:
            self.violations.append(f"{request.match_info['method']}: Request Entity Too Large")
            return faults.answered(Refusal(413, "Request Entity Too Large").body)
        self.calls.append(call)
        return await self._reply(request, call)

    async def _reply(self, request: web.Request, call: Call) -> web.StreamResponse:
        problem = self._problem(call)
        fault = self._faults.take(call)
        if fault is not None and fault.is_before:
            if fault.has_refusal:
                call.answer = faults.refusal(fault).body
            return await faults.spoiled(fault, request, call.answer)
        call.answer = problem.body if problem else await self._answer(call)
        return faults.answered(call.answer) if fault is None else await faults.spoiled(fault, request, call.answer)

    def _problem(self, call: Call) -> Refusal | None:
        try:
            check_call(call)
        except Refusal as refusal:
            self._remember(call, refusal)
            return refusal
        return None

    def _remember(self, call: Call, refusal: Refusal) -> None:
        if isinstance(refusal, Violation) or refusal.code == 404:
            self.violations.append(f"{call.method}: {refusal.description}")

    async def _answer(self, call: Call) -> dict[str, Any]:
        try:
            if is_paced(call.method):
                self.pace.count(call.params.get("chat_id", 0), self.world.now())
            return {"ok": True, "result": await self._run(call)}
        except Refusal as refusal:
            self._remember(call, refusal)
            if refusal.code == 429:
                self.refused_429.append(call)
            return refusal.body

    async def _run(self, call: Call) -> Any:
        delivery = {
            "getUpdates": self._delivery.get_updates,
            "setWebhook": self._delivery.set_webhook,
            "deleteWebhook": self._delivery.delete_webhook,
            "getWebhookInfo": self._delivery.webhook_info,
        }
        if call.method in delivery:
            return await delivery[call.method](call)
        method = METHODS.get(call.method)
        if method is None:
            raise Refusal(404, f"Not Found: {call.method} is not in this fake yet")
        return method(self.world, call)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        call = Call(method="download", params={"path": path}, at=self.world.now())
        self.calls.append(call)
        files = [file for file in self.world.files.values() if file.path == path]
        fault = self._faults.take(call)
        if fault is not None:
            call.answer = faults.refusal(fault).body if fault.has_refusal else Refusal(404, "Not Found").body
            return await faults.spoiled(fault, request, call.answer)
        if request.match_info["token"] != self.token or not files:
            call.answer = Refusal(404, "Not Found").body
            return faults.answered(call.answer)
        call.answer = {"ok": True}
        return web.Response(body=files[0].content, content_type="application/octet-stream")

    async def _date(self, _: web.Request, reply: web.StreamResponse) -> None:
        """The header that shows a client how wrong its own clock is."""
        reply.headers["Date"] = format_datetime(self.world.wall(), usegmt=True)
