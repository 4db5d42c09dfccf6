"""A session: what it has been told, so that it can be told again after a RESUME."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord.gateway_connection import Connection
from tests.fakes.discord.gateway_intents import Intents, is_wanted, readable, shard_of
from tests.fakes.discord.gateway_wire import Op


@dataclass(kw_only=True, eq=False, repr=False)
class Session:
    """`me` is the bot's id; times are those of the gateway's `now`, in seconds."""

    id: str
    me: str
    intents: Intents
    shard: tuple[int, int]
    told: list[str] = field(default_factory=list)  # the event with seq n stands at n - 1
    heard: int = 0  # the last seq the client says it has
    connection: Connection | None = None
    left_at: float = 0.0
    is_lost: bool = False

    @property
    def seq(self) -> int:
        return len(self.told)

    def is_for(self, guild_id: str | None) -> bool:
        number, shards = self.shard
        return shard_of(guild_id, shards) == number

    def offer(self, name: str, data: Mapping[str, Any], guild_id: str | None, *, times: int = 1) -> None:
        """Tells it, if it is for this shard and these intents."""
        if not self.is_for(guild_id):
            return
        if is_wanted(name, data, guild_id=guild_id, intents=self.intents, me=self.me):
            seen = readable(name, data, guild_id=guild_id, intents=self.intents, me=self.me)
            self.tell(name, seen, times=times)

    def tell(self, name: str, data: Mapping[str, Any], *, times: int = 1) -> None:
        event = json.dumps({"op": Op.DISPATCH, "t": name, "s": self.seq + 1, "d": data})
        self.told.append(event)
        if self.connection is not None:
            for _ in range(times):
                self.connection.event(event)

    def resume(self, connection: Connection, seq: int) -> None:
        """On another connection; the one it had is gone for the client."""
        if self.connection is not None:
            self.connection.session = None
            self.connection.drop()
        self.connection, self.heard = connection, seq
        connection.session = self
        for event in self.told[seq:]:
            connection.event(event)
        self.tell("RESUMED", {})
