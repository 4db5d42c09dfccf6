"""What comes in while something is wrong: a database that fails, a network that fails, limits, and a slow core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import discord
import pytest
from aiohttp import web

from adapters.discord import interactions as interactions_module
from adapters.discord import trouble as trouble_module
from adapters.discord.errors import NeverLeft, is_done, outcome_of, trouble_of
from adapters.discord.gate import Gate, Trip
from adapters.discord.homes import Homes
from adapters.discord.intake import Intake
from adapters.discord.interactions import Interactions
from adapters.discord.parse import moment
from adapters.discord.polls import Polls
from adapters.discord.rooms import Rooms
from adapters.discord.trouble import Trouble
from adapters.discord.votes import Votes
from adapters.discord.watermarks import Watermarks
from bot.domain.errors import NotSent, Refused, StorageTrouble, Unknown
from bot.domain.events import CommandInvoked, Event, MessageEdited, MessagePosted, PlatformTrouble, UpdateUnreadable
from bot.domain.messages import OutgoingMessage, Text
from bot.domain.places import Address
from bot.domain.ports import Asked
from bot.domain.traits import Limit
from bot.simulation.memory import Memory
from tests.adapters.discord_events import (
    ADA,
    BOT,
    DM,
    GUILD,
    MAIN,
    NOW_ID,
    Raw,
    in_private,
    interaction,
    message,
    option,
)

FULL = StorageTrouble(Text(id="storage.full"))


class Clock:
    def __init__(self) -> None:
        self.at = moment(NOW_ID)

    def now(self) -> datetime:
        return self.at


class Core:
    """Commits, unless its database is in trouble for so many times."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.fails = 0
        self.caught_up = asyncio.Event()
        self.changed = asyncio.Event()

    async def __call__(self, events: Sequence[Event], /) -> None:
        if self.fails:
            self.fails -= 1
            raise FULL
        self.events += events
        self.changed.set()
        if not events:
            self.caught_up.set()

    async def has(self, number: int) -> None:
        async with asyncio.timeout(5):
            while len(self.events) < number:
                self.changed.clear()
                await self.changed.wait()


class Failing(Memory):
    """A store whose writing of one kind fails, or takes for ever."""

    def __init__(self, kind: str = "", *, hangs: bool = False) -> None:
        super().__init__()
        self.kind, self.hangs = kind, hangs

    async def put(self, kind: str, key: str, value: Mapping[str, Any]) -> int:
        if kind == self.kind and self.hangs:
            await asyncio.Event().wait()
        if kind == self.kind:
            raise FULL
        return await super().put(kind, key, value)


def rooms() -> Rooms:
    known = Rooms()
    known.learn("READY", {"user": {"id": BOT}, "guilds": [{"id": GUILD, "unavailable": True}], "shard": [0, 1]})
    everybody = {"id": GUILD, "name": "@everyone", "permissions": str(1 << 10)}
    guild = {"id": GUILD, "name": "Camp", "owner_id": ADA, "roles": [everybody], "members": []}
    known.learn("GUILD_CREATE", {**guild, "channels": [{"id": MAIN, "type": 0, "name": "main"}], "threads": []})
    return known


# --- the queue --------------------------------------------------------------------------------------------------------


class Queue:
    def __init__(self, store: Memory) -> None:
        self.core, self.rooms, self.store = Core(), rooms(), store
        self.watermarks = Watermarks(store)
        here = Address(platform="discord", chat=MAIN)

        async def nothing(name: str, data: dict[str, Any]) -> Sequence[Event]:
            return ()

        votes = Votes(store, Polls(store))
        self.intake = Intake(self.rooms, self.watermarks, votes, Homes(lambda: frozenset([here])), nothing, Clock())

    def hears(self, name: str, raw: Raw) -> None:
        self.rooms.learn(name, raw)
        self.intake.hear(name, raw)

    def texts(self) -> list[str]:
        return [event.text for event in self.core.events if isinstance(event, MessagePosted)]


