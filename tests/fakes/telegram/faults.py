"""What goes wrong on purpose: answers that fail, replies that get lost, connections that hang."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.fakes.telegram.errors import Refusal
from tests.fakes.telegram.wire import Call

Where = Callable[[Mapping[str, Any]], bool]
Kind = Literal[
    "unauthorized",
    "forbidden",
    "bad_request",
    "conflict",
    "too_many",
    "server",
    "timeout_before",
    "lost_reply",
    "malformed",
    "truncated",
    "slow",
]
_DESCRIPTIONS = {
    "unauthorized": (401, "Unauthorized"),
    "forbidden": (403, "Forbidden: bot was blocked by the user"),
    "bad_request": (400, "Bad Request: chat not found"),
    "conflict": (
        409,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    ),
}
_HTML = "<html><head><title>{code} Bad Gateway</title></head><body><center><h1>{code}</h1></center></body></html>"


@dataclass(kw_only=True, eq=False)
class Fault:
    """`seconds`: how long a slow answer takes, or a broken connection is held before it is dropped."""

    method: str  # "*" is any, "download" fetching a file
    kind: Kind
    times: int = 1
    where: Where | None = None
    description: str | None = None
    retry_after: int = 1
    code: int = 502
    seconds: float = 0.0

    def fits(self, call: Call) -> bool:
        return self.times > 0 and self.method in {"*", call.method} and (self.where is None or self.where(call.params))

    @property
    def has_refusal(self) -> bool:
        """Whether it answers as the API refuses, in JSON."""
        return self.kind in {*_DESCRIPTIONS, "too_many"}

    @property
    def is_before(self) -> bool:
        """Whether the request is never looked at."""
        return self.has_refusal or self.kind in {"server", "timeout_before"}


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


def refusal(fault: Fault) -> Refusal:
    if fault.kind == "too_many":
        text = f"Too Many Requests: retry after {fault.retry_after}"
        return Refusal(429, text, retry_after=fault.retry_after)
    code, description = _DESCRIPTIONS[fault.kind]
    return Refusal(code, fault.description or description)


async def spoiled(fault: Fault, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """The reply as the fault leaves it; `body` is what would have been said."""
    await asyncio.sleep(fault.seconds)
    if fault.kind == "server":
        return web.Response(status=fault.code, text=_HTML.format(code=fault.code), content_type="text/html")
    if fault.kind in {"timeout_before", "lost_reply"}:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if fault.kind == "malformed":
        return web.Response(text="<ok>surprise</ok>", content_type="application/json")
    if fault.kind == "truncated":
        return web.Response(text=json.dumps(body)[:-7], content_type="application/json")
    return answered(body)


def answered(body: dict[str, Any]) -> web.Response:
    return web.json_response(body, status=200 if body["ok"] else body["error_code"])
