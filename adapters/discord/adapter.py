"""The adapter: what happens on Discord into the core, messages out of the core into Discord."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from adapters.discord.answers import Answers
from adapters.discord.asking import Asking
from adapters.discord.cleared import Cleared
from adapters.discord.client import Client
from adapters.discord.downloads import fetch
from adapters.discord.history import CatchingUp
from adapters.discord.homes import Bound, Homes
from adapters.discord.intake import Intake
from adapters.discord.interactions import Interactions
from adapters.discord.invoked import Vocabulary
from adapters.discord.late_polls import KNOWN, LatePolls
from adapters.discord.listening import Listening
from adapters.discord.meeting import Meeting
from adapters.discord.outcomes import as_outcome
from adapters.discord.parse import key_of
from adapters.discord.places import Places
from adapters.discord.roles import Roles
from adapters.discord.rooms import Rooms
from adapters.discord.sending import Sending
from adapters.discord.sight import Sight
from adapters.discord.stored import until_stored
from adapters.discord.traits import PLATFORM, TRAITS
from adapters.discord.trouble import Trouble, until_open
from adapters.discord.votes import Votes
from adapters.discord.watermarks import Watermarks
from bot.domain.errors import NotSent
from bot.domain.events import Attachment, Event
from bot.domain.messages import Inspection, MarkNames, Marks, OutgoingMessage
from bot.domain.ports import AdapterStore, Clock, FileStore, Sink, SlashCommand, Suggest

log = logging.getLogger(__name__)

_FIRST_WAIT, _LONGEST_WAIT = 5.0, 600.0  # seconds until something that has failed begins again


class DiscordAdapter:
    """One bot. `bound` tells where courses live, `beside` is what goes on as long as Discord is listened to."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(  # noqa: PLR0913 - the parts are made where everything is put together
        self,
        client: Client,
        store: AdapterStore,
        files: FileStore,
        clock: Clock,
        bound: Bound,
        suggest: Suggest,
        beside: Sequence["Beside"] = (),
        *,
        commands: Sequence[SlashCommand] = (),
    ) -> None:
        self.client = client
        self.rooms = Rooms()
        self.store = store
        self._clock = clock
        self.bound = bound
        self._beside = beside
        self._sending = Sending(client, store, files, self.rooms)
        self._answers = Answers(client, store, files, self._given)
        self._interactions = Interactions(client, self._answers, self.rooms, store, clock, suggest)
        self._interactions.vocabulary = Vocabulary.of(commands)
        self._places: Places | None = None  # known with the bot's own id
        self._sink: Sink | None = None
        self.listening: Listening | None = None

    # --- in -----------------------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Listen for ever; what was missed is read first, then what has been heard since is handed over."""
        trouble = Trouble(self._clock)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(trouble.run(lambda: self.client.bot, sink))
                await until_open(self.client.open, trouble)
                self.rooms.bot = self.client.bot
                self._sink = sink
                for work in await self._listening(sink, trouble):
                    tasks.create_task(work)
        finally:
            await self._interactions.close()
            await self.client.close()

    async def _listening(self, sink: Sink, trouble: Trouble) -> list[Coroutine[Any, Any, None]]:
        """All that goes on as soon as we know who we are."""
        watermarks = Watermarks(self.store)
        await until_stored(watermarks.load)
        self._places = places = Places(self.client.call, self.store, self.client.bot, self.bound, self._clock)
        asking, homes = Asking(self.client), Homes(self.bound)
        votes = Votes(self.store, self._sending.polls)
        cleared = Cleared(asking, self.rooms, self._clock)

        async def beside(name: str, data: dict[str, Any]) -> list[Event]:
            return [*await places.heard(name, data), *await cleared.heard(name, data), *await late.heard(name, data)]

        intake = Intake(self.rooms, watermarks, votes, homes, beside, self._clock)
        intake.meet = Meeting(asking, self.rooms, homes).meet
        history = CatchingUp(
            self.client,
            self.rooms,
            self.store,
            watermarks,
            homes,
            lambda messages: intake.take(messages, sink),
            self._clock,
            waiting=intake.waiting,
        )
        polls = self._sending.polls
        polls.known = lambda message: intake.hear(KNOWN, {"message_id": message})
        late = LatePolls(history.recounting, votes, self.client.bot, polls.known)
        intake.committed = history.members.heard
        sight = Sight(self.rooms, homes)
        self.listening = listening = Listening(sight, intake, self._interactions, trouble, history, sink)

        async def follow() -> None:
            await listening.caught_up.wait()
            await history.keep_following()

        async def look_around() -> None:
            await listening.caught_up.wait()
            await places.run(sink)

        return [
            intake.run(sink),
            listening.run(),
            self._interactions.run(sink),
            self.client.live(listening.heard),
            _aside(look_around),
            _aside(follow),
            *(_aside(partial(work, self, sink)) for work in self._beside),
        ]

    async def _given(self, word: str) -> None:
        await self._interactions.answered(word)

    # --- out ----------------------------------------------------------------------------------------------------------

    async def send(self, message: OutgoingMessage) -> str:
        if message.answers:
            return await self._answers.give(message)
        if isinstance(message.act, Inspection):
            return await self._inspect(message)
        if isinstance(message.act, Marks | MarkNames):
            return await self._mark(message, message.act)
        return await self._sending.send(message)

    async def fetch(self, attachment: Attachment) -> bytes:
        return await fetch(self.client, attachment.ref)

    async def _inspect(self, message: OutgoingMessage) -> str:
        """What is found is told to the core as an event of its own."""
        if self._places is None or self._sink is None:
            raise NotSent("Discord is not listened to yet")
        with as_outcome():
            key = key_of(self.client.bot, f"inspected:{message.key}")
            await self._sink([await self._places.asked(message.address, key)])
        return "inspected"

    async def _mark(self, message: OutgoingMessage, act: Marks | MarkNames) -> str:
        if not self.client.bot:
            raise NotSent("nobody is logged in yet")
        roles = Roles(self.client.call, self.store, self.client.bot, self._guild_of)
        with as_outcome():
            await (roles.give(message.address, act) if isinstance(act, Marks) else roles.make(message.address, act))
        return "marked"

    def _guild_of(self, channel: str) -> str | None:
        room = self.rooms.room(channel)
        return room.guild if room else None


Beside = Callable[[DiscordAdapter, Sink], Coroutine[Any, Any, None]]
"""Something that goes on beside, as soon as the bot is logged in."""


async def _aside(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """What goes on beside what happens never stops it, and begins again where it has failed."""
    wait = _FIRST_WAIT
    while True:
        try:
            return await work()
        except Exception:
            log.exception("a task beside what happens has failed; it begins again in %s s", wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)
