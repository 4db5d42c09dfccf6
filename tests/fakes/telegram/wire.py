"""Reading one request: JSON, urlencoded or multipart, all three become the same Call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.telegram.errors import Refusal, Violation
from tests.fakes.telegram.schema import decoded, schema_of, validate


@dataclass(frozen=True, kw_only=True)
class Upload:
    content: bytes
    name: str
    mime: str


@dataclass(kw_only=True, eq=False)
class Call:
    """A request, for the log as well. `at` counts the world's seconds; `answer` is the body sent (or meant)."""

    method: str
    params: dict[str, Any]
    at: float
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None

    @property
    def is_ok(self) -> bool:
        return bool(self.answer.get("ok"))


async def read_call(request: web.Request, at: float) -> Call:
    """The call as it came: what forms have is still text."""
    method = request.match_info["method"]
    if request.content_type == "application/json":
        body = await request.json() if request.can_read_body else {}
        return Call(method=method, params={**request.query, **body}, at=at)
    form = await request.post()
    fields: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            with value.file as content:
                uploads[name] = Upload(content=content.read(), name=value.filename, mime=value.content_type)
        else:
            fields[name] = value
    return Call(method=method, params=fields, at=at, uploads=uploads)


def check_call(call: Call) -> None:
    """Decodes and validates in place. Raises Violation, or Refusal 404 for what is no method."""
    model = schema_of(call.method)
    if model is None:
        raise Refusal(404, "Not Found: method not found")
    call.method = str(model.__api_method__)
    call.params = decoded(model, call.params)
    for name in call.uploads:
        # A file field of its own is the value; what an `attach://` names is no parameter.
        if name in model.model_fields:
            call.params[name] = f"attach://{name}"
    validate(model, call.params)
    _check_attached(call)


def _check_attached(call: Call) -> None:
    named = {text.removeprefix("attach://") for text in _texts(call.params) if text.startswith("attach://")}
    if missing := named - call.uploads.keys():
        raise Violation(f"no file was uploaded for {sorted(missing)}")
    if spare := call.uploads.keys() - named:
        raise Violation(f"nothing refers to the uploads {sorted(spare)}")


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inside for text in _texts(each)]
