"""The last times in which nobody listened, and what was lost in them: `doctor` tells."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal

from adapters.discord.stored import until_stored
from bot.domain.ports import AdapterStore

_KIND = "gaps"
_KEPT = 20
_OPEN = ("gap", "open")

Lost = Literal["interactions", "older", "private", "reactions", "votes", "members", "channels"]
"""What can't be known afterwards.

`private`: what people wrote to the bot alone; `older`: edits, deletions and reactions of messages older than the last
hundred or three days; `reactions`: some of newer ones, of which there were too many; `votes` in polls that nobody can
look into; `channels` that may not be read.
"""


class Gaps:
    """The one that is being caught up with is remembered until that is done, however often the process is killed."""

    def __init__(self, store: AdapterStore) -> None:
        self._store = store

    async def begin(self, since: datetime) -> datetime:
        """Nobody listened from about `since` on; or from earlier on, where that was not caught up with before."""
        open_since = await self._store.get(*_OPEN)
        if open_since:
            return min(since, datetime.fromisoformat(open_since["since"]))
        await self._store.put(*_OPEN, {"since": since.isoformat()})
        return since

    async def end(self, since: datetime, until: datetime, lost: Collection[Lost]) -> None:
        """It is caught up with. Commands, buttons and private messages are lost always."""
        kinds = sorted({"interactions", "older", "private", *lost})
        value = {"since": since.isoformat(), "until": until.isoformat(), "kinds": kinds}
        await until_stored(lambda: self._end(value))

    async def _end(self, value: Mapping[str, Any]) -> None:
        await self._store.put(_KIND, str(value["since"]), value)
        await self._store.delete(*_OPEN)
        newest = await self._store.latest(_KIND, limit=_KEPT)
        await self._store.delete_through(_KIND, newest[0].revision - 1)