@asynccontextmanager
async def queue(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Queue]:
    monkeypatch.setattr("adapters.discord.stored._RETRY", 0.0)
    made = Queue(Memory())
    task = asyncio.create_task(made.intake.run(made.core))
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_nothing_is_lost_or_turned_round_while_the_database_is_in_trouble(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with queue(monkeypatch) as made:
        made.core.fails = 3
        made.intake.go_on()
        for number in range(250):
            made.hears("MESSAGE_CREATE", message(str(number), id=str(1000 + number)))
        await made.core.has(250)
    assert made.texts() == [str(number) for number in range(250)]


async def test_what_is_heard_while_it_is_held_comes_after_what_was_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with queue(monkeypatch) as made:
        made.intake.hold()
        made.hears("MESSAGE_CREATE", message("live", id="2000"))
        await made.intake.take([message("missed", id="1000")], made.core)
        made.intake.go_on()
        await asyncio.wait_for(made.core.caught_up.wait(), 5)
    assert made.texts() == ["missed", "live"]


async def test_what_was_edited_after_it_was_heard_is_told_when_it_is_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The process dies after a message is committed, and before it is kept how far that was; then it is edited."""
    async with queue(monkeypatch) as made:
        await made.intake.take([message("first words", id="1000")], made.core)
        edited = message("other words", id="1000") | {"edited_timestamp": "2027-03-03T12:05:00+00:00"}
        await made.intake.take([edited], made.core)
    assert made.core.events[0].key == made.core.events[1].key, "the core has that already"
    told = made.core.events[2]
    assert isinstance(told, MessageEdited)
    assert (told.message, told.text) == ("1000", "other words")


async def test_how_far_it_came_is_kept_when_it_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    async with queue(monkeypatch) as made:
        made.intake.go_on()
        made.hears("MESSAGE_CREATE", message("one", id="1000"))
        made.hears("MESSAGE_CREATE", message("of ours", id="1001", by=BOT))
        made.hears("MESSAGE_CREATE", in_private(message("between us", id="1002")))
        await asyncio.wait_for(made.core.caught_up.wait(), 5)
        await made.core.has(2)
    again = Watermarks(made.store)
    await again.load()
    assert (again.of(MAIN), again.of(DM)) == ("1001", None)


async def test_what_nobody_understands_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with queue(monkeypatch) as made:
        made.intake.go_on()
        made.hears("MESSAGE_REACTION_REMOVE", {"channel_id": MAIN, "guild_id": GUILD, "emoji": "\ud800"})
        made.hears("MESSAGE_CREATE", {**message(), "id": None})
        made.hears("MESSAGE_CREATE", message("fine"))
        await made.core.has(3)
    strange, stranger, fine = made.core.events
    assert isinstance(strange, UpdateUnreadable)
    assert isinstance(stranger, UpdateUnreadable)
    assert isinstance(fine, MessagePosted)


async def test_in_private_a_person_keeps_the_name_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async with queue(monkeypatch) as made:
        made.intake.go_on()
        made.hears("MESSAGE_CREATE", message("one", id="1000", member={"nick": "Ada in class"}))
        made.hears("MESSAGE_CREATE", in_private(message("two", id="1001")))
        await made.core.has(2)
    assert [event.actor.name for event in made.core.events if isinstance(event, MessagePosted)] == ["Ada in class"] * 2


# --- interactions -----------------------------------------------------------------------------------------------------


class Discord:
    """What is answered, and shown to be thought about."""

    def __init__(self) -> None:
        self.answered: list[Any] = []
        self.deferred: list[str] = []
        self.given: list[tuple[str, str]] = []
        self.changed = asyncio.Event()

    async def answer(self, method: str, path: str, *, json: Any = None, **ids: str) -> None:
        self.answered.append(json)
        self.changed.set()

    async def defer(self, word: str) -> None:
        self.deferred.append(word)
        self.changed.set()

    async def give(self, message: OutgoingMessage) -> str:
        assert message.answers is not None
        self.given.append((message.answers, "".join(str(span.text) for span in message.body)))
        self.changed.set()
        return "1"

    async def until(self, check: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not check():
                self.changed.clear()
                await self.changed.wait()


COMMAND = interaction(2, {"id": "1", "name": "points", "type": 1})
WORD = f"c:{NOW_ID}:the-secret"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interactions_module, "_QUICK", 0.05)
    monkeypatch.setattr(interactions_module, "_LATEST", 0.1)
    monkeypatch.setattr(interactions_module, "_SUGGESTING", 0.05)


async def nobody(asked: Asked, /) -> Sequence[tuple[str, str]]:
    raise RuntimeError("a mistake of ours")


def made_with(store: Memory, there: Discord, clock: Clock | None = None) -> Interactions:
    return Interactions(there, there, rooms(), store, clock or Clock(), nobody)


async def test_who_is_answered_at_once_is_never_told_to_wait() -> None:
    there, core, store = Discord(), Core(), Memory()
    interactions = made_with(store, there)
    interactions.hear(COMMAND, core)
    await core.has(1)
    await interactions.answered(WORD)
    await interactions.close()
    assert (there.deferred, await store.since("interaction", 0)) == ([], [])


@pytest.mark.parametrize("store", [Failing("interaction"), Failing("interaction", hangs=True)])
async def test_discord_hears_of_us_in_time_whatever_the_database_does(store: Memory) -> None:
    there, core = Discord(), Core()
    interactions = made_with(store, there)
    core.fails = 10**6
    interactions.hear(COMMAND, core)
    await there.until(lambda: there.deferred)
    await interactions.close()
    assert there.deferred == [WORD]


async def test_a_slow_one_is_kept_until_it_is_answered() -> None:
    there, core, store = Discord(), Core(), Memory()
    interactions = made_with(store, there)
    interactions.hear(COMMAND, core)
    await there.until(lambda: there.deferred)
    kept = await store.since("interaction", 0)
    await interactions.answered(WORD)
    assert [document.key for document in kept] == [NOW_ID]
    assert await store.since("interaction", 0) == []


async def test_after_a_restart_the_young_are_finished_and_the_old_forgotten() -> None:
    there, core, store, clock = Discord(), Core(), Memory(), Clock()
    old = str(int(NOW_ID) - (20 * 60_000 << 22))
    await store.put("interaction", NOW_ID, {"raw": COMMAND})
    await store.put("interaction", old, {"raw": {**COMMAND, "id": old}})
    interactions = made_with(store, there, clock)
    running = asyncio.create_task(interactions.run(core))
    await core.has(1)
    running.cancel()
    await asyncio.wait([running])
    (event,) = core.events
    assert isinstance(event, CommandInvoked)
    assert event.interaction == WORD
    assert [document.key for document in await store.since("interaction", 0)] == [NOW_ID]


async def test_a_strange_one_is_kept_without_its_token() -> None:
    core = Core()
    interactions = made_with(Memory(), Discord())
    interactions.hear({**COMMAND, "channel_id": 5}, core)
    await core.has(1)
    (event,) = core.events
    assert isinstance(event, UpdateUnreadable)
    assert "the-secret" not in event.raw + event.error


async def test_where_nothing_can_be_suggested_the_box_is_empty() -> None:
    there = Discord()
    data = {"id": "1", "name": "handin", "type": 1, "options": [option("day", "da", focused=True)]}
    made_with(Memory(), there).hear(interaction(4, data), Core())
    await there.until(lambda: there.answered)
    assert there.answered == [{"type": 8, "data": {"choices": []}}]


# --- the network ------------------------------------------------------------------------------------------------------


async def test_no_more_requests_leave_than_the_limit_allows() -> None:
    at: list[float] = []

    async def serve(request: web.Request) -> web.Response:
        at.append(asyncio.get_running_loop().time())
        return web.Response()

    app = web.Application()
    app.router.add_get("/", serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    trips = [Trip() for _ in range(12)]
    async with aiohttp.ClientSession(trace_configs=[Gate(Limit(5, 0.2)).trace()]) as session:
        await asyncio.gather(*(session.get(url, trace_request_ctx=trip) for trip in trips))
    await runner.cleanup()
    assert all(trip.is_gone for trip in trips)
    assert all(later - first >= 0.2 for first, later in zip(at, at[5:], strict=False))


class _Response:
    """As much of an answer as the library's errors keep."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.reason = status, "because"
        self.headers = {"Content-Type": "application/json", **headers}


def answered(status: int, code: int = 0, headers: Mapping[str, str] | None = None) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 502: discord.DiscordServerError}
    response: Any = _Response(status, headers or {})
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": "no"})


