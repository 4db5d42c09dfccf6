"""The adapter against the Discord of our own, over a real gateway and HTTP: what happens there reaches the core."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import client as client_module
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.client import Client
from bot.domain.events import (
    ButtonPressed,
    CommandInvoked,
    Event,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PlaceSeen,
    PlatformTrouble,
    PollVoted,
    ReactionAdded,
    ReactionRemoved,
    StretchSeen,
    UpdateUnreadable,
)
from bot.domain.messages import Button, Field, OutgoingMessage, Poll, Sheet, Span
from bot.domain.places import Address
from bot.domain.ports import Asked
from bot.simulation.memory import Memory
from storage.files import FileStore
from tests.fakes.discord import Channel, FakeDiscord, Limits, User
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.fakes.discord.server import BEGINNING
from tests.quick_library import quick_library

THANKS = {
    "name": "thanks",
    "description": "Thank somebody",
    "options": [
        {"type": 6, "name": "member", "description": "Whom", "required": True},
        {"type": 3, "name": "why", "description": "What for"},
    ],
}
WHY = {"name": "why", "description": "Why"}


class Clock:
    def now(self) -> Any:
        return BEGINNING


class Core:
    """Remembers what it was given, and how far that had come when all that had piled up was handed over."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.caught_up: list[int] = []
        self.answer: Callable[[Event], OutgoingMessage | None] = lambda _: None
        self.send: Callable[[OutgoingMessage], Any] | None = None

    async def __call__(self, events: Sequence[Event], /) -> None:
        if not events:
            self.caught_up.append(len(self.events))
        self.events += events
        for message in filter(None, map(self.answer, events)):
            assert self.send is not None
            await self.send(message)

    def of(self, *kinds: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kinds)]


class Running:
    """Ada and Ben in a server with the bot, which listens in `main`."""

    def __init__(self, server: FakeDiscord, folder: Path) -> None:
        self.server, self.core, self.store = server, Core(), Memory()
        self.ada, self.ben = server.person("Ada", locale="zh-CN"), server.person("Ben", username="ben.x")
        self.guild = server.guild("Camp", self.ada, self.ben)
        self.main = server.channel(self.guild, "main")
        self.forum = server.channel(self.guild, "asks", "forum", tags=["open"])
        self.other = server.channel(self.guild, "other")
        self.bound = [self.at(self.main), self.at(self.forum)]
        self.files = FileStore(folder)
        self.task: asyncio.Task[None] | None = None
        self.wanted: list[Asked] = []

    def at(self, place: Channel | User, *, inside: Channel | None = None) -> Address:
        if isinstance(place, User):
            return Address(platform="discord", chat=str(place.id), private=True)
        return Address(platform="discord", chat=f"{place.id}/{inside.id}" if inside else str(place.id))

    async def starts(self) -> None:
        async def suggest(asked: Asked, /) -> list[tuple[str, str]]:
            self.wanted.append(asked)
            return [("day-1", "The first day")]

        client = Client(self.server.token, self.server.api, self.server.gateway_url)
        self.adapter = DiscordAdapter(client, self.store, self.files, Clock(), lambda: frozenset(self.bound), suggest)
        self.core.send = self.adapter.send
        self.task = asyncio.create_task(self.adapter.run(self.core))

    async def is_there(self) -> None:
        before = len(self.core.caught_up)
        await self.starts()
        await self.server.gateway.connected()
        await self.server.until(lambda: len(self.core.caught_up) > before)

    async def registers(self, *commands: dict[str, Any]) -> None:
        client = self.adapter.client
        path = "/applications/{application_id}/commands"
        await client.call("PUT", path, json=commands, application_id=client.application)

    async def kept(self) -> int:
        """How many interactions would be finished after a restart."""
        return len(await self.store.since("interaction", 0))

    async def stops(self) -> None:
        if self.task:
            self.task.cancel()
            _, left = await asyncio.wait([self.task], timeout=10)
            assert not left, "it does not stop"

    async def gets(self, *kinds: type, number: int = 1) -> list[Any]:
        await self.server.until(lambda: len(self.core.of(*kinds)) >= number)
        return self.core.of(*kinds)


@pytest.fixture
async def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setattr(client_module, "make_library", quick_library)
    monkeypatch.setattr(client_module, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr("adapters.discord.trouble._FIRST_WAIT", 0.05)
    monkeypatch.setattr("adapters.discord.interactions._QUICK", 0.2)
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(str(DiscordWebSocket.DEFAULT_GATEWAY)))
    async with FakeDiscord(limits=Limits.off()) as server:
        server.gateway.limits = GatewayLimits.off()
        made = Running(server, tmp_path)
        yield made
        await made.stops()
        assert not [*server.violations, *server.gateway.violations]


