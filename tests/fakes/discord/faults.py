"""What goes wrong on purpose: answers that fail, replies that get lost, connections that break."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from aiohttp import web

from tests.fakes.discord.errors import Refusal
from tests.fakes.discord.wire import Call, answered, too_many

Where = Callable[[Mapping[str, Any]], bool]
Kind = Literal["server", "html", "closed", "lost_reply", "too_many", "slow", "malformed", "unauthorized", "refused"]
_HTML = "<html><head><title>{code}</title></head><body><center><h1>{code}</h1></center><hr>cloudflare</body></html>"


@dataclass(kw_only=True, eq=False)
class Fault:
    """`route`: "POST /channels/*/messages"; "*" stands for anything. `where` picks by the body.

    `seconds`: how long a slow answer takes, or a connection is held before it breaks. `status` is that of "server",
    "html" and "refused", `code` the Discord code of "refused".
    """

    route: str
    kind: Kind
    times: int = 1
    where: Where | None = None
    status: int = 502
    code: int = 0
    retry_after: float = 1.0
    is_global: bool = False
    seconds: float = 0.0

    def fits(self, call: Call) -> bool:
        named = fnmatchcase(f"{call.method} {call.path}", self.route) or self.route == f"{call.method} {call.route}"
        body = call.body if isinstance(call.body, dict) else {}
        return self.times > 0 and named and (self.where is None or self.where(body))

    @property
    def is_before(self) -> bool:
        """Whether the request is never looked at."""
        return self.kind not in {"lost_reply", "slow", "malformed"}


@dataclass(eq=False)
class Faults:
    planned: list[Fault] = field(default_factory=list)

    def take(self, call: Call) -> Fault | None:
        """The first that fits, used up once."""
        for fault in self.planned:
            if fault.fits(call):
                fault.times -= 1
                call.fault = fault.kind
                return fault
        return None


async def spoiled(fault: Fault, request: web.Request, call: Call) -> web.StreamResponse:
    """The reply as the fault leaves it; `call` holds what would have been said."""
    await asyncio.sleep(fault.seconds)
    if fault.kind in {"closed", "lost_reply"}:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.kind == "html":
        call.status = fault.status
        return web.Response(status=fault.status, text=_HTML.format(code=fault.status), content_type="text/html")
    if fault.kind == "malformed":
        return web.Response(status=call.status, text=json.dumps(call.answer)[:-1] + "…", content_type="text/plain")
    if fault.kind == "too_many":
        return too_many(call, fault.retry_after, is_global=fault.is_global)
    if fault.kind != "slow":
        refusal = _refusal(fault)
        call.status, call.answer = refusal.status, refusal.body
    return answered(call)


def _refusal(fault: Fault) -> Refusal:
    if fault.kind == "unauthorized":
        return Refusal(401, 0, "401: Unauthorized")
    return Refusal(fault.status, fault.code, f"{fault.status}: as the test wanted it")
