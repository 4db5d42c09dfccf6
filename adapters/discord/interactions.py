"""Commands, buttons and forms: each goes into the core at once, and Discord hears in time that we are at it."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from datetime import timedelta
from typing import Any, Protocol

from adapters.discord.answers import SORRY
from adapters.discord.errors import FAILURES
from adapters.discord.invoked import (
    AUTOCOMPLETE,
    Vocabulary,
    Where,
    asked,
    data_of_press,
    event_of,
    read,
    word_in,
    word_of,
)
from adapters.discord.parse import moment
from adapters.discord.payloads import KIND as BUTTON
from adapters.discord.payloads import is_kept
from adapters.discord.rooms import Rooms
from adapters.discord.shape import Interaction
from adapters.discord.stored import all_of, until_stored
from adapters.discord.traits import PLATFORM
from adapters.discord.unreadable import name_of, unreadable
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.events import Event
from bot.domain.messages import OutgoingMessage, Span
from bot.domain.places import Address
from bot.domain.ports import AdapterStore, Asked, Clock, Sink, Suggest

log = logging.getLogger(__name__)

_KIND = "interaction"
_QUICK = 1.5  # seconds in which an answer may come by itself; Discord waits for 3
_LATEST = 2.5  # seconds until Discord must hear of us, whatever the database does
_SUGGESTING = 2.0  # seconds
_LIFE = timedelta(minutes=15)  # so long Discord takes an answer
_SWEEP = 300.0  # seconds between looks for those that are over
_CALLBACK = "/interactions/{id}/{token}/callback"
_CHOICES, _MOST, _LONGEST = 8, 25, 100  # the type of the answer to what is being typed, and what it may hold


class Lane(Protocol):
    """The part of `Client` that answers interactions."""

    async def answer(self, method: str, path: str, *args: Any, **ids: Any) -> Any: ...


class Answering(Protocol):
    """The part of `Answers` that answers, and that shows that we think."""

    async def defer(self, word: str) -> None: ...
    async def give(self, message: OutgoingMessage) -> str: ...


class Interactions:
    """Those under way. One that may take long is kept, and finished after a restart."""

    def __init__(
        self,
        lane: Lane,
        answers: Answering,
        rooms: Rooms,
        store: AdapterStore,
        clock: Clock,
        suggest: Suggest,
    ) -> None:
        self._lane = lane
        self._answers = answers
        self._rooms = rooms
        self._store = store
        self._clock = clock
        self._suggest = suggest
        self.vocabulary = Vocabulary()
        self._open: dict[str, asyncio.Event] = {}  # those that wait for their answer, by their word
        self._kept: set[str] = set()  # the ids of those that are in the store
        self._tasks: set[asyncio.Task[None]] = set()

    # --- from the gateway ---------------------------------------------------------------------------------------------

    def hear(self, raw: dict[str, Any], sink: Sink) -> None:
        """Take one in; it waits for nothing that came before it."""
        self._begin(self._take(raw, sink, asyncio.get_running_loop().time()))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what is under way: what was kept is finished after a restart."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, raw: dict[str, Any], sink: Sink, arrived: float) -> None:
        try:
            interaction = read(raw)
            address = self._address(interaction)
        except Exception as error:
            log.exception("an interaction could not be understood")
            await self._give_up(raw, error, sink)
            return
        if interaction.type == AUTOCOMPLETE:
            await self._complete(interaction, address)
            return
        if word_of(interaction) in self._open:  # a session that resumes may tell twice
            return
        done = self._open[word_of(interaction)] = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._defer_in_time(interaction, raw, done, arrived))
            tasks.create_task(self._hand_over(interaction, raw, address, sink))

    def _address(self, interaction: Interaction) -> Address:
        found = self._rooms.address_of(interaction.channel_id or "", interaction.guild_id)
        if found is None:
            raise ValueError("it came from a channel that nobody knows")
        return found

    # --- into the core ------------------------------------------------------------------------------------------------

    async def _hand_over(self, interaction: Interaction, raw: dict[str, Any], address: Address, sink: Sink) -> None:
        try:
            event = await self._event(interaction, address)
        except Exception as error:
            log.exception("interaction %s could not be understood", interaction.id)
            await self._give_up(raw, error, sink)
            return
        if event is None:
            await self._say_sorry(raw)
        else:
            await until_stored(lambda: sink([event]))

    async def _event(self, interaction: Interaction, address: Address) -> Event | None:
        where = Where(
            address=address,
            bot=self._rooms.bot,
            at=moment(interaction.id),
            vocabulary=self.vocabulary,
            kept=await self._command_behind(data_of_press(interaction)),
        )
        return event_of(interaction, where)

    async def _command_behind(self, data: str | None) -> Mapping[str, str]:
        if data is None or not is_kept(data):
            return {}
        found: list[dict[str, Any] | None] = []

        async def look() -> None:
            found.append(await self._store.get(BUTTON, data))

        await until_stored(look)
        return {data: found[0]["command"]} if found[0] else {}

    async def _give_up(self, raw: dict[str, Any], error: Exception, sink: Sink) -> None:
        await self._say_sorry(raw)
        event = unreadable(self._rooms.bot, name_of(raw), raw, error, self._clock.now())
        await until_stored(lambda: sink([event]))

    async def _say_sorry(self, raw: Mapping[str, Any]) -> None:
        """Nobody waits for an answer that will not come."""
        word = word_in(raw)
        if word is None:
            return
        try:
            await self._answers.give(_sorry(word))
        except (NotSent, Refused, Unknown) as error:
            log.warning("whoever waits for an answer could not be told: %s", type(error).__name__)
        await self.answered(word)

    # --- in time ------------------------------------------------------------------------------------------------------

    async def _defer_in_time(
        self, interaction: Interaction, raw: dict[str, Any], done: asyncio.Event, arrived: float
    ) -> None:
        try:
            async with asyncio.timeout_at(arrived + _QUICK):
                await done.wait()
        except TimeoutError:
            keeping = asyncio.create_task(self._keep(interaction.id, raw, done))
            await asyncio.wait({keeping}, timeout=arrived + _LATEST - asyncio.get_running_loop().time())
            if not done.is_set():
                await self._show_that_we_think(interaction)
            await keeping
        finally:
            self._open.pop(word_of(interaction), None)

    async def _keep(self, id: str, raw: dict[str, Any], done: asyncio.Event) -> None:
        try:
            await self._store.put(_KIND, id, {"raw": raw})
            self._kept.add(id)
        except (StorageTrouble, ValueError):  # it holds half a character, which no JSON does
            log.warning("interaction %s could not be kept: after a restart nobody would finish it", id)
        if done.is_set():  # meanwhile
            await self._forget(id)

    async def _show_that_we_think(self, interaction: Interaction) -> None:
        try:
            await self._answers.defer(word_of(interaction))
        except (NotSent, Refused, Unknown) as error:
            log.warning("interaction %s could not be told to wait: %s", interaction.id, type(error).__name__)

    async def answered(self, word: str) -> None:
        """This one needs nothing more."""
        if done := self._open.get(word):
            done.set()
        id = word.split(":")[1]
        if id in self._kept:
            await self._forget(id)

    async def _forget(self, id: str) -> None:
        try:
            await self._store.delete(_KIND, id)
            self._kept.discard(id)
        except StorageTrouble:
            log.warning("interaction %s is kept for longer than it lives", id)

    # --- after a restart ----------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Finish what was kept, and forget what is over, for ever."""
        kept: dict[str, dict[str, Any]] = {}

        async def load() -> None:
            kept.update(await all_of(self._store, _KIND))

        await until_stored(load)
        self._kept |= kept.keys()
        for id, document in kept.items():
            if not self._is_over(id):
                self._begin(self._finish(document["raw"], sink))
        while True:
            for id in [id for id in self._kept if self._is_over(id)]:
                await self._forget(id)
            await asyncio.sleep(_SWEEP)

    def _is_over(self, id: str) -> bool:
        return self._clock.now() - moment(id) > _LIFE

    async def _finish(self, raw: dict[str, Any], sink: Sink) -> None:
        """It has its old key: what was committed before is not done again."""
        try:
            self._rooms.learn("INTERACTION_CREATE", raw)
            interaction = read(raw)
            address = self._address(interaction)
        except Exception as error:
            log.exception("an interaction that was kept can't be understood any more")
            await self._give_up(raw, error, sink)
            return
        await self._hand_over(interaction, raw, address, sink)

    # --- what is being typed ------------------------------------------------------------------------------------------

    async def _complete(self, interaction: Interaction, address: Address) -> None:
        wanted = asked(interaction, address)
        found = await self._suggestions(wanted) if wanted else []
        choices = [{"name": shown[:_LONGEST], "value": value} for value, shown in found if shown and value]
        data = {"choices": [one for one in choices if len(one["value"]) <= _LONGEST][:_MOST]}
        body = {"type": _CHOICES, "data": data}
        try:
            await self._lane.answer("POST", _CALLBACK, json=body, id=interaction.id, token=interaction.token)
        except FAILURES as error:
            log.info("what may be meant came too late: %s", type(error).__name__)

    async def _suggestions(self, wanted: Asked) -> list[tuple[str, str]]:
        try:
            async with asyncio.timeout(_SUGGESTING):
                return list(await self._suggest(wanted))
        except Exception:
            log.exception("nothing could be suggested for %s of %s", wanted.parameter, wanted.command)
            return []


def _sorry(word: str) -> OutgoingMessage:
    """Only who waits sees it: where that is does not matter."""
    nowhere = Address(platform=PLATFORM, chat="")
    return OutgoingMessage(key=f"sorry:{word.split(':')[1]}", address=nowhere, body=(Span(SORRY),), answers=word)


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    """What goes wrong with one is nobody else's trouble."""
    try:
        await work
    except Exception:
        log.exception("an interaction has failed")
