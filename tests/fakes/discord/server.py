"""The HTTP side: one aiohttp application in the test's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord import faults, shapes
from tests.fakes.discord.errors import Refusal, Violation
from tests.fakes.discord.faults import Fault, Faults, Where, spoiled
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.onlookers import Onlookers
from tests.fakes.discord.pace import Limits, Pace
from tests.fakes.discord.routes import Route, find
from tests.fakes.discord.routes.polls import end_polls_that_are_due
from tests.fakes.discord.schema import model_of
from tests.fakes.discord.shapes import whole_guild
from tests.fakes.discord.state import Json, User
from tests.fakes.discord.wire import Call, answered, read_body, too_many
from tests.fakes.discord.world import World

BEGINNING = datetime(2027, 3, 1, 12, tzinfo=UTC)
TOKEN = "MTE0MzAwMDAwMDAwMDAwMDAwMA.the-token.of-the-fake"
BOT = 1143000000000000000
_PREFIX = "/api/v10"


class FakeDiscord(Onlookers):
    """See the package. `now` (in UTC; default: stands still) dates messages, ids and tokens, and the Date header.

    Rate limits and the three seconds of an interaction count in real time.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = lambda: BEGINNING,
        limits: Limits | None = None,
        token: str = TOKEN,
        username: str = "homeroom",
    ) -> None:
        bot = User(id=BOT, username=username, global_name=None, is_bot=True)
        self.token = token
        self.api = self.gateway_url = ""  # known once it runs
        self.world = World(bot=bot, now=now, seconds=lambda: asyncio.get_running_loop().time())
        self.world.users[bot.id] = bot
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.refused_429: list[Call] = []
        self.pace = Pace(limits or Limits())
        self.gateway = Gateway(token, self._ready, self._guilds, self._members)
        self.world.dispatch = self.gateway.dispatch
        self._faults = Faults()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        model_of("MessageCreateRequest")
        app = web.Application(client_max_size=30 * 2**20)
        app.on_response_prepare.append(self._date)
        app.router.add_get("/gateway", self.gateway.handler)
        app.router.add_get("/gateway/", self.gateway.handler)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._download)
        app.router.add_route("*", _PREFIX + "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.world.cdn = f"http://{host}:{port}"
        self.api = self.world.cdn + _PREFIX
        self.gateway_url = self.world.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def bot(self) -> str:
        """Its user id, which is the application's too."""
        return str(self.world.bot.id)

    @property
    def application_id(self) -> str:
        return self.bot

    @property
    def unanswered(self) -> list[int]:
        """Interactions that nobody has answered, in order."""
        return [each.id for each in self.world.interactions.values() if not each.is_answered]

    def fail(self, route: str, kind: faults.Kind, times: int = 1, where: Where | None = None, **more: Any) -> Fault:
        """The next `times` requests of the route ("POST /channels/*/messages", "*") fail. More: see Fault."""
        fault = Fault(route=route, kind=kind, times=times, where=where, **more)
        self._faults.planned.append(fault)
        return fault

    def asked(self, route: str) -> list[Call]:
        """Every call so far of "METHOD /route/{template}"."""
        return [call for call in self.calls if f"{call.method} {call.route}" == route]

    # --- what the gateway asks ----------------------------------------------------------------------------------------

    def _ready(self) -> Json:
        mine = [guild for guild in self.world.guilds.values() if self.world.bot.id in guild.members]
        return {
            "user": shapes.user(self.world.bot) | {"verified": True, "mfa_enabled": False},
            "application": {"id": self.application_id, "flags": self.world.application_flags},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in mine],
        }

    def _guilds(self) -> list[Json]:
        mine = [guild for guild in self.world.guilds.values() if self.world.bot.id in guild.members]
        return [whole_guild(self.world, guild) for guild in mine if guild.is_available]

    def _members(self, guild: str) -> list[Json]:
        found = self.world.guilds.get(int(guild))
        return [shapes.member(member) for member in found.members.values()] if found else []

    # --- requests -----------------------------------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        call = Call(
            method=request.method,
            path=request.raw_path.partition("?")[0].removeprefix(_PREFIX),
            number=len(self.calls),
            at=int(self.world.seconds() * 1000),
            query=dict(request.query),
        )
        self.calls.append(call)
        found = find(call.method, call.path)
        if found is not None:
            call.route, call.ids = found[0].template, found[1]
        problem = await self._read(request, call)
        fault = self._faults.take(call)
        if fault is not None and fault.is_before:
            return self._noted(call, await spoiled(fault, request, call))
        reply = self._refused(call, problem) if problem else self._reply(request, call, found[0] if found else None)
        return self._noted(call, reply if fault is None else await spoiled(fault, request, call))

    async def _read(self, request: web.Request, call: Call) -> Refusal | None:
        try:
            await read_body(request, call)
        except web.HTTPRequestEntityTooLarge:
            return Refusal(413, 40005, "Request entity too large")
        except Refusal as refusal:
            return refusal
        return None

    def _reply(self, request: web.Request, call: Call, route: Route | None) -> web.Response:
        if route is None:
            return self._refused(call, Refusal(404, 0, "404: Not Found"))
        is_secret_in_path = call.route.startswith(("/interactions", "/webhooks"))
        if not is_secret_in_path and request.headers.get("Authorization") != f"Bot {self.token}":
            return self._refused(call, Refusal(401, 0, "401: Unauthorized"))
        verdict = self.pace.count(call.method, call.route, call.ids.get("channel", ""), self.world.seconds())
        call.limits = dict(verdict.headers)
        if "X-RateLimit-Reset-After" in call.limits:
            reset = self.world.now().timestamp() + float(call.limits["X-RateLimit-Reset-After"])
            call.limits["X-RateLimit-Reset"] = f"{reset:.3f}"
        if verdict.wait > 0:
            return too_many(call, verdict.wait, is_global=verdict.is_global)
        try:
            end_polls_that_are_due(self.world)
            call.answer = route.handler(self.world, call)
            call.status = call.status or (204 if call.answer is None else 200)
        except Refusal as refusal:
            return self._refused(call, refusal)
        except Exception as error:
            # A body that no check here foresaw: tests should see it, not only a log.
            self.violations.append(f"{call.method} {call.route}: {error!r}")
            raise
        return answered(call)

    def _refused(self, call: Call, refusal: Refusal) -> web.Response:
        """What breaks the schema, a size, or is no route of Discord's, is a violation."""
        call.status, call.answer = refusal.status, refusal.body
        if isinstance(refusal, Violation):
            self.violations.append(f"{call.method} {call.route}: {refusal.text}")
        elif refusal.status == 413 or not call.route:
            self.violations.append(f"{call.method} {call.path}: {refusal.message}")
        return answered(call)

    def _noted(self, call: Call, reply: web.StreamResponse) -> web.StreamResponse:
        if call.status == 429:
            self.refused_429.append(call)
        return reply

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Addresses of attachments are good for a day."""
        call = Call(
            method="GET",
            path=request.path,
            number=len(self.calls),
            at=int(self.world.seconds() * 1000),
            route="/attachments",
            query=dict(request.query),
        )
        self.calls.append(call)
        if fault := self._faults.take(call):
            return await spoiled(fault, request, call)
        file = self.world.files.get(int(request.match_info["file"]))
        ends = int(request.query.get("ex", "0"), 16)
        if file is None or ends < self.world.now().timestamp():
            call.status = 404
            return web.Response(status=404, text="This content is no longer available.")
        call.status = 200
        return web.Response(body=file.content, content_type=file.mime)

    async def _date(self, _: web.Request, reply: web.StreamResponse) -> None:
        """The header that shows a client how wrong its own clock is."""
        reply.headers["Date"] = format_datetime(self.world.now(), usegmt=True)
