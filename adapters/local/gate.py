"""The door in front of everything that the web server answers, its sockets included."""

import html
from collections.abc import Callable

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from adapters.local.access import Access
from adapters.local.chat import LocalChat
from adapters.local.values import Mistake
from bot.domain.files import MAX_FILE

PERSON = "homeroom.person"
"""Where the scope of a request keeps the id of the person who is signed in."""
_MAX_BODY = 2 * 1024 * 1024  # bytes; a text of 200,000 Chinese characters escaped as JSON fits
_MAX_UPLOAD = MAX_FILE + 64 * 1024
# No request leaves the machine, whatever a message contains. NiceGUI needs inline scripts and Vue's compiler.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

Say = Callable[[str], str]
"""The text of a message id, in the language of the page."""


class Gate:
    """ASGI middleware: our names only, sessions where they are needed, bodies of a bounded size."""

    def __init__(self, app: ASGIApp, access: Access, say: Say, port: int) -> None:
        self.app = app
        self._access = access
        self._say = say
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        try:
            await self._admit(scope)
        except Mistake as mistake:
            await self._refuse(mistake, scope, receive, send)
            return
        await self._pass(scope, receive, send)

    async def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if not self._access.is_our_host(headers.get("host", ""), self._port):
            raise Mistake("access.wrong_host", 403)
        origin = headers.get("origin")
        if origin is not None and not self._access.is_our_origin(origin, self._port):
            raise Mistake("access.wrong_origin", 403)
        if self._access.is_demo:
            return
        scope[PERSON] = await self._access.holder(_cookie(headers, cookie_name(self._port)))
        if scope[PERSON] is None and not scope["path"].startswith("/signin/"):
            raise Mistake("access.no_session", 401)

    async def _refuse(self, mistake: Mistake, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        response = refusal(mistake, self._say(mistake.id), is_api=scope["path"].startswith("/api/"))
        await response(scope, receive, _with_headers(send))

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        body = _Body(receive, _MAX_UPLOAD if scope["path"] == "/api/files" else _MAX_BODY)
        started = _Started(_with_headers(send))
        try:
            body.check(Headers(scope=scope).get("content-length"))
            await self.app(scope, body.receive, started.send)
        except Mistake as mistake:
            if started.is_started:
                raise
            await self._refuse(mistake, scope, receive, send)


def refusal(mistake: Mistake, sentence: str, *, is_api: bool) -> Response:
    """One sentence, as JSON for scripts."""
    if not is_api:
        return PlainTextResponse(sentence + "\n", mistake.status)
    content = msgspec.json.encode({"error": mistake.id, "message": sentence})
    return Response(content, mistake.status, media_type="application/json")


def sign_in_routes(chat: LocalChat, access: Access, say: Say, port: int) -> list[Route]:
    """The page of a sign-in link. A preview of the link (GET) does not use it up; the button (POST) does."""

    async def show(_request: Request) -> Response:
        return HTMLResponse(
            _page(say("page.sign_in_title"), say("page.sign_in")), headers={"cache-control": "no-store"}
        )

    async def use(request: Request) -> Response:
        try:
            person, secret = await access.sign_in(request.path_params["token"])
        except Mistake as mistake:
            return refusal(mistake, say(mistake.id), is_api=False)
        await chat.welcome(person)
        response = RedirectResponse("/", 303)
        response.set_cookie(
            cookie_name(port), secret, max_age=access.session_seconds, httponly=True, samesite="strict", path="/"
        )
        return response

    return [Route("/signin/{token}", show), Route("/signin/{token}", use, methods=["POST"])]


def cookie_name(port: int) -> str:
    """Cookies are shared by all ports of a machine, so the port is in the name."""
    return f"homeroom_session_{port}"


def _cookie(headers: Headers, name: str) -> str | None:
    # By hand: other programs of this machine set cookies for us, too, and a parser stops at the first odd one.
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return next((value for found, _, value in pairs if found == name), None)


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


class _Started:
    """Remembers whether an answer has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_started = False

    async def send(self, message: Message) -> None:
        self.is_started = True
        await self._send(message)


class _Body:
    """A request's body, refused as soon as it is longer than it may be."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    def check(self, length: str | None) -> None:
        if length is not None and length.isdigit() and int(length) > self._left:
            raise Mistake("access.body_too_large", 413)

    async def receive(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise Mistake("access.body_too_large", 413)
        return message


def _page(title: str, button: str) -> str:
    return f"""<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{html.escape(title)}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 17px/1.6 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
  min-height: 90vh; display: grid; place-content: center; gap: 20px; text-align: center; padding: 16px }}
h1 {{ font-size: 20px; font-weight: 600; margin: 0 }}
button {{ font: inherit; padding: 12px 32px; border: 0; border-radius: 12px; background: #2f7d5b; color: #fff;
  cursor: pointer }}
</style>
<h1>{html.escape(title)}</h1>
<form method="post"><button data-testid="sign-in">{html.escape(button)}</button></form>"""
