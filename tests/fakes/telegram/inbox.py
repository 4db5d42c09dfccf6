"""The updates that wait for the bot: kept until confirmed, filtered by `allowed_updates`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# getUpdates, allowed_updates: "an empty list to receive all update types except …".
ONLY_IF_NAMED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = (  # what this server can send, for `allowed_updates`
    "message",
    "edited_message",
    "message_reaction",
    "callback_query",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
)
FIRST_ID = 700_000_001


@dataclass(kw_only=True, eq=False)
class Inbox:
    """`waiting` holds (update_id, update); `arrived` wakes long polls and the webhook."""

    allowed: tuple[str, ...] = ()
    waiting: list[tuple[int, Any]] = field(default_factory=list)
    next_id: int = FIRST_ID
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, kind: str, body: Mapping[str, Any]) -> int | None:
        """Queues the update, unless the bot did not ask for this kind; gives its id."""
        is_wanted = kind in self.allowed if self.allowed else kind not in ONLY_IF_NAMED
        return self.put({kind: dict(body)}) if is_wanted else None

    def put(self, update: Any) -> int:
        """Queues whatever it is; an update without an id gets the next one."""
        if isinstance(update, dict):
            update = {"update_id": self.next_id, **update}
        given = update["update_id"] if isinstance(update, dict) else None
        number = given if isinstance(given, int) else self.next_id
        self.next_id = max(self.next_id, number) + 1
        self.waiting.append((number, update))
        self.waiting.sort(key=lambda each: each[0])
        self.arrived.set()
        return number

    def confirm(self, offset: int) -> None:
        """Forgets what comes before the offset; a negative one counts from the end."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.waiting = [each for each in self.waiting if each[0] >= offset]

    def first(self, limit: int) -> list[Any]:
        return [update for _, update in self.waiting[:limit]]

    def drop(self) -> None:
        self.waiting.clear()

    async def wait(self, seconds: float) -> None:
        """Until something arrives, at most so long."""
        if self.waiting or seconds <= 0:
            return
        self.arrived.clear()
        try:
            await asyncio.wait_for(self.arrived.wait(), seconds)
        except TimeoutError:
            return
