"""The same community on Discord: the real adapter speaks HTTP with a Discord of ours, under a virtual clock.

What people do, and what they see and are told, has the same names as in `Community`; what somebody sees of a room is
what stands in that channel, what only they are shown there, and what the bot has told them in private about it. What
begins with `/` is the command in Discord's own box where a client offers it to them, else a message.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import client
from adapters.discord.traits import PLATFORM
from adapters.local.values import Message
from bot.config import Discord, Platforms, Settings
from bot.domain.events import ContactChanged, Event
from bot.domain.ids import EventKey
from bot.domain.messages import File
from bot.domain.places import Actor, Address
from bot.domain.traits import Limit
from bot.engine import degrade
from bot.engine.feature import Feature
from tests import community
from tests.community import Community, Start
from tests.discord_run import DiscordRun, start
from tests.discord_town import MOST_WRITTEN, Town
from tests.elsewhere import Elsewhere
from tests.fakes.discord import PNG, FakeDiscord
from tests.fakes.discord.routes import interactions
from tests.fakes.discord.state import LOADING
from tests.quick_library import quick_library

_ACKNOWLEDGED = 40060
"""The one refusal that is no mistake: whether an interaction was answered before is only known by trying."""


@dataclass
class DiscordCommunity(Elsewhere):
    """What a test says and hears."""

    run: DiscordRun
    town: Town = field(kw_only=True)

    @classmethod
    async def start(cls, data: Path, folder: Path, town: Town, features: Sequence[Feature]) -> DiscordCommunity:
        settings = Settings(
            database=community.database_in(data, folder),
            data=data,
            language="en",
            courses=(folder,),
            platforms=Platforms(discord=Discord(token="env:DISCORD_TOKEN")),
        )
        course = cls(run=await start(settings, town, features), folder=folder, town=town)
        await course._have_written(*town.people)
        await course.settle()
        return course

    async def close(self) -> None:
        await self.run.close()
        await super().close()

    # --- who and where ------------------------------------------------------------------------------------------------

    async def welcomes(self, id: str, name: str) -> None:
        self.town.person(id, name)
        await self._have_written(id)
        await self.settle()

    async def _have_written(self, *people: str) -> None:
        """As if they had said something to the bot in private long ago."""
        met = [who for who in people if who not in self.town.met]
        self.town.met.update(met)
        await self.run.app.sink([self._contact(who) for who in met])

    def _contact(self, who: str) -> ContactChanged:
        key = EventKey(f"{PLATFORM}:met:{self.town.person(who).id}")
        return ContactChanged(key=key, at=self.now, actor=self.actor(who), address=self.private(who), is_open=True)

    def actor(self, who: str) -> Actor:
        person = self.town.person(who)
        return Actor(platform=PLATFORM, user=str(person.id), name=person.global_name or who, handle=who)

    def address(self, room: str = "main") -> Address:
        return Address(platform=PLATFORM, chat=str(self.town.room(room).id))

    def private(self, who: str) -> Address:
        return Address(platform=PLATFORM, chat=str(self.town.person(who).id), private=True)

    # --- say ----------------------------------------------------------------------------------------------------------

    async def types(self, who: str, text: str, *, room: str = "main", **more: Any) -> int:
        """In the command box, where the client offers it to them there; it takes no files."""
        asked = None if more.get("files") else self.town.asks(who, room, text, more.get("reply_to"))
        if asked is None:
            return await self.writes(who, text, room=room, **more)
        await self._lets_it_follow(who, room)
        return asked

    async def writes(self, who: str, text: str, *, room: str = "main", **more: Any) -> int:
        number = await self.posts(who, text, room=room, **more)
        await self._lets_it_follow(who, room)
        return number

    async def posts(
        self, who: str, text: str, *, room: str = "main", files: Sequence[File] = (), reply_to: int | None = None
    ) -> int:
        """As a message, whatever it says."""
        attached = [(file.name, PNG if file.is_picture else b"\0" * max(file.size, 1)) for file in files]
        return self.town.says(who, room, self.as_sent(text), reply_to=reply_to, files=attached)

    async def sends(
        self,
        who: str,
        content: bytes,
        *,
        name: str = "work.txt",
        media_type: str = "text/plain",
        text: str = "",
        room: str = "main",
    ) -> int:
        """What it is, Discord tells by its name."""
        number = self.town.says(who, room, self.as_sent(text), files=[(name, content)])
        await self._lets_it_follow(who, room)
        return number

    def as_sent(self, text: str) -> str:
        return super().as_sent(text)[:MOST_WRITTEN].strip()

    async def withheld(self) -> list[Event]:
        found: list[Event] = []

        async def keep(events: Sequence[Event]) -> None:
            found.extend(events)

        await self.run.control.keep_back(keep)
        return found

    async def presses(self, who: str, label: str, *, room: str = "main") -> str | None:
        for message in reversed(await self.messages(who, room)):
            if label in [button.label for button in message.buttons]:
                before = await self._numbers(who, room)
                await self.presses_below(who, message.number, label, room=room)
                return await self._told_since(who, room, before) or None
        raise AssertionError(f"nobody sees a button {label!r}")

    async def presses_below(self, who: str, number: int, label: str, *, room: str = "main") -> None:
        self.town.presses(who, self.town.entry(who, room, number).message, label)
        await self._lets_it_follow(who, room)

    async def reacts(self, who: str, number: int, reaction: str, on: bool = True, *, room: str = "main") -> None:
        self.town.discord.reacts(*self.town.inside(who, room), number, reaction, add=on)
        await self._lets_it_follow(who, room)

    async def edits(self, who: str, number: int, text: str, *, room: str = "main") -> None:
        self.town.discord.edits(*self.town.inside(who, room), number, text)
        await self._lets_it_follow(who, room)

    async def deletes(self, who: str, number: int, *, room: str = "main") -> None:
        self.town.discord.deletes(*self.town.inside(who, room), number)
        await self._lets_it_follow(who, room)

    async def leaves(self, who: str, *, room: str = "main") -> None:
        """A channel can't be left: it is the server that they leave."""
        self.town.discord.leaves(self.town.person(who), self.town.guild)
        await self.settle()

    # --- hear ---------------------------------------------------------------------------------------------------------

    def _is_told(self, message: Message, who: str) -> bool:
        """Alone, or as a reply that everybody sees."""
        if message.only_for or message.author != "bot":
            return message.only_for == who and message.author == "bot"
        above = self.town.room(message.room).messages.get(message.reply_to or 0)
        return above is not None and above.author is self.town.person(who)

    async def asked_for(self, who: str, text: str, *, room: str = "main") -> str:
        """Who has written it in a message opens the form by a button."""
        asked = self.town.asks(who, room, text)
        if asked is None:
            await self.writes(who, text, room=room)
            told = (await self.messages(who, room))[-1]
            asked = self.town.presses(who, self.town.entry(who, room, told.number).message, told.buttons[0].label)
        await self._lets_it_follow(who, room)
        return self.town.asked_in_form(asked)

    async def fills_in(self, who: str, text: str, given: str, *, room: str = "main") -> None:
        asked = self.town.asks(who, room, text)
        await self._lets_it_follow(who, room)
        self.town.fills_in(who, asked or 0, given)
        await self._lets_it_follow(who, room)

    async def pinned(self, who: str = "ada", room: str = "main") -> Message | None:
        newest_first = [message.id for message in self.town.discord.pinned(self.town.room(room))]
        found = {message.number: message for message in await self.messages(who, room)}
        return next((found[id] for id in newest_first if id in found), None)


