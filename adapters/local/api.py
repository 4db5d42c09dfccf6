"""The chat's JSON API: what the page does, and what tests and scripts do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from adapters.local.chat import LocalChat
from adapters.local.control import Control
from adapters.local.gate import PERSON
from adapters.local.travel import Travel
from adapters.local.values import Mistake
from adapters.local.wire import (
    AdvanceRequest,
    DeleteRequest,
    EditRequest,
    PressRequest,
    ReactRequest,
    SayRequest,
    linked_file,
    shown_message,
)
from bot.domain.errors import StorageTrouble
from bot.domain.files import MAX_FILE, picture_type
from bot.domain.messages import File
from bot.domain.ports import FileStore

log = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Any]]


class Api:
    """The routes under /api and /files."""

    def __init__(self, chat: LocalChat, files: FileStore, control: Control, travel: Travel) -> None:
        self._chat = chat
        self._files = files
        self._control = control
        self._travel = travel

    def routes(self) -> list[Route]:
        return [
            Route("/api/state", self._json(self._state)),
            Route("/api/messages", self._json(self._messages)),
            Route("/api/answers", self._json(self._answers)),
            Route("/api/say", self._json(self._say), methods=["POST"]),
            Route("/api/press", self._json(self._press), methods=["POST"]),
            Route("/api/react", self._json(self._react), methods=["POST"]),
            Route("/api/edit", self._json(self._edit), methods=["POST"]),
            Route("/api/delete", self._json(self._delete), methods=["POST"]),
            Route("/api/advance", self._json(self._advance), methods=["POST"]),
            Route("/api/files", self._json(self._upload), methods=["POST"]),
            Route("/api/{rest:path}", self._json(_nothing_here), methods=["GET", "POST"]),
            Route("/files/{sha256}/{name}", self._json(self._file)),
        ]

    def _json(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                result = await handler(request)
            except Mistake as mistake:
                return self._problem(mistake.id, mistake.status)
            except StorageTrouble as trouble:
                return self._problem(trouble.text.id, 503, **trouble.text.values)
            except (msgspec.DecodeError, HTTPException):  # not JSON, other fields, not a form
                return self._problem("api.bad_request", 400)
            return result if isinstance(result, Response) else _encoded(result)

        return answer

    def _problem(self, id: str, status: int, **values: Any) -> Response:
        text = self._control.texts.say(self._control.language, id, **values)
        return _encoded({"error": id, "message": text}, status)

    # --- reading ------------------------------------------------------------------------------------------------------

    async def _state(self, request: Request) -> dict[str, Any]:
        control, chat = self._control, self._chat
        person = chat.person(self._asking(request) or next(iter(chat.people), ""))
        room = chat.room_or_first(request.query_params.get("room", ""), person)
        day, pinned = control.day(room), await chat.pinned(person.id, room.id)
        return {
            "now": control.now().astimezone(ZoneInfo(control.zone)).isoformat(),
            "day": {"number": day[0], "of": day[1]} if day else None,
            "title": control.title,
            "demo": control.is_demo,
            "language": control.language,
            "me": person.id,
            "people": [
                {"id": p.id, "name": p.name, "role": control.role(p, room), "is_scripted": p.is_scripted}
                for p in (chat.people.values() if control.is_demo else [person])
            ],
            "pinned": pinned.number if pinned else None,
            "rooms": [{"id": room.id, "title": room.title} for room in chat.rooms_of(person)],
            "commands": [{"name": c.name, "summary": c.summary} for c in control.commands(person, room)],
        }

    async def _messages(self, request: Request) -> dict[str, Any]:
        newest = self._chat.revision
        room, after = request.query_params.get("room", ""), _number(request.query_params.get("after"))
        who = self._asking(request)
        found = await self._chat.changes(who, room, after)
        # The next question starts behind the last one given: there may be more than one answer holds.
        revision = found[-1].revision if found else max(newest, after)
        return {"messages": [shown_message(message, who) for message in found], "revision": revision}

    async def _answers(self, request: Request) -> dict[str, Any]:
        newest, after = self._chat.revision, _number(request.query_params.get("after"))
        found = await self._chat.answers(self._asking(request), after)
        answers = [{"interaction": a.interaction, "text": a.text, "revision": a.revision} for a in found]
        return {"answers": answers, "revision": found[-1].revision if found else max(newest, after)}

    def _asking(self, request: Request) -> str:
        return self._who(request, request.query_params.get("as", ""))

    def _who(self, request: Request, claimed: str) -> str:
        """A session's person; the claimed one in a demo only."""
        return claimed if self._control.is_demo else str(request.scope.get(PERSON))

    # --- acting -------------------------------------------------------------------------------------------------------

    async def _say(self, request: Request) -> dict[str, Any]:
        asked = await _decoded(request, SayRequest)
        who = self._who(request, asked.person)
        files = [await self._known(upload) for upload in asked.files[:20]]
        key = f"{who}:{asked.key[:64]}" if asked.key else None
        number = await self._chat.say(who, asked.room, asked.text, reply_to=asked.reply_to, files=files, key=key)
        await self._settled(asked.wait)
        return {"number": number}

    async def _press(self, request: Request) -> dict[str, Any]:
        asked = await _decoded(request, PressRequest)
        who, before = self._who(request, asked.person), self._chat.revision
        interaction = await self._chat.press(who, asked.room, asked.message, asked.command)
        await self._settled(asked.wait)
        answers = await self._chat.answers(who, before) if asked.wait else []
        answer = next((answer.text for answer in answers if answer.interaction == interaction), None)
        return {"interaction": interaction} | ({} if answer is None else {"answer": answer})

    async def _react(self, request: Request) -> dict[str, Any]:
        asked = await _decoded(request, ReactRequest)
        who = self._who(request, asked.person)
        await self._chat.react(who, asked.room, asked.message, asked.reaction, on=asked.on)
        return await self._done(asked)

    async def _edit(self, request: Request) -> dict[str, Any]:
        asked = await _decoded(request, EditRequest)
        await self._chat.edit(self._who(request, asked.person), asked.room, asked.message, asked.text)
        return await self._done(asked)

    async def _delete(self, request: Request) -> dict[str, Any]:
        asked = await _decoded(request, DeleteRequest)
        await self._chat.delete(self._who(request, asked.person), asked.room, asked.message)
        return await self._done(asked)

    async def _done(self, asked: ReactRequest | EditRequest | DeleteRequest) -> dict[str, Any]:
        await self._settled(asked.wait)
        return {"number": asked.message}

    async def _advance(self, request: Request) -> dict[str, Any]:
        now = await self._travel.go((await _decoded(request, AdvanceRequest)).to)
        return {"now": now.astimezone(ZoneInfo(self._control.zone)).isoformat()}

    async def _settled(self, wait: bool) -> None:
        if wait:
            await self._control.settle()

    # --- files --------------------------------------------------------------------------------------------------------

    async def _upload(self, request: Request) -> dict[str, Any]:
        async with request.form(max_files=1, max_fields=4) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Mistake("api.no_file")
            content = await file.read()
            if len(content) > MAX_FILE:
                raise Mistake("chat.file_too_large", 413)
            media_type = picture_type(content) or _harmless(file.content_type)
            return linked_file(await self._keep(file.filename or "", media_type, content))

    async def _keep(self, name: str, media_type: str, content: bytes) -> File:
        try:
            return await asyncio.to_thread(self._files.keep, name, media_type, content)
        except OSError as error:
            log.warning("a file could not be kept: %s", error)
            raise Mistake("api.file_not_kept", 503) from error

    async def _known(self, upload: File) -> File:
        """The upload as it really is, whatever the sender says of it."""
        path = self._files.path(upload.sha256)
        if path is None:
            raise Mistake("api.file_unknown", 404)
        media_type = await asyncio.to_thread(_picture_type_of, path) or _harmless(upload.media_type)
        name = upload.name.replace("\\", "/").rsplit("/", 1)[-1].replace("\0", "")[:120] or "file"
        return File(name=name, media_type=media_type, size=path.stat().st_size, sha256=upload.sha256)

    async def _file(self, request: Request) -> Response:
        path = self._files.path(request.path_params["sha256"])
        if path is None:
            raise Mistake("api.file_unknown", 404)
        picture = await asyncio.to_thread(_picture_type_of, path)
        return FileResponse(
            path,
            media_type=picture or "application/octet-stream",
            filename=request.path_params["name"],
            content_disposition_type="inline" if picture else "attachment",
            headers={
                "content-security-policy": "sandbox; default-src 'none'",
                "cache-control": "private, max-age=31536000, immutable",
            },
        )


async def _decoded(request: Request, type_: type[Any]) -> Any:
    return msgspec.json.decode(await request.body(), type=type_)


def _encoded(content: Any, status: int = 200) -> Response:
    headers = {"cache-control": "no-store"}
    return Response(msgspec.json.encode(content), status, headers, media_type="application/json")


async def _nothing_here(_request: Request) -> Any:
    raise Mistake("api.nothing_here", 404)


def _number(text: str | None) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Mistake("api.bad_request")
    return int(text)


def _picture_type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return picture_type(file.read(16))


def _harmless(media_type: str | None) -> str:
    # What claims to be a picture and is none is shown as a file.
    type_ = (media_type or "").lower()
    return type_ if type_ and not type_.startswith("image/") else "application/octet-stream"