async def test_a_message_is_heard_with_who_said_it_and_where(running: Running) -> None:
    await running.is_there()
    first = running.server.says(running.ada, running.main, "hello")
    running.server.says(running.ben, running.main, "hello you", reply_to=first)
    posted = await running.gets(MessagePosted, number=2)
    assert [(one.text, one.actor.name, one.actor.handle) for one in posted] == [
        ("hello", "Ada", running.ada.username),
        ("hello you", "Ben", "ben.x"),
    ]
    assert posted[0].address == running.at(running.main)
    assert (posted[1].reply_to, posted[1].quoted.text) == (str(first), "hello")


async def test_only_bound_channels_and_private_chats_are_heard(running: Running) -> None:
    await running.is_there()
    running.server.says(running.ada, running.other, "nobody listens here")
    running.server.says(running.ada, running.ada, "between us")
    running.server.says(running.ada, running.main, "last")
    posted = await running.gets(MessagePosted, number=2)
    assert [(one.text, one.address) for one in posted] == [
        ("between us", running.at(running.ada)),
        ("last", running.at(running.main)),
    ]


async def test_a_post_in_a_forum_begins_with_its_title(running: Running) -> None:
    await running.is_there()
    post = running.server.posts_in_forum(running.ada, running.forum, "My essay", "Here it is")
    running.server.says(running.ben, post, "I like it")
    first, second = await running.gets(MessagePosted, number=2)
    assert (first.title, first.text, second.title) == ("My essay", "Here it is", None)
    assert first.address.chat == second.address.chat == f"{running.forum.id}/{first.message}"


async def test_what_becomes_of_a_message_is_heard(running: Running) -> None:
    await running.is_there()
    said = running.server.says(running.ada, running.main, "hello")
    running.server.edits(running.ada, running.main, said, "hello all")
    running.server.reacts(running.ben, running.main, said, "👍")
    running.server.reacts(running.ben, running.main, said, "👍", add=False)
    running.server.deletes(running.ada, running.main, said)
    await running.gets(MessageDeleted)
    edited, added, removed = running.core.of(MessageEdited, ReactionAdded, ReactionRemoved)
    assert (edited.text, edited.message) == ("hello all", str(said))
    assert (added.reaction, added.actor.name, added.message) == ("👍", "Ben", str(said))
    assert (removed.reaction, removed.actor.name) == ("👍", "Ben")


async def test_a_vote_is_all_that_a_person_has_chosen(running: Running) -> None:
    await running.is_there()
    poll = Poll(question="When?", options=("Mon", "Tue", "Wed"), is_multiple=True)
    message = OutgoingMessage(key="poll-1", address=running.at(running.main), body=(Span("When?"),), poll=poll)
    id = int(await running.adapter.send(message))
    running.server.votes(running.ada, running.main, id, "Mon", "Wed")
    running.server.votes(running.ada, running.main, id)
    votes = await running.gets(PollVoted, number=4)
    assert [vote.options for vote in votes] == [(0,), (0, 2), (2,), ()]
    assert {(vote.poll, vote.actor.user) for vote in votes} == {("poll-1", str(running.ada.id))}


async def test_who_comes_into_the_server_comes_into_its_open_rooms(running: Running) -> None:
    hidden = running.server.channel(running.guild, "staff")
    running.server.overwrites(hidden, deny=1 << 10)
    running.bound.append(running.at(hidden))
    await running.is_there()
    cleo = running.server.person("Cleo")
    running.server.joins(cleo, running.guild)
    running.server.leaves(cleo, running.guild)
    left = await running.gets(MemberLeft, number=3)
    joined = running.core.of(MemberJoined)
    assert {one.address for one in joined} == {running.at(running.main), running.at(running.forum)}
    assert {one.actor.name for one in (*joined, *left)} == {"Cleo"}


def ready_answer(event: Event) -> OutgoingMessage | None:
    word = getattr(event, "interaction", None)
    if word is None:
        return None
    assert isinstance(event, CommandInvoked | ButtonPressed | FormSubmitted)
    return OutgoingMessage(key=f"{event.key}:a", address=event.address, body=(Span("done"),), answers=word)


async def test_a_command_is_answered_at_once(running: Running) -> None:
    running.core.answer = ready_answer
    await running.is_there()
    await running.registers(THANKS)
    asked = running.server.types_command(running.ada, running.main, "thanks", {"member": running.ben, "why": "for it"})
    await running.server.until(lambda: running.server.told(asked))
    (command,) = running.core.of(CommandInvoked)
    assert (command.name, command.text, command.actor.language) == ("thanks", f"<@{running.ben.id}> for it", "zh-CN")
    assert running.server.told(asked) == ["done"]
    assert await running.kept() == 0