@pytest.mark.parametrize(
    ("error", "kind", "more"),
    [
        (answered(403, 50007), Refused, "blocked"),
        (answered(403, 50001), Refused, "gone"),
        (answered(404, 10003), Refused, "gone"),
        (answered(404, 10062), Refused, "late"),
        (answered(404, 10015), Refused, "late"),
        (answered(400, 50035), Refused, ""),
        (answered(403, 0, {"Content-Type": "text/html"}), NotSent, timedelta(minutes=1)),
        (answered(401), NotSent, timedelta(minutes=1)),
        (answered(429, 0, {"Retry-After": "7"}), NotSent, timedelta(seconds=7)),
        (discord.RateLimited(40.0), NotSent, timedelta(seconds=40)),
        (NeverLeft("x"), NotSent, None),
        (answered(502), Unknown, None),
        (TimeoutError(), Unknown, None),
        (aiohttp.ServerDisconnectedError(), Unknown, None),
        (ConnectionResetError(104, "reset"), Unknown, None),
    ],
)
def test_how_a_call_has_ended(error: BaseException, kind: type, more: Any) -> None:
    outcome = outcome_of(error)
    assert type(outcome) is kind
    assert getattr(outcome, "why", None) == more or getattr(outcome, "retry_after", None) == more


def test_what_is_done_already_is_done() -> None:
    assert is_done(answered(400, 40060))
    assert not is_done(answered(400, 50035))


