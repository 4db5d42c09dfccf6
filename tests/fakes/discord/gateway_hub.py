"""What all connections share: the sessions, the world's view, the counters, what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.fakes.discord.gateway_connection import Connection
from tests.fakes.discord.gateway_events import trouble
from tests.fakes.discord.gateway_intents import PRIVILEGED, Intents, Json
from tests.fakes.discord.gateway_session import Session


@dataclass(kw_only=True)
class GatewayLimits:
    """Lengths of time in seconds, on the gateway's `now`."""

    sends: int = 120  # payloads of one client …
    sends_seconds: float = 60.0
    max_concurrency: int = 1  # IDENTIFYs …
    starts_seconds: float = 5.0
    resume_seconds: float = 180.0  # how long a session is kept after its connection dropped

    @classmethod
    def off(cls) -> Self:
        """Sessions may start as often as they like."""
        return cls(sends=10**9, starts_seconds=0.0)


@dataclass(kw_only=True, eq=False, repr=False)
class Hub:
    """`heartbeat_interval` is in milliseconds. `violations` lists who broke which rule, client or world."""

    token: str
    ready: Callable[[], Json]  # user, application, guilds
    guilds: Callable[[], list[Json]]
    members: Callable[[str], list[Json]]
    now: Callable[[], float]
    limits: GatewayLimits
    url: str = ""
    heartbeat_interval: int = 41_250
    privileged_allowed: Intents = PRIVILEGED
    connections: int = 0
    identifies: int = 0
    resumes: int = 0
    heartbeats: int = 0
    violations: list[str] = field(default_factory=list)
    live: list[Connection] = field(default_factory=list)
    sessions: dict[str, Session] = field(default_factory=dict)
    started_at: dict[int, float] = field(default_factory=dict)  # the last IDENTIFY of each bucket
    sessions_made: int = 0
    _change: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self) -> None:
        """Wakes who waits for a condition."""
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, check: Callable[[], bool], seconds: float, what: str) -> None:
        """Raises TimeoutError, in real seconds, with `what` did not happen."""
        try:
            async with asyncio.timeout(seconds):
                while not check():
                    await self._change.wait()
        except TimeoutError:
            raise TimeoutError(f"not {what} after {seconds} s; violations: {self.violations}") from None

    def violate(self, text: str) -> None:
        self.violations.append(text)

    def check(self, name: str, data: Mapping[str, Any], guild_id: str | None = None) -> None:
        """Records what is wrong with an event."""
        wrong = trouble(name, data)
        if wrong is not None:
            self.violate(wrong)
        named = data.get("id") if name in {"GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE"} else data.get("guild_id")
        if named != guild_id:
            self.violate(f"{name}: sent for guild {guild_id}, but it says {named}")

    def start(self, connection: Connection, intents: Intents, shard: tuple[int, int] | None) -> None:
        """A new session: READY, then its guilds one by one."""
        seen = self.ready()
        self.sessions_made += 1
        session = Session(
            id=f"{self.sessions_made:032x}", me=seen["user"]["id"], intents=intents, shard=shard or (0, 1)
        )
        self.sessions[session.id] = session
        session.connection, connection.session = connection, session
        ready: Json = {
            "v": 10,
            **seen,
            "guilds": [each for each in seen["guilds"] if session.is_for(each["id"])],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            **({"shard": list(shard)} if shard else {}),
        }
        self.check("READY", ready)
        session.tell("READY", ready)
        for guild in self.guilds():
            self.check("GUILD_CREATE", guild, guild["id"])
            # Only a guild that was known before says that it is there again.
            session.offer("GUILD_CREATE", {"unavailable": False, **guild}, guild["id"])

    def resumable(self, session_id: str | None, seq: int | None) -> Session | None:
        session = self.sessions.get(session_id or "")
        if session is None or session.is_lost or seq is None or seq > session.seq:
            return None
        is_late = session.connection is None and self.now() - session.left_at > self.limits.resume_seconds
        return None if is_late else session

    def left(self, connection: Connection, *, is_given_up: bool) -> None:
        """The connection is gone; its session stays for a while, unless it was given up or lost."""
        self.live.remove(connection)
        session = connection.session
        if session is not None:
            session.connection, session.left_at = None, self.now()
            if is_given_up or session.is_lost:
                self.sessions.pop(session.id, None)
        self.changed()