async def test_a_button_is_a_command_however_long(running: Running) -> None:
    running.core.answer = ready_answer
    await running.is_there()
    command = "review " + "x" * 200
    buttons = (Button(label="Go", command="go on"), Button(label="Long", command=command))
    message = OutgoingMessage(key="m", address=running.at(running.main), body=(Span("Well?"),), buttons=buttons)
    id = int(await running.adapter.send(message))
    running.server.presses(running.ada, running.main, id, "Go")
    running.server.presses(running.ben, running.main, id, "Long")
    pressed = await running.gets(ButtonPressed, number=2)
    assert {(one.actor.name, one.command) for one in pressed} == {("Ada", "go on"), ("Ben", command)}
    await running.server.until(lambda: not running.server.unanswered)


async def test_a_form_comes_back_filled_in(running: Running) -> None:
    fields = (
        Field(id="title", label="Title"),
        Field(id="work", label="Your work", kind="files", takes_text=True, is_optional=True),
    )
    sheet = Sheet(name="handin", title="Hand in", fields=fields, command="handin", open_label="Open")

    def answer(event: Event) -> OutgoingMessage | None:
        plain = ready_answer(event)
        if plain is None or isinstance(event, FormSubmitted):
            return plain
        return OutgoingMessage(key=plain.key, address=plain.address, body=(), answers=plain.answers, sheet=sheet)

    running.core.answer = answer
    await running.is_there()
    await running.registers(WHY)
    asked = running.server.types_command(running.ada, running.main, "why")
    await running.server.until(lambda: running.server.answers(asked))
    given = running.server.submits(running.ada, asked, {"title": "Day one"}, {"work": [("a.txt", b"words")]})
    await running.server.until(lambda: running.server.told(given))
    (form,) = running.core.of(FormSubmitted)
    assert (form.form, form.fields) == ("handin", {"title": "Day one"})
    assert [(file.name, file.size) for file in form.files["work"]] == [("a.txt", 5)]


async def test_a_slow_core_shows_that_it_thinks_and_answers_later(running: Running) -> None:
    await running.is_there()
    await running.registers(WHY)
    asked = running.server.types_command(running.ada, running.main, "why")
    (command,) = await running.gets(CommandInvoked)
    await running.server.until(lambda: running.server.answers(asked))  # in time for Discord
    assert await running.kept() == 1
    answer = ready_answer(command)
    assert answer is not None
    await running.adapter.send(answer)
    assert running.server.told(asked) == ["done"]
    assert await running.kept() == 0


async def test_an_interaction_that_was_kept_is_finished_after_a_restart(running: Running) -> None:
    await running.is_there()
    await running.registers(WHY)
    asked = running.server.types_command(running.ada, running.main, "why")
    await running.server.until(lambda: running.server.answers(asked))
    await running.stops()
    running.core.events.clear()
    running.core.answer = ready_answer
    await running.starts()
    await running.server.until(lambda: running.server.told(asked) == ["done"])
    assert len(running.core.of(CommandInvoked)) == 1


async def test_what_is_said_while_the_line_is_cut_is_heard_after_it_resumes(running: Running) -> None:
    await running.is_there()
    running.server.gateway.drop()
    running.server.says(running.ada, running.main, "still there?")
    await running.server.gateway.connected()
    assert [one.text for one in await running.gets(MessagePosted)] == ["still there?"]
    assert running.server.gateway.resumes == 1


async def test_it_stops_at_once_while_it_connects_again(running: Running) -> None:
    await running.is_there()
    running.server.gateway.hold()
    running.server.gateway.drop()
    await running.server.until(lambda: running.server.gateway.connections == 2)
    await running.stops()


async def test_a_lost_session_is_caught_up_with_in_order(running: Running) -> None:
    await running.is_there()
    running.server.says(running.ada, running.main, "one")
    await running.gets(MessagePosted)
    running.server.gateway.lose_sessions()
    running.server.gateway.drop()
    running.server.says(running.ada, running.main, "two")
    running.server.says(running.ben, running.main, "three")
    await running.server.gateway.connected()
    running.server.says(running.ada, running.main, "four")
    await running.gets(MessagePosted, number=4)
    heard = list({one.key: one.text for one in running.core.of(MessagePosted)}.values())
    assert heard == ["one", "two", "three", "four"]


