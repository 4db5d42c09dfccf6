"""Discord's gateway, version 10, as a handler for aiohttp: sessions, RESUME, shards, and what goes wrong on purpose.

gateway = Gateway("the-token", ready=…, guilds=…, members=…)
app.router.add_get("/gateway", gateway.handler)
gateway.url = f"ws://127.0.0.1:{port}/gateway"
...                                          # start a client
await gateway.connected()
gateway.dispatch("MESSAGE_CREATE", message, guild_id="77")
await gateway.idle()                         # the client has it
gateway.drop()                               # the line is cut; the client comes back and resumes
gateway.dispatch("MESSAGE_CREATE", another, guild_id="77")
await gateway.connected()
assert gateway.resumes == 1 and not gateway.violations
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord.gateway_connection import Connection, squeeze
from tests.fakes.discord.gateway_hub import GatewayLimits, Hub
from tests.fakes.discord.gateway_intents import Json
from tests.fakes.discord.gateway_talk import hear
from tests.fakes.discord.gateway_wire import ENDS_SESSION, GIVES_UP_SESSION, Broken, Close, Op

__all__ = ["Gateway", "GatewayLimits"]

_NO_MISTAKE = frozenset({Close.AUTHENTICATION_FAILED, Close.DISALLOWED_INTENTS})  # a wrong setting, not a wrong client


class Gateway(Hub):
    """`ready` gives user, application and guilds; `guilds` whole GUILD_CREATEs; `members` those of a guild's id.

    Counters: `connections` (the refused too), `identifies`, `resumes`, `heartbeats`. Settable at any time: `url`,
    `heartbeat_interval`, `privileged_allowed`, `limits`.
    """

    def __init__(
        self,
        token: str,
        ready: Callable[[], Json],
        guilds: Callable[[], list[Json]],
        members: Callable[[str], list[Json]],
        *,
        now: Callable[[], float] | None = None,
        limits: GatewayLimits | None = None,
    ) -> None:
        super().__init__(
            token=token,
            ready=ready,
            guilds=guilds,
            members=members,
            now=now or (lambda: asyncio.get_running_loop().time()),
            limits=limits or GatewayLimits(),
        )
        self._to_refuse = 0
        self._to_double = 0
        self._is_holding = False

    async def handler(self, request: web.Request) -> web.WebSocketResponse:
        self.connections += 1
        if self._to_refuse:
            self._to_refuse -= 1
            # A line that is merely cut here is tried again by aiohttp, unseen, if it came from its pool.
            raise web.HTTPServiceUnavailable(headers={"Connection": "close"})
        connection = Connection(
            socket=(socket := web.WebSocketResponse()),
            request=request,
            squeeze=squeeze(request.query.get("compress")),
            is_held=self._is_holding,
        )
        await socket.prepare(request)
        self.live.append(connection)
        writer = asyncio.create_task(connection.write())
        code = None
        try:
            code = await self._serve(connection)
        finally:
            writer.cancel()
            self.left(connection, is_given_up=code in GIVES_UP_SESSION)
        return socket

    async def _serve(self, connection: Connection) -> int | None:
        """The code that the client closed it with, if it did."""
        query = connection.request.query
        if query.get("v") != "10" or query.get("encoding") != "json":
            self.violate(f"the gateway was asked for {dict(query)}")
            connection.close(Close.INVALID_VERSION)
        else:
            connection.say(Op.HELLO, {"heartbeat_interval": self.heartbeat_interval})
        while True:
            message = await connection.socket.receive()
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                # The socket's own close_code is 1000 for a line that was cut, too.
                return message.data if message.type is WSMsgType.CLOSE else None
            self._hear(connection, message.data)

    def _hear(self, connection: Connection, text: str | bytes) -> None:
        try:
            hear(self, connection, text)
        except Broken as error:
            if error.code not in _NO_MISTAKE:
                self.violate(f"closed with {error.code:d}: {error}")
            connection.close(error.code)
        self.changed()

    # What the world does.

    def dispatch(self, name: str, data: Mapping[str, Any], *, guild_id: str | None = None) -> None:
        """To every session that wants it, also to those whose client is away: they hear it after RESUME."""
        self.check(name, data, guild_id)
        times = 2 if self._to_double else 1
        self._to_double -= times - 1
        for session in self.sessions.values():
            session.offer(name, data, guild_id, times=times)

    # What goes wrong on purpose.

    def refuse_next(self, times: int = 1) -> None:
        """The next connections fail in the handshake."""
        self._to_refuse += times

    def drop(self) -> None:
        """All lines are cut without a close frame."""
        for connection in list(self.live):
            connection.drop()

    def close(self, code: int) -> None:
        for connection in self.live:
            self._lose(connection, code in ENDS_SESSION)
            connection.close(code)

    def reconnect(self) -> None:
        """Clients are asked to come again and resume."""
        for connection in self.live:
            connection.say(Op.RECONNECT)
            connection.is_leaving = True

    def invalidate(self, *, resumable: bool) -> None:
        for connection in self.live:
            self._lose(connection, not resumable)
            connection.say(Op.INVALID_SESSION, resumable)
            connection.is_leaving = True

    def _lose(self, connection: Connection, is_lost: bool) -> None:
        if connection.session is not None and is_lost:
            connection.session.is_lost = True

    def lose_sessions(self) -> None:
        """Nothing shows it until a client tries to resume."""
        for session in self.sessions.values():
            session.is_lost = True

    def zombie(self) -> None:
        """The connections that are open hear nothing any more, no ACK and no event, but stay open."""
        for connection in self.live:
            connection.is_zombie = connection.is_leaving = True

    def hold(self) -> None:
        """Events wait on the way, also for who connects meanwhile; ACKs don't."""
        self._is_holding = True
        for connection in self.live:
            connection.is_held = True

    def release(self) -> None:
        self._is_holding = False
        for connection in self.live:
            connection.release()

    def deliver_twice(self, events: int = 1) -> None:
        """The next events come twice, with the same seq, as they may after RESUME."""
        self._to_double += events

    def raw(self, text: str) -> None:
        """Anything, to every client: no seq is counted and nothing validated."""
        for connection in self.live:
            connection.put(text)

    # What tests wait for; `seconds` are real ones, after which TimeoutError is raised.

    async def connected(self, sessions: int = 1, *, seconds: float = 10.0) -> None:
        """Until so many sessions, no more, are READY or RESUMED on a connection that is not about to end."""
        await self.until(lambda: self._sessions_on() == sessions, seconds, f"{sessions} sessions connected")

    async def disconnected(self, *, seconds: float = 10.0) -> None:
        await self.until(lambda: not self.live, seconds, "disconnected")

    def _sessions_on(self) -> int:
        return sum(each.session is not None and not each.is_leaving for each in self.live)

    async def idle(self, *, seconds: float = 10.0) -> None:
        """Until the clients say that they have heard all there was to hear.

        It asks for a heartbeat: a client may say 120 things a minute, and discord.py stops at 110.
        """
        due = [(each, each.session, each.session.seq) for each in self.live if each.session and not each.is_stuck]
        for connection, session, seq in due:
            if session.heard < seq:
                connection.say(Op.HEARTBEAT)
        await self.until(
            lambda: all(session.heard >= seq or connection not in self.live for connection, session, seq in due),
            seconds,
            "idle",
        )
