"""The local chat as a town: its server is the process itself, so everybody says a thing until it is acknowledged."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import httpx

from adapters.local.access import make_link
from adapters.local.values import BOT, Person
from bench.crash.course import space
from bench.crash.town import Asked, Heard
from bench.crash.values import MAIN, ROOMS, STAFF, Posted
from scheduler.clock import RealClock
from storage.database import Database
from storage.documents import Documents
from tests.process import free_ports

_PATIENCE = 300.0  # seconds until somebody gives up on one thing
_AGAIN = 0.05
_PRIVATE = "private:"


class LocalTown:
    """Whoever enters is signed in, as `./homeroom signin` does it."""

    platform, workers, keeps_every_edit, is_exact = "local", 8, True, True
    seldom: Mapping[str, float] = MappingProxyType({"run": 0.5, "question": 0.5})

    def __init__(self, database: str) -> None:
        [self._port] = free_ports(1)
        self._address = f"http://127.0.0.1:{self._port}"
        self._url = database
        self._database: Database | None = None
        self._client = httpx.AsyncClient(base_url=self._address, trust_env=False, timeout=30)
        self._cookies: dict[str, str] = {}
        self._acts = 0
        self.life = self.posts = 0

    # --- the process --------------------------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        return {"port": self._port}

    def spaces(self) -> list[dict[str, Any]]:
        return [space(room, local=room) for room in (*ROOMS, STAFF)]

    def admin(self) -> str:
        return "local:chen"

    def launched(self) -> None:
        pass

    async def is_at_work(self) -> bool:
        try:
            return (await self._client.get("/api/state")).status_code != 503
        except httpx.TransportError:
            return False

    def killed(self) -> None:
        pass

    # --- people -------------------------------------------------------------------------------------------------------

    async def enter(self, name: str) -> str:
        person = Person(id=name, name=name.title(), is_staff=name == "chen")
        while name not in self._cookies:
            # A link works once: it may have been used up by a process that was killed before it could say so.
            link = await make_link(Documents(self._kept, self.platform), person, self._address, RealClock().now())
            answer = await self._insist("POST", link, fine=(303, 410))
            if answer.status_code == 303:
                self._cookies[name] = "; ".join(f"{key}={value}" for key, value in answer.cookies.items())
            self._client.cookies.clear()
        return name

    @property
    def _kept(self) -> Database:
        """Opened when the process has made it."""
        self._database = self._database or Database(self._url)
        return self._database

    async def says(self, name: str, room: str, text: str) -> tuple[str, str]:
        self._acts += 1
        said = {"room": room, "text": text, "key": str(self._acts), "wait": self._acts % 2 == 0}
        number = (await self._does(name, "say", **said))["number"]
        return str(number), f"message local:{room}:{number}"

    async def edits(self, name: str, room: str, message: str, text: str) -> None:
        await self._does(name, "edit", room=room, message=int(message), text=text)

    async def asks(self, name: str, room: str, command: str, **options: str) -> Asked:
        number, _ = await self.says(name, room, " ".join([f"/{command}", *options.values()]))
        return Asked(cause=f"local:message:{number}")

    async def presses(self, name: str) -> Heard | None:
        page = (await self._insist("GET", "/api/messages?room=main&after=0", who=name)).json()
        for message in reversed(page["messages"]):
            for button in message["buttons"]:
                if button["command"].startswith("checkin"):
                    await self._does(name, "press", room=MAIN, message=message["number"], command=button["command"])
                    return lambda: True
        return None

    async def _does(self, name: str, call: str, **content: Any) -> dict[str, Any]:
        done: dict[str, Any] = (await self._insist("POST", f"/api/{call}", who=name, json=content)).json()
        self.posts += 1
        return done

    async def _insist(
        self, method: str, path: str, *, who: str = "", fine: tuple[int, ...] = (200,), **more: Any
    ) -> httpx.Response:
        headers = {"cookie": self._cookies[who]} if who else {}
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                answer = await self._client.request(method, path, headers=headers, **more)
                if answer.status_code in fine:
                    return answer
                if answer.status_code != 503:
                    raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
            except httpx.TransportError:
                pass
            await asyncio.sleep(_AGAIN)
        raise TimeoutError(f"{method} {path} was never acknowledged")

    # --- the bot ------------------------------------------------------------------------------------------------------

    def is_quiet(self) -> bool:
        return True

    def posted(self) -> list[Posted]:
        """From the chat's own documents: here they are what a server elsewhere would have."""
        from sqlalchemy import select

        from storage.tables import adapter_document as document

        query = select(document.c.value).where(document.c.adapter == "local", document.c.kind.like("message:%"))
        with self._kept.begin() as db:
            values = [value for (value,) in db.execute(query) if value["author"] == BOT]
        return [
            Posted(
                room=value["room"].removeprefix(_PRIVATE),
                id=str(value["number"]),
                text="".join(piece["text"] if isinstance(piece, dict) else piece[0] for piece in value["body"]),
                life=0,
            )
            for value in values
        ]

    def shown(self) -> dict[tuple[str, str], str]:
        return {(one.room, one.id): one.text for one in self.posted()}

    async def close(self) -> None:
        await self._client.aclose()
        if self._database is not None:
            self._database.close()
