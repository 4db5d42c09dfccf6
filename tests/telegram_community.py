"""The same community on Telegram: the real adapter speaks HTTP with a Bot API server of ours, under a virtual clock.

What people do, and what they see and are told, has the same names as in `Community`; what somebody sees of a room is
what stands in that group, and what the bot has told them in private about what they did there.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from adapters.local.values import Message
from adapters.telegram import albums
from adapters.telegram.traits import PLATFORM
from bot.config import Platforms, Settings, Telegram
from bot.domain.events import Event
from bot.domain.files import PICTURES
from bot.domain.messages import File
from bot.domain.places import Actor, Address
from bot.domain.text import clean_text
from bot.engine import degrade
from bot.engine.feature import Feature
from tests import community
from tests.community import Community, Start
from tests.elsewhere import Elsewhere
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.people import PNG
from tests.telegram_run import TelegramRun, start
from tests.telegram_town import Town


@dataclass
class TelegramCommunity(Elsewhere):
    """What a test says and hears. Everybody has a private chat with the bot."""

    run: TelegramRun
    town: Town = field(kw_only=True)

    @classmethod
    async def start(cls, data: Path, folder: Path, town: Town, features: Sequence[Feature]) -> TelegramCommunity:
        settings = Settings(
            database=community.database_in(data, folder),
            data=data,
            language="en",
            courses=(folder,),
            platforms=Platforms(telegram=Telegram(token="env:TELEGRAM_TOKEN", api=town.telegram.url)),
        )
        course = cls(run=await start(settings, town, features), folder=folder, town=town)
        for who in town.people:
            course._opens_private_chat(who)
        await course.settle()
        return course

    async def close(self) -> None:
        await super().close()
        await self.run.adapter.client.hang_up()

    # --- who and where ------------------------------------------------------------------------------------------------

    async def welcomes(self, id: str, name: str) -> None:
        self.town.person(id, name)
        self._opens_private_chat(id)
        await self.settle()

    def _opens_private_chat(self, who: str) -> None:
        """As if they had pressed Start long ago."""
        person = self.town.person(who)
        self.town.telegram.world.private(person).is_started = True
        if who not in self.town.opened:
            self.town.opened.add(who)
            self.town.telegram.unblocks(person)

    def actor(self, who: str) -> Actor:
        person = self.town.person(who)
        return Actor(platform=PLATFORM, user=str(person.id), name=person.first_name, handle=who)

    def address(self, room: str = "main") -> Address:
        return Address(platform=PLATFORM, chat=str(self.town.room(room).id))

    def private(self, who: str) -> Address:
        return Address(platform=PLATFORM, chat=str(self.town.person(who).id), private=True)

    # --- say ----------------------------------------------------------------------------------------------------------

    async def types(self, who: str, text: str, *, room: str = "main", **more: Any) -> int:
        number = await self.posts(who, text, room=room, **more)
        await self._lets_it_follow(who, room)
        return number

    async def posts(
        self, who: str, text: str, *, room: str = "main", files: Sequence[File] = (), reply_to: int | None = None
    ) -> int:
        person, chat = self.town.inside(who, room)
        text = clean_text(text)  # what is no text is not taken by a client
        if not files:
            return self.town.telegram.says(person, chat, text, reply_to=reply_to)
        more: dict[str, Any] = {"caption": text or None, "reply_to": reply_to}
        if len(files) > 1:
            return self.town.telegram.sends_album(person, chat, [PNG] * len(files), **more)[0]
        if files[0].is_picture:
            return self.town.telegram.sends_photo(person, chat, **more)
        return self.town.telegram.sends_document(person, chat, name=files[0].name, **more)

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
        """A picture as one, so without a name; anything else as a file."""
        person, chat = self.town.inside(who, room)
        if media_type in PICTURES:
            number = self.town.telegram.sends_photo(person, chat, content, caption=text or None)
        else:
            number = self.town.telegram.sends_document(
                person, chat, content, name=name, mime=media_type, caption=text or None
            )
        await self._lets_it_follow(who, room)
        return number

    async def withheld(self) -> list[Event]:
        found: list[Event] = []

        async def keep(events: Sequence[Event]) -> None:
            found.extend(events)

        await self.run.control.take(keep)
        return found

    async def presses(self, who: str, label: str, *, room: str = "main") -> str | None:
        for message in reversed(await self.messages(who, room)):
            if label in [button.label for button in message.buttons]:
                before, toasts = await self._numbers(who, room), self._toasts(who)
                await self.presses_below(who, message.number, label, room=room)
                heard = await self._told_since(who, room, before) or "\n".join(self._toasts(who)[len(toasts) :])
                return heard or None
        raise AssertionError(f"nobody sees a button {label!r}")

    async def presses_below(self, who: str, number: int, label: str, *, room: str = "main") -> None:
        message = self.town.entry(who, room, number).message
        self.town.telegram.presses(self.town.person(who), message.chat, message.id, label)
        await self._lets_it_follow(who, room)

    async def reacts(self, who: str, number: int, reaction: str, on: bool = True, *, room: str = "main") -> None:
        self.town.telegram.reacts(*self.town.inside(who, room), number, reaction, add=on)
        await self._lets_it_follow(who, room)

    async def edits(self, who: str, number: int, text: str, *, room: str = "main") -> None:
        self.town.telegram.edits(*self.town.inside(who, room), number, text)
        await self._lets_it_follow(who, room)

    async def deletes(self, who: str, number: int, *, room: str = "main") -> None:
        raise AssertionError("no bot is told of deletions: mark the test with needs('deletions')")

    async def leaves(self, who: str, *, room: str = "main") -> None:
        self.town.telegram.leaves(self.town.person(who), self.town.room(room))
        await self.settle()

    # --- hear ---------------------------------------------------------------------------------------------------------

    def _toasts(self, who: str) -> list[str]:
        return [toast.text for toast in self.town.telegram.toasts(self.town.person(who)) if toast.text]

    def _is_told(self, message: Message, who: str) -> bool:
        """In private, or as a reply that everybody sees."""
        if message.only_for or message.author != "bot":
            return message.only_for == who
        above = self.town.room(message.room).messages.get(message.reply_to or 0)
        return above is not None and above.sender is self.town.person(who)

    async def pinned(self, who: str = "ada", room: str = "main") -> Message | None:
        chat = self.town.room(room)
        found = [message for message in await self.messages(who, room) if message.is_pinned]
        order = {number: place for place, number in enumerate(chat.pinned)}
        return max(found, key=lambda message: order[message.number], default=None)


@asynccontextmanager
async def telegram(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Start]:
    """A Telegram, and what starts the bot there. At the end it says whether the bot was a good guest."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.WARNING, logger="alembic")
    town = Town()
    monkeypatch.setattr(degrade, "board_lines", town.board)
    monkeypatch.setattr(albums, "_QUIET", 0.0)

    async def start(home: Path, features: Sequence[Feature], changed: Mapping[str, str]) -> Community:
        folder = town.writes_course(home / "writing", **changed)
        return await TelegramCommunity.start(home / "data", folder, town, features)

    async with town.telegram:
        yield start
        _check(town.telegram, [record for phase in ("setup", "call") for record in caplog.get_records(phase)])


def _check(server: FakeTelegram, logged: Sequence[logging.LogRecord]) -> None:
    assert not server.violations
    assert not server.unanswered, "a button spins for ever"
    assert not [f"{call.method}: {call.answer['description']}" for call in server.calls if not call.is_ok]
    assert not [line for line in (record.getMessage() for record in logged) if server.token in line]