@asynccontextmanager
async def discord(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Start]:
    """A Discord, and what starts the bot there. At the end it says whether the bot was a good guest."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, logger="alembic")
    town = Town()
    monkeypatch.setattr(degrade, "board_lines", town.board)
    monkeypatch.setattr(client, "_LIMIT", Limit(1_000_000, 1))  # pacing runs by real time
    monkeypatch.setattr(client, "make_library", quick_library)
    monkeypatch.setattr(interactions, "SECONDS", 60.0)  # that a machine is busy is nobody's fault

    async def begin(home: Path, features: Sequence[Feature], changed: Mapping[str, str]) -> Community:
        folder = town.writes_course(home / "writing", **changed)
        return await DiscordCommunity.start(home / "data", folder, town, features)

    async with town.discord:
        monkeypatch.setattr(Route, "BASE", town.discord.api)  # which the client sets, and nothing sets back
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(town.discord.gateway_url))
        yield begin
        _check(town.discord, [record for phase in ("setup", "call") for record in caplog.get_records(phase)])


def _check(server: FakeDiscord, logged: Sequence[logging.LogRecord]) -> None:
    assert not server.violations
    assert not server.gateway.violations
    assert not server.unanswered, "somebody waits for an answer for ever"
    originals = [asked.original for asked in server.world.interactions.values() if asked.original]
    assert not [original.id for original in originals if original.flags & LOADING], "the bot thinks for ever"
    asked = [call for call in server.calls if call.route != "/attachments"]  # a link to a file may have expired
    refused = [call for call in asked if call.status >= 400 and (call.answer or {}).get("code") != _ACKNOWLEDGED]
    assert not [f"{call.method} {call.route}: {call.status} {call.answer}" for call in refused]
    secrets = [server.token, *(asked.token for asked in server.world.interactions.values())]
    lines = [record.getMessage() for record in logged]
    assert not [line for line in lines if any(secret in line for secret in secrets)]