async def test_an_invalid_session_begins_anew(running: Running) -> None:
    await running.is_there()
    running.server.gateway.invalidate(resumable=False)
    await running.server.until(lambda: len(running.core.caught_up) == 2, 15)
    running.server.says(running.ada, running.main, "here again")
    assert [one.text for one in await running.gets(MessagePosted)] == ["here again"]
    assert running.server.gateway.identifies == 2


async def test_missing_intents_are_told_and_mended(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_MENDING_WAIT", 0.1)
    allowed = running.server.gateway.privileged_allowed
    running.server.gateway.privileged_allowed = type(allowed)(0)
    await running.starts()
    (told,) = await running.gets(PlatformTrouble)
    assert (told.kind, told.is_over) == ("intents", False)
    running.server.gateway.privileged_allowed = allowed
    _, over = await running.gets(PlatformTrouble, number=2)
    assert (over.kind, over.is_over) == ("intents", True)


async def test_a_bad_token_is_told(running: Running) -> None:
    running.server.fail("GET /users/@me", "unauthorized", times=1)
    await running.starts()
    told, over = await running.gets(PlatformTrouble, number=2)
    assert (told.kind, told.is_over, over.is_over) == ("unauthorized", False, True)


async def test_what_is_meant_is_suggested_while_it_is_typed(running: Running) -> None:
    option = {"type": 3, "name": "day", "description": "Which", "autocomplete": True}
    await running.is_there()
    await running.registers({"name": "handin", "description": "Hand in", "options": [option]})
    shown = await running.server.autocompletes(running.ada, running.main, "handin", "day", "da")
    assert shown == [{"name": "The first day", "value": "day-1"}]
    (asked,) = running.wanted
    assert (asked.command, asked.parameter, asked.typed, asked.actor.name) == ("handin", "day", "da", "Ada")
    assert not running.core.of(CommandInvoked)


async def test_how_the_bot_stands_is_told_at_the_start(running: Running) -> None:
    await running.is_there()
    seen = await running.gets(PlaceSeen, number=2)
    assert {one.address for one in seen} == {running.at(running.main), running.at(running.forum)}


async def test_who_takes_one_kind_of_reaction_away_leaves_the_others(running: Running) -> None:
    await running.is_there()
    said = running.server.says(running.ada, running.main, "hello")
    running.server.reacts(running.ben, running.main, said, "👍")
    await running.gets(ReactionAdded)
    place = {"channel_id": str(running.main.id), "message_id": str(said), "guild_id": str(running.guild.id)}
    gone = {**place, "emoji": {"id": None, "name": "🎉"}}
    running.server.gateway.dispatch("MESSAGE_REACTION_REMOVE_EMOJI", gone, guild_id=place["guild_id"])
    (seen,) = await running.gets(StretchSeen)
    assert [[(who.user, what) for who, what in one.reactions] for one in seen.messages] == [
        [(str(running.ben.id), "👍")]
    ]
    running.server.gateway.dispatch("MESSAGE_REACTION_REMOVE_ALL", place, guild_id=place["guild_id"])
    _, nothing = await running.gets(StretchSeen, number=2)
    assert [one.reactions for one in nothing.messages] == [()]


async def test_a_message_that_nobody_understands_is_kept_and_the_next_is_heard(running: Running) -> None:
    await running.is_there()
    said = running.server.says(running.ada, running.main, "one")
    (one,) = await running.gets(MessagePosted)
    running.server.gateway.raw('{"op": 0, "t": "MESSAGE_CREATE", "s": 99, "d": {"id": "7", "author": 5}}')
    running.server.gateway.raw('{"op": 0, "t": "GUILD_ROLE_CREATE", "s": 99, "d": {"guild_id": []}}')
    running.server.edits(running.ada, running.main, said, "two")
    (two,) = await running.gets(MessageEdited)
    assert (one.text, two.text) == ("one", "two")
    assert len(running.core.of(UpdateUnreadable)) == 2


async def test_the_line_may_be_cut_again_and_again(running: Running) -> None:
    await running.is_there()
    for number in range(4):
        running.server.gateway.reconnect() if number % 2 else running.server.gateway.drop()
        running.server.says(running.ada, running.main, str(number))
        await running.server.gateway.connected()
    await running.gets(MessagePosted, number=4)
    assert {one.text for one in running.core.of(MessagePosted)} == {"0", "1", "2", "3"}


async def test_a_server_that_is_not_there_yet_is_waited_for(running: Running) -> None:
    running.server.fail("GET /users/@me", "server", status=503, times=1)
    running.server.fail("GET /gateway/bot", "server", status=503, times=1)
    await running.is_there()
    running.server.says(running.ada, running.main, "at last")
    assert [one.text for one in await running.gets(MessagePosted)] == ["at last"]
    assert not running.core.of(PlatformTrouble)