def test_no_token_stands_in_the_words_of_an_error() -> None:
    error = aiohttp.InvalidURL("https://discord.test/interactions/1/the-secret/callback")
    assert "the-secret" not in str(outcome_of(error))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (discord.LoginFailure("no"), "unauthorized"),
        (answered(401), "unauthorized"),
        (discord.PrivilegedIntentsRequired(0), "intents"),
        (TimeoutError(), "unreachable"),
        (None, "unreachable"),
    ],
)
def test_what_keeps_us_away_has_a_name(error: BaseException | None, kind: str) -> None:
    assert trouble_of(error) == kind


async def test_what_mends_itself_soon_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    core, trouble = Core(), Trouble(Clock())
    running = asyncio.create_task(trouble.run(lambda: BOT, core))
    trouble.lost(None)
    await asyncio.sleep(0)
    trouble.found()
    await asyncio.sleep(0)
    monkeypatch.setattr(trouble_module, "_LASTING", 0.0)
    trouble.lost(None)
    await core.has(1)
    trouble.lost(discord.LoginFailure("no"))
    trouble.lost(TimeoutError())  # which says nothing of the token
    await core.has(3)
    trouble.found()
    await core.has(4)
    running.cancel()
    await asyncio.wait([running])
    assert [(event.kind, event.is_over) for event in core.events if isinstance(event, PlatformTrouble)] == [
        ("unreachable", False),
        ("unreachable", True),
        ("unauthorized", False),
        ("unauthorized", True),
    ]
