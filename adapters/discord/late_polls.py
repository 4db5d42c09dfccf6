"""Polls that became known late: whoever voted in them before that was not understood, and is counted now."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from adapters.discord.asking import Unreadable
from adapters.discord.recounting import Recounting
from adapters.discord.votes import Votes
from bot.domain.events import PollVoted

log = logging.getLogger(__name__)

KNOWN = "@poll"
"""The name of what is heard when a poll has become known: `message_id`."""

_PATIENCE = 5.0  # seconds: what has happened since waits meanwhile
_AGAIN = 60.0  # seconds until it is tried again, as often as it was tried
_TRIES = 5


class LatePolls:
    """It is done in turn with the votes that are heard, so that none is overtaken. `again` makes it be heard again."""

    def __init__(self, recounting: Recounting, votes: Votes, bot: str, again: Callable[[str], None]) -> None:
        self._recounting = recounting
        self._votes = votes
        self._bot = bot
        self._again = again
        self._tries: dict[str, int] = {}

    async def heard(self, name: str, data: Mapping[str, Any]) -> list[PollVoted]:
        """The votes that were given; nothing for any other raw event. Raises StorageTrouble."""
        if name != KNOWN:
            return []
        message = str(data["message_id"])
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._recounting.votes_in(message, self._bot)
        except TimeoutError:
            self._try_again(message)
            return []
        except Unreadable as error:  # it is gone, or not for us to see
            log.warning("the votes in poll %s can't be counted: %s", message, error.reason)
            return []
        self._tries.pop(message, None)
        for vote in found:
            self._votes.note(message, vote.actor.user, vote.options)
        return found

    def _try_again(self, message: str) -> None:
        """A while later, and each time longer; in the end the next session counts them."""
        tries = self._tries[message] = self._tries.get(message, 0) + 1
        if tries > _TRIES:
            del self._tries[message]
            log.warning("the votes in poll %s could not be counted; the next session does", message)
            return
        asyncio.get_running_loop().call_later(_AGAIN * tries, self._again, message)
