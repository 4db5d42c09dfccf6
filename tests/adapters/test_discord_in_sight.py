"""What is said where nobody listens for a while: hidden channels, servers left and entered again, rooms newly bound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from adapters.discord.library import READY
from bot.domain.errors import Unknown
from bot.domain.events import Event, MemberLeft, MessagePosted, PollVoted, UpdateUnreadable
from bot.domain.messages import OutgoingMessage, Poll, Span
from tests.adapters.test_discord_in import WHY, Core, Running, running
from tests.fakes.discord.shapes import channel as shape_of_channel

__all__ = ["running"]

VIEW = 1 << 10
POLL = Poll(question="When?", options=("Mon", "Tue"))


class Stuck(Core):
    """Never commits what holds an event of these kinds."""

    def __init__(self, *kinds: type) -> None:
        super().__init__()
        self.kinds, self.is_stuck = kinds, asyncio.Event()

    async def __call__(self, events: Sequence[Event], /) -> None:
        if any(isinstance(event, self.kinds) for event in events):
            self.is_stuck.set()
            await asyncio.Event().wait()
        await super().__call__(events)


@contextmanager
def stuck(made: Running, kind: type) -> Iterator[Stuck]:
    usual, made.core = made.core, Stuck(kind)
    yield made.core
    made.core = usual


def texts(made: Running) -> list[str]:
    return list({one.key: one.text for one in made.core.of(MessagePosted)}.values())


async def has_heard(made: Running, *said: str) -> None:
    await made.server.until(lambda: len(texts(made)) >= len(said))
    assert texts(made) == list(said)


async def kept(made: Running, kind: str) -> dict[str, Any]:
    return {document.key: document.value for document in await made.store.since(kind, 0)}


async def listens(made: Running) -> None:
    """It has begun in the main channel."""
    await made.is_there()
    made.server.says(made.ada, made.main, "one")
    await made.gets(MessagePosted)


def hides(made: Running, *, by_role: bool) -> Callable[[], None]:
    """Take the main channel out of the bot's sight; what is given back shows it again."""
    server, whom = made.server, next(role for role in made.guild.roles.values() if role.bot)
    target = whom if by_role else server.world.bot
    server.overwrites(made.main, target, deny=VIEW)
    return lambda: server.overwrites(made.main, target)


@pytest.mark.parametrize("by_role", [True, False])
async def test_what_is_said_while_a_channel_is_hidden_is_read_when_it_is_shown(running: Running, by_role: bool) -> None:
    await listens(running)
    show = hides(running, by_role=by_role)
    running.server.says(running.ada, running.main, "while hidden")
    show()
    running.server.says(running.ada, running.main, "back")
    await has_heard(running, "one", "while hidden", "back")


async def test_threads_that_were_made_while_a_channel_was_hidden_are_read(running: Running) -> None:
    await listens(running)
    show = hides(running, by_role=False)
    thread = running.server.thread(running.ada, running.main, "hidden")
    running.server.says(running.ada, thread, "in it")
    show()
    guild = str(running.guild.id)
    sync = {"guild_id": guild, "channel_ids": [str(running.main.id)], "threads": [shape_of_channel(thread)]}
    running.server.gateway.dispatch("THREAD_LIST_SYNC", {**sync, "members": []}, guild_id=guild)
    running.server.says(running.ada, thread, "back")
    await has_heard(running, "one", "in it", "back")


async def test_what_is_said_while_the_bot_is_thrown_out_is_read_when_it_is_invited_again(running: Running) -> None:
    await listens(running)
    parsers = running.adapter.client.cache._connection.parsers
    usual = parsers["GUILD_CREATE"]
    parsers["GUILD_CREATE"] = lambda data: usual({name: one for name, one in data.items() if name != "unavailable"})
    running.server.removes_bot(running.guild)
    await running.server.until(lambda: running.adapter.rooms.guild(str(running.guild.id)) is None)
    running.server.says(running.ada, running.main, "while thrown out")
    running.server.adds_bot(running.guild)
    running.server.says(running.ada, running.main, "back")
    await has_heard(running, "one", "while thrown out", "back")


