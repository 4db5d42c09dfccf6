"""Polls as Discord has them, and what their votes are for."""

import asyncio
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
    """Remembers which message of ours each poll is. `posting` is held while one is posted.

    Nothing of its votes may be taken before it is remembered: who takes votes waits for `posting`.
    """

    def __init__(self, store: AdapterStore) -> None:
        self._store = store
        self.posting = asyncio.Lock()

    async def posted(self, id: str, message: OutgoingMessage) -> None:
        """The poll stands in the message of this id."""
        await keep_surely(self._store, "poll", id, {"key": message.key, "chat": message.address.chat})
