"""A batch of raw updates becomes events: what buttons and polls refer to is looked up, what is strange is set aside."""

import logging
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from adapters.telegram import shape
from adapters.telegram.parse import Known, date_in, key_of, parse, read
from adapters.telegram.payloads import kept_in
from adapters.telegram.traits import PLATFORM
from bot.domain.events import Event, UpdateUnreadable
from bot.domain.ports import AdapterStore

log = logging.getLogger(__name__)

Raw = Mapping[str, Any]


class Read(NamedTuple):
    """An update that could be read; None where it could not, and the event says so."""

    update: shape.Update | None
    events: Sequence[Event]


class Reader:
    """Knows the bot that the updates are for, and what was kept for its buttons and polls."""

    def __init__(self, store: AdapterStore, bot: str, username: str) -> None:
        self._store = store
        self._bot = bot
        self._username = username

    async def read(self, batch: Sequence[Raw], now: datetime) -> list[Read]:
        """Each update with what it means, in their order. `now` dates what carries no time."""
        kept = {name: await self._kept(name) for name in kept_in(batch)}
        polls = {id: await self._store.get("poll", id) for id in _polls_in(batch)}
        known = Known(
            bot=self._bot,
            username=self._username,
            at=now,
            kept={name: command for name, command in kept.items() if command},
            polls={id: poll for id, poll in polls.items() if poll},
        )
        found: list[Read] = []
        following = now
        for raw in reversed(batch):  # what carries no time happened before what follows it
            one, following = self._one(raw, msgspec.structs.replace(known, at=following))
            found.append(one)
        return found[::-1]

    async def _kept(self, name: str) -> str | None:
        document = await self._store.get("button", name)
        return document["command"] if document else None

    def _one(self, raw: Raw, known: Known) -> tuple[Read, datetime]:
        try:
            update = read(raw)
            return Read(update, parse(update, known)), date_in(update) or known.at
        except Exception as error:
            log.exception("update %s could not be understood", number_of(raw))
            return Read(None, [self._unreadable(raw, error, known.at)]), known.at

    def _unreadable(self, raw: object, error: Exception, at: datetime) -> UpdateUnreadable:
        content, number = _shown(raw), number_of(raw)
        return UpdateUnreadable(
            key=key_of(self._bot, sha256(content.encode()).hexdigest() if number is None else number),
            at=at,
            platform=PLATFORM,
            raw=content,
            error=f"{type(error).__name__}: {error}",
        )


def number_of(raw: object) -> int | None:
    """The number of an update; None where what came is none."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _shown(raw: object) -> str:
    """As JSON; what nobody can write as JSON is shown in part."""
    try:
        return msgspec.json.encode(raw).decode()
    except (ValueError, RecursionError):
        return reprlib.repr(raw)


def _polls_in(batch: Iterable[object]) -> set[str]:
    answers = (update.get("poll_answer") for update in batch if isinstance(update, Mapping))
    found = (answer.get("poll_id") for answer in answers if isinstance(answer, Mapping))
    return {id for id in found if isinstance(id, str) and id.isascii() and id.isdigit()}
