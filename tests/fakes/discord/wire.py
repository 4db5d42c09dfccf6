"""Reading one request, JSON or multipart, and writing its answer."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.discord.errors import Violation, known


@dataclass(frozen=True, kw_only=True)
class Upload:
    content: bytes
    name: str
    mime: str


@dataclass(kw_only=True, eq=False)
class Call:
    """A request, for the log as well. `number` says in which order they came, `at` when, in real milliseconds.

    `uploads`: by the number in `files[n]`. `answer` and `status` are what was sent, or meant.
    """

    method: str
    path: str
    number: int
    at: int
    route: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    uploads: Mapping[int, Upload] = field(default_factory=dict)
    status: int = 0
    answer: Any = None
    limits: dict[str, str] = field(default_factory=dict)
    fault: str | None = None

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def id(self, name: str, unknown: int) -> int:
        """An id of the path; what is no number refers to nothing."""
        text = self.ids[name]
        if not text.isascii() or not text.isdigit():
            raise known(unknown)
        return int(text)

    def asked(self, name: str, default: int, least: int, most: int) -> int:
        """A number of the query. Raises Violation outside its range."""
        text = self.query.get(name, str(default))
        if not text.isdigit() or not least <= int(text) <= most:
            raise Violation(name, f"int value should be between {least} and {most}, is {text}")
        return int(text)

    def whether(self, name: str) -> bool:
        return self.query.get(name, "false").lower() in {"true", "1"}


async def read_body(request: web.Request, call: Call) -> None:
    """Fills body and uploads. Raises Violation for what is no JSON."""
    if request.content_type.startswith("multipart/"):
        await _read_form(request, call)
        return
    text = await request.text()
    if not text:
        return
    try:
        call.body = json.loads(text)
    except ValueError as error:
        raise Violation("", "The request body contains invalid JSON.") from error


async def _read_form(request: web.Request, call: Call) -> None:
    uploads: dict[int, Upload] = {}
    for name, value in (await request.post()).items():
        number = re.fullmatch(r"files\[(\d+)\]", name)
        if isinstance(value, web.FileField):
            if number is None:
                raise Violation(name, "files are named files[n]")
            with value.file as content:
                uploads[int(number[1])] = Upload(content=content.read(), name=value.filename, mime=value.content_type)
        elif name == "payload_json":
            call.body = json.loads(value if isinstance(value, str) else bytes(value).decode())
        else:
            raise Violation(name, "a form has payload_json and files[n]")
    call.body = {} if call.body is None else call.body
    call.uploads = uploads


def answered(call: Call) -> web.Response:
    """Content-Type is exactly application/json, as clients compare it."""
    if call.answer is None:
        return web.Response(status=call.status, headers=call.limits)
    content = json.dumps(call.answer).encode()
    return web.Response(status=call.status, body=content, headers={**call.limits, "Content-Type": "application/json"})


def too_many(call: Call, seconds: float, *, is_global: bool) -> web.Response:
    """429 as it comes through Discord's proxy."""
    call.status = 429
    call.answer = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": is_global}
    call.limits |= {
        "Via": "1.1 google",
        "Retry-After": str(max(1, math.ceil(seconds))),
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    if is_global:
        call.limits["X-RateLimit-Global"] = "true"
    return answered(call)
