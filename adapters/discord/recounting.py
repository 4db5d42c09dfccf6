"""Votes in polls of ours that were given, changed or taken back while nobody listened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import discord
import msgspec

from adapters.discord import shape
from adapters.discord.asking import DELETED, Asking, Unreadable, together
from adapters.discord.gaps import Lost
from adapters.discord.paging import PAGE
from adapters.discord.parse import key_of
from adapters.discord.people import actor_of
from adapters.discord.stored import all_of, until_stored
from adapters.discord.traits import PLATFORM
from adapters.discord.votes import KIND, vote_key
from bot.domain.events import PollVoted
from bot.domain.places import Address
from bot.domain.ports import AdapterStore, Clock, Document, Sink

_POLLS = "poll"
_LOOKED_AT = 100  # polls, the newest
_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
_VOTERS = "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}"

Chosen = dict[str, tuple[shape.User, list[int]]]
"""By person, the numbers of the options that they have chosen, from 0."""


class Recounting:
    """Compares what people have chosen with what is kept of it."""

    def __init__(self, asking: Asking, store: AdapterStore, clock: Clock) -> None:
        self._asking = asking
        self._store = store
        self._clock = clock

    async def run(self, bot: str, since: datetime, sink: Sink) -> set[Lost]:
        """Tell of every person whose choice differs. Polls that were closed before `since` are left alone."""
        polls = await self._store.latest(_POLLS, limit=_LOOKED_AT)
        kept = await all_of(self._store, KIND) if polls else {}
        told = await together(self._recount(poll, kept, bot, since, sink) for poll in polls)
        return set() if all(told) else {"votes"}

    async def votes_in(self, message: str, bot: str) -> list[PollVoted]:
        """Who has chosen something else in one poll than is kept. Raises Unreadable, StorageTrouble."""
        value = await self._store.get(_POLLS, message)
        if value is None:
            return []
        poll, kept = Document(key=message, revision=0, value=value), await all_of(self._store, KIND)
        return self._voted(poll, await self._differing(poll, kept, bot, None), bot)

    async def _recount(
        self, poll: Document, kept: Mapping[str, Mapping[str, Any]], bot: str, since: datetime, sink: Sink
    ) -> bool:
        """False where nobody may look into it."""
        try:
            differ = await self._differing(poll, kept, bot, since)
        except Unreadable as error:
            return error.reason == DELETED
        if differ:
            await self._tell(poll, differ, bot, sink)
        return True

    async def _differing(
        self, poll: Document, kept: Mapping[str, Mapping[str, Any]], bot: str, since: datetime | None
    ) -> Chosen:
        """Whose choice is not what is kept of it. Raises Unreadable."""
        where = {"channel_id": poll.value["chat"].rpartition("/")[2], "message_id": poll.key}
        found = (await self._asking.get(_MESSAGE, **where)).get("poll") or {"answers": ()}
        if since and _ended_before(found, since):
            return {}
        chosen = await self._chosen(found["answers"], where)
        before = _votes_in(poll.key, kept)
        nothing: Chosen = {user: (shape.User(id=user), []) for user in before.keys() - chosen.keys()}
        differ = {user: one for user, one in (chosen | nothing).items() if one[1] != before.get(user, [])}
        differ.pop(bot, None)
        return differ

    async def _chosen(self, answers: Sequence[Mapping[str, Any]], where: dict[str, str]) -> Chosen:
        chosen: Chosen = {}
        for number in sorted(int(answer["answer_id"]) for answer in answers):
            for user in await self._voters(str(number), where):
                chosen.setdefault(user.id, (user, []))[1].append(number - 1)  # Discord counts answers from 1
        return chosen

    async def _voters(self, answer: str, where: dict[str, str]) -> list[shape.User]:
        found: list[shape.User] = []
        params: dict[str, Any] = {"limit": PAGE}
        while True:
            page = (await self._asking.get(_VOTERS, params, answer_id=answer, **where))["users"]
            found += msgspec.convert(page, list[shape.User])
            if len(page) < PAGE:
                return found
            params = {**params, "after": max((user["id"] for user in page), key=int)}

    async def _tell(self, poll: Document, differ: Chosen, bot: str, sink: Sink) -> None:
        events = self._voted(poll, differ, bot)
        await until_stored(lambda: sink(events))
        kept = [(KIND, vote_key(poll.key, user), {"options": options}) for user, (_, options) in differ.items()]
        await until_stored(lambda: self._store.put_many(kept))

    def _voted(self, poll: Document, differ: Chosen, bot: str) -> list[PollVoted]:
        now = self._clock.now()
        return [
            PollVoted(
                key=key_of(bot, f"vote:{poll.key}:{user}:{now.isoformat()}"),
                at=now,
                actor=actor_of(who),
                address=Address(platform=PLATFORM, chat=poll.value["chat"]),
                poll=poll.value["key"],
                options=tuple(options),
            )
            for user, (who, options) in sorted(differ.items())
        ]


def _votes_in(poll: str, kept: Mapping[str, Mapping[str, Any]]) -> dict[str, list[int]]:
    mine = vote_key(poll, "")
    return {key.removeprefix(mine): one["options"] for key, one in kept.items() if key.startswith(mine)}


def _ended_before(poll: Mapping[str, Any], since: datetime) -> bool:
    """Whether nobody could vote in it while nobody listened."""
    expiry = discord.utils.parse_time(poll.get("expiry"))
    is_final = bool((poll.get("results") or {}).get("is_finalized"))
    return is_final and expiry is not None and expiry < since
