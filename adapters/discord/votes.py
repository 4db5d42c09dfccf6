"""What each person has chosen in our polls: Discord tells of single answers, given and taken back."""

from collections.abc import Mapping
from typing import Any

from adapters.discord.polls import Polls
from adapters.discord.traits import PLATFORM
from bot.domain.places import Address
from bot.domain.ports import AdapterStore

KIND = "vote"
"""The kind of the adapter's documents of who chose what: `{"options": […]}` by `vote_key`."""

_ADDED = "MESSAGE_POLL_VOTE_ADD"

Chosen = tuple[str, Address, tuple[int, ...]]
"""The key of the message with the poll, its place, and the numbers of all options that a person has chosen."""


def vote_key(message: str, user: str) -> str:
    return f"{message}:{user}"


class Votes:
    """Keeps them. The same vote twice changes nothing."""

    def __init__(self, store: AdapterStore, polls: Polls) -> None:
        self._store = store
        self._polls = polls

    async def take(self, name: str, data: Mapping[str, Any]) -> Chosen | None:
        """What that person has chosen now; None where the poll is not ours. Raises StorageTrouble."""
        message, option = str(data["message_id"]), int(data["answer_id"]) - 1  # Discord counts answers from 1
        async with self._polls.posting:  # what it is for is kept by then
            poll = await self._store.get("poll", message)
        if poll is None:
            return None
        key = vote_key(message, str(data["user_id"]))
        before = (await self._store.get(KIND, key) or {}).get("options", [])
        after = {*before, option} if name == _ADDED else {*before} - {option}
        await self._store.put(KIND, key, {"options": sorted(after)})
        return poll["key"], Address(platform=PLATFORM, chat=poll["chat"]), tuple(sorted(after))
