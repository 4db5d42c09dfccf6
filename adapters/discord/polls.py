"""Polls as Discord has them, and what their votes are for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.discord.keeping import keep_surely
from adapters.discord.limits import cut
from bot.domain.messages import OutgoingMessage, Poll
from bot.domain.ports import AdapterStore

_QUESTION, _ANSWER = 300, 55  # characters
_ANSWERS = 10
_LONGEST = 768  # hours; the course ends it earlier


def poll_of(poll: Poll) -> dict[str, Any]:
    """The poll in a new message. Raises ValueError where it has more answers than Discord shows."""
    if not 1 <= len(poll.options) <= _ANSWERS:
        raise ValueError(f"a poll has 1 to {_ANSWERS} answers here, not {len(poll.options)}")
    return {
        "question": {"text": cut(poll.question, _QUESTION)},
        "answers": [{"poll_media": {"text": cut(option, _ANSWER)}} for option in poll.options],
        "duration": _LONGEST,
        "allow_multiselect": poll.is_multiple,
    }


class Polls:
    """Remembers which message of ours each poll is. `posting` is held while one is posted, and no longer.

    Nothing of its votes may be taken before it is remembered: who takes votes of one that is unknown waits for
    `posting`.
    """

    def __init__(self, store: AdapterStore) -> None:
        self._store = store
        self.posting = asyncio.Lock()
        self.known: Callable[[str], None] = lambda id: None  # hears the ids of those that stood there unknown before

    async def post(self, message: OutgoingMessage, make: Callable[[], Awaitable[str]]) -> str:
        """What `make` posts, its id; if there is a poll in it, it is remembered before anybody's vote is taken."""
        if message.poll is None:
            return await make()
        async with self.posting:
            id = await make()
            await self.posted(id, message)
            return id

    async def posted(self, id: str, message: OutgoingMessage) -> None:
        """The message of this id is there."""
        if message.poll is not None:
            await keep_surely(self._store, "poll", id, {"key": message.key, "chat": message.address.chat})
        if message.is_unsure:
            self.known(id)
