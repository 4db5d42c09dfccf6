"""Channels that could not be read: remembered for `doctor`, and to be read from there when they can be again."""

import logging
from typing import Any

import discord

from adapters.discord.stored import all_of, until_stored
from bot.domain.ports import AdapterStore

log = logging.getLogger(__name__)

_KIND = "unread"


class Unread:
    """By channel or thread, or `CHANNEL/threads` for its archived threads: the last message that was handled before."""

    def __init__(self, store: AdapterStore) -> None:
        self._store = store
        self._known: dict[str, dict[str, Any]] = {}

    async def load(self) -> None:
        """Raises StorageTrouble."""
        self._known = await all_of(self._store, _KIND)

    def of(self, what: str) -> str | None:
        """The message after which nothing was read; None: all was."""
        known = self._known.get(what)
        return known["after"] if known else None

    async def put(self, what: str, after: str, reason: str) -> None:
        """It can't be read now; `reason` is the status of Discord's answer, or that we have failed."""
        since, channel = discord.utils.snowflake_time(int(after)), what.partition("/")[0]
        value = {"channel": channel, "after": after, "since": since.isoformat(), "reason": reason}
        if self._known.get(what) == value:
            return  # it was tried again, as it is now and then
        log.warning("channel %s could not be read: %s", what, reason)
        self._known[what] = value
        await until_stored(lambda: self._store.put(_KIND, what, value))

    async def forget(self, what: str) -> None:
        """All was read."""
        if self._known.pop(what, None):
            await until_stored(lambda: self._store.delete(_KIND, what))

    def channels(self) -> dict[str, str]:
        """The channel or thread of each."""
        return {what: what.partition("/")[0] for what in self._known}

    def any(self) -> bool:
        return bool(self._known)
