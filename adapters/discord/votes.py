"""What each person has chosen in our polls: Discord tells of single answers, given and taken back."""

from collections.abc import Iterable, Mapping
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
    """Keeps them, once their effect is committed: what was not is found by counting again."""

    def __init__(self, store: AdapterStore, polls: Polls) -> None:
        self._store = store
        self._polls = polls
        self._unkept: dict[str, list[int]] = {}

    async def take(self, name: str, data: Mapping[str, Any]) -> Chosen | None:
        """What that person has chosen now; None where the poll is not ours. Raises StorageTrouble."""
        message, option = str(data["message_id"]), int(data["answer_id"]) - 1  # Discord counts answers from 1
        poll = await self._poll(message)
        if poll is None:
            return None
        before = await self._chosen(vote_key(message, str(data["user_id"])))
        after = sorted({*before, option} if name == _ADDED else {*before} - {option})
        self.note(message, str(data["user_id"]), after)
        return poll["key"], Address(platform=PLATFORM, chat=poll["chat"]), tuple(after)

    async def _poll(self, message: str) -> dict[str, Any] | None:
        """One that is being posted is known when that is done."""
        if known := await self._store.get("poll", message):
            return known
        async with self._polls.posting:
            return await self._store.get("poll", message)

    async def _chosen(self, key: str) -> list[int]:
        if (unkept := self._unkept.get(key)) is not None:
            return unkept
        kept = await self._store.get(KIND, key)
        return kept["options"] if kept else []

    def note(self, message: str, user: str, options: Iterable[int]) -> None:
        """Somebody has chosen this; it is kept by `flush`."""
        self._unkept[vote_key(message, user)] = list(options)

    async def flush(self) -> None:
        """The effect of all of it is committed: keep it. Raises StorageTrouble; then it is kept the next time."""
        if not self._unkept:
            return
        await self._store.put_many([(KIND, key, {"options": one}) for key, one in self._unkept.items()])
        self._unkept.clear()