async def test_a_server_where_no_course_lives_is_not_read(running: Running) -> None:
    await listens(running)
    guild = running.server.guild("Elsewhere", running.ada, bot=False)
    room = running.server.channel(guild, "room")
    running.server.says(running.ada, room, "among us")
    before = len(running.core.caught_up)
    running.server.adds_bot(guild)
    running.server.says(running.ada, running.main, "two")
    await has_heard(running, "one", "two")
    assert len(running.core.caught_up) == before


# --- bound and unbound ------------------------------------------------------------------------------------------------


async def test_words_in_a_channel_that_was_just_bound_survive_a_kill(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.history._FOLLOWING", 0.05)
    with stuck(running, MessagePosted) as core:
        await running.is_there()
        running.bound.append(running.at(running.other))
        running.server.says(running.ada, running.other, "first words")
        await asyncio.wait_for(core.is_stuck.wait(), 5)
        await running.server.until(lambda: str(running.other.id) in running.store._kinds["watermark"])
        await running.stops()
    await running.is_there()
    await has_heard(running, "first words")


async def test_what_is_said_while_a_channel_is_not_bound_is_nobodys_business(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.history._FOLLOWING", 0.05)
    await listens(running)
    thread = running.server.thread(running.ada, running.main, "a thread")
    running.server.says(running.ada, thread, "in it")
    await has_heard(running, "one", "in it")
    running.bound.remove(running.at(running.main))
    await running.server.until(lambda: not running.store._kinds["watermark"].keys() & {str(running.main.id)})
    for place in (running.main, thread):
        running.server.says(running.ada, place, "private")
    await running.server.gateway.idle()
    running.bound.append(running.at(running.main))
    await running.stops()
    await running.is_there()
    for place in (running.main, thread):
        running.server.says(running.ada, place, "bound again")
    await has_heard(running, "one", "in it", "bound again", "bound again")


async def test_what_was_said_before_a_channel_was_bound_is_nobodys_business(running: Running) -> None:
    await listens(running)
    assert running.adapter.listening is not None
    intake = running.adapter.listening._intake
    intake.hold()
    running.server.says(running.ada, running.other, "before")
    await running.server.gateway.idle()
    running.bound.append(running.at(running.other))
    intake.go_on()
    running.server.says(running.ada, running.other, "after")
    await has_heard(running, "one", "after")


async def test_a_thread_that_no_event_has_told_of_is_looked_up_once(running: Running) -> None:
    await listens(running)
    thread = running.server.thread(running.ada, running.main, "a thread")
    await running.server.until(lambda: running.adapter.rooms.room(str(thread.id)) is not None)
    running.adapter.rooms._rooms.pop(str(thread.id))
    for text in ("two", "three"):
        running.server.says(running.ada, thread, text)
    await has_heard(running, "one", "two", "three")
    assert running.core.of(MessagePosted)[-1].address == running.at(running.main, inside=thread)
    assert len(running.server.asked("GET /channels/{channel}")) <= 3  # and two at the start


# --- polls ------------------------------------------------------------------------------------------------------------


async def test_a_vote_that_was_not_committed_is_counted_after_a_kill(running: Running) -> None:
    with stuck(running, PollVoted) as core:
        await listens(running)
        message = OutgoingMessage(key="p", address=running.at(running.main), body=(Span("When?"),), poll=POLL)
        id = int(await running.adapter.send(message))
        running.server.votes(running.ada, running.main, id, "Mon")
        await asyncio.wait_for(core.is_stuck.wait(), 5)
        await running.stops()
    assert await kept(running, "vote") == {}
    await running.is_there()
    (vote,) = await running.gets(PollVoted)
    assert (vote.poll, vote.options) == ("p", (0,))


async def test_votes_in_a_poll_that_is_found_late_are_counted(running: Running) -> None:
    await listens(running)
    message = {"key": "p", "address": running.at(running.main), "body": (Span("When?"),), "poll": POLL}
    running.server.fail("POST /channels/*/messages", "lost_reply")
    with pytest.raises(Unknown):
        await running.adapter.send(OutgoingMessage(**message))  # type: ignore[arg-type]
    id = max(running.main.messages)
    running.server.votes(running.ada, running.main, id, "Mon")
    running.server.says(running.ada, running.main, "two")
    await has_heard(running, "one", "two")
    assert not running.core.of(PollVoted)
    found = await running.adapter.send(OutgoingMessage(**message, is_unsure=True))  # type: ignore[arg-type]
    (vote,) = await running.gets(PollVoted)
    assert (found, vote.options, vote.poll) == (str(id), (0,), "p")
    running.server.votes(running.ada, running.main, id, "Tue")
    votes = await running.gets(PollVoted, number=3)
    assert votes[-1].options == (1,)


async def test_a_vote_waits_for_no_other_poll(running: Running) -> None:
    await listens(running)
    message = OutgoingMessage(key="p", address=running.at(running.main), body=(Span("When?"),), poll=POLL)
    id = int(await running.adapter.send(message))
    async with running.adapter._sending.polls.posting:
        running.server.votes(running.ada, running.main, id, "Mon")
        await running.gets(PollVoted)


# --- what is strange, and what stands still ---------------------------------------------------------------------------


async def test_a_member_event_that_nobody_understands_ends_nothing(running: Running) -> None:
    await listens(running)
    parsers = running.adapter.client.cache._connection.parsers
    parsers["GUILD_MEMBER_REMOVE"]({"guild_id": str(running.guild.id), "user": None})
    running.server.leaves(running.ben, running.guild)
    running.server.says(running.ada, running.main, "two")
    await has_heard(running, "one", "two")
    assert len(running.core.of(UpdateUnreadable)) == 1
    assert {one.actor.user for one in running.core.of(MemberLeft)} == {str(running.ben.id)}


async def test_who_did_something_that_nobody_understands_is_told_so(running: Running) -> None:
    await listens(running)
    await running.registers(WHY)
    parsers = running.adapter.client.cache._connection.parsers
    usual = parsers["INTERACTION_CREATE"]
    parsers["INTERACTION_CREATE"] = lambda data: usual({**data, "member": {"user": 5}})
    asked = running.server.types_command(running.ada, running.main, "why")
    await running.server.until(lambda: running.server.told(asked))
    assert running.server.told(asked) == ["⚠️"]
    await running.gets(UpdateUnreadable)
    assert await running.kept() == 0


async def test_what_is_kept_of_something_strange_is_short(running: Running) -> None:
    await running.is_there()
    running.adapter.client.cache._connection.parsers["MESSAGE_CREATE"]({"id": "7", "author": 5, "content": "x" * 10**6})
    (strange,) = await running.gets(UpdateUnreadable)
    assert len(strange.raw) == 20_000


async def test_the_patience_with_one_session_does_not_end_that_with_the_next(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.listening._LATEST", 0.3)
    await listens(running)
    listening = running.adapter.listening
    assert listening is not None
    heard = listening.heard
    ready = {"user": {"id": running.server.bot}, "guilds": [{"id": str(running.guild.id)}], "shard": [0, 1]}
    heard("READY", ready)
    heard(READY, {"shard": 0})
    await asyncio.sleep(0.2)
    heard("READY", ready)
    before = len(running.core.caught_up)
    await asyncio.sleep(0.2)  # the first session's patience would have been over
    assert listening._beginning
    heard(READY, {"shard": 0})
    await running.server.until(lambda: len(running.core.caught_up) > before)


async def test_what_goes_on_beside_begins_again_after_it_has_failed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.adapter._FIRST_WAIT", 0.01)
    times = 0
    done = asyncio.Event()

    async def beside(*_: Any) -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise RuntimeError("an odd reply")
        done.set()

    await running.starts()
    running.adapter._beside = [beside]
    await asyncio.wait_for(done.wait(), 10)
