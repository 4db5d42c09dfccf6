"""A course community to talk to: the real core and the local chat, without a web server, under a virtual clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar

from adapters.local.parse import PLATFORM, parse
from adapters.local.values import BOT, PRIVATE, Message, Person, place_alone
from bot.demo import DemoRun, demo_settings, start_demo
from bot.domain.events import Event
from bot.domain.ids import Language
from bot.domain.messages import File
from bot.domain.places import Actor, Address
from bot.engine.feature import Feature
from scheduler.virtual import next_time

COURSE = """
title: {zh: 写作营, en: Writing camp}
language: en
time_zone: Europe/London
starts: 2027-03-01
ends: 2027-03-14
spaces:
  - {id: main, kind: main, local: main}
  - {id: staff, kind: staff, local: staff}
staff:
  admins: [local:chen]
  assistants: [local:lin]
checkin:
  makeup: {within_days: 3, at_most: 2}
"""
CALENDAR = """
days:
  - {day: 1, title: First words, task: Write three lines., material: Read page one., sharing: Why do you write?}
  - {day: 2, title: Second day, task: Write five lines.}
  - {day: 3, title: Third day, task: Write seven lines.}
"""
RULES = """
check_in:
  title: {zh: 每日打卡, en: Daily check-in}
  when: checkin.done
  where: {makeup: false, member.role: student}
  limit: {once_per: day}
  then:
    - award: 5
make_up:
  when: checkin.done
  where: {makeup: true}
  then:
    - award: 2
streak_3:
  when: streak.reached
  where: {days: 3}
  then:
    - award: 10
    - say: {zh: "连续三天！", en: "Three days, {name}!"}
share:
  when: share.posted
  limit: {once_per: day}
  then:
    - award: 8
thoughtful:
  when: message.posted
  where: {length: {at_least: 20}}
  limit: {points_per_day: 2}
  then:
    - award: 1
"""
RITUALS = """
daily_task:
  every: day
  at: 09:00
  do: post_task
evening_sharing:
  every: day
  at: 20:00
  do: sharing
  lasts: 1h
"""
DEMO = """
people:
  - {id: ada, name: Ada, role: student}
  - {id: ben, name: Ben, role: student}
  - {id: lin, name: Lin, role: assistant}
  - {id: chen, name: Chen, role: admin}
classmates:
  - {id: mia, name: Mia}
script:
  - {day: 1, at: 12:00, who: mia, says: /checkin}
"""
FILES = {
    "course.yaml": COURSE,
    "calendar.yaml": CALENDAR,
    "rules.yaml": RULES,
    "rituals.yaml": RITUALS,
    "demo.yaml": DEMO,
}


def write_course(folder: Path, **changed: str) -> Path:
    """A course folder; `rules=…` replaces rules.yaml, and so on; `homework=…` adds what it would not have."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**FILES, **{f"{name}.yaml": text for name, text in changed.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def database_in(data: Path, folder: Path) -> str:
    """The address of the database of a community whose data and course are in these folders."""
    return f"sqlite:///{(data / f'{folder.name}.db').as_posix()}"


@dataclass
class Community:
    """What a test says and hears."""

    run: DemoRun
    folder: Path
    is_closed: bool = False
    alone: ClassVar[str] = "main"
    """The room in which to ask for what only oneself may read; in the local chat, any."""
    private_room: ClassVar[str] = PRIVATE
    """The room in which a person is alone with the bot, on every platform."""

    @classmethod
    async def open(cls, data: Path, folder: Path, *, language: Language = "en", **more: Any) -> Community:
        settings = demo_settings(data, language, folder, 0).model_copy(update={"database": database_in(data, folder)})
        run = await start_demo(settings, **more)
        assert isinstance(run, DemoRun), f"process {run.pid} has it open"
        await run.app.activate(run.adapter)
        return cls(run=run, folder=folder)

    async def close(self) -> None:
        self.is_closed = True
        await self.run.app.close()

    # --- who and where ------------------------------------------------------------------------------------------------

    async def welcomes(self, id: str, name: str) -> None:
        """Somebody more is there, and has said nothing yet."""
        await self.run.adapter.chat.welcome(Person(id=id, name=name))

    def actor(self, who: str) -> Actor:
        """A person as the platform tells of them."""
        known = self.run.adapter.chat.people.get(who)
        return Actor(platform=PLATFORM, user=who, name=known.name if known else who.title(), handle=who)

    def address(self, room: str = "main") -> Address:
        return Address(platform=PLATFORM, chat=room)

    def private(self, who: str) -> Address:
        """The conversation of one person with the bot."""
        return Address(platform=PLATFORM, chat=who, private=True)

    # --- say ----------------------------------------------------------------------------------------------------------

    async def types(self, who: str, text: str, *, room: str = "main", **more: Any) -> int:
        """Somebody posts a text, and everything that follows from it happens."""
        number = await self.posts(who, text, room=room, **more)
        await self.settle()
        return number

    async def posts(
        self, who: str, text: str, *, room: str = "main", reply_to: int | None = None, files: Sequence[File] = ()
    ) -> int:
        """Somebody posts a text; nothing follows from it yet."""
        return await self.run.adapter.chat.say(who, room, text, reply_to=reply_to, files=files)

    async def writes(self, who: str, text: str, *, room: str = "main", **more: Any) -> int:
        """The same, as a message that others read, also where the platform has a box of its own for commands."""
        return await self.types(who, text, room=room, **more)

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
        """Somebody posts a file with this in it, and everything that follows from it happens."""
        file = self.run.app.library.store.keep(name, media_type, content)
        return await self.types(who, text, room=room, files=[file])

    def as_sent(self, text: str) -> str:
        """What a client makes of a text before it sends it."""
        return text.replace("\0", "").encode("utf-8", "replace").decode()

    async def settle(self) -> None:
        """All that people did is handled, and all that is to be said is said."""
        await self.run.control.settle()

    async def withheld(self) -> list[Event]:
        """What people did just now, for the test to hand over: as if the platform kept it through an outage."""
        chat = self.run.adapter.chat
        updates = await chat.updates()
        if updates:
            await chat.acknowledge(updates[-1].revision)
        return [parse(update.key, update.value) for update in updates]

    async def presses(self, who: str, label: str, *, room: str = "main") -> str | None:
        """Somebody presses the newest button with this label; what they alone are told."""
        messages = await self.run.adapter.chat.history(who, room)
        for message in reversed(messages):
            for button in message.buttons:
                if button.label == label:
                    before = self.run.adapter.chat.revision
                    await self.run.adapter.chat.press(who, room, message.number, button.command)
                    await self.run.control.settle()
                    answers = await self.run.adapter.chat.answers(who, before)
                    return answers[-1].text if answers else None
        raise AssertionError(f"nobody sees a button {label!r}")

    async def presses_below(self, who: str, number: int, label: str, *, room: str = "main") -> None:
        """Somebody presses a button of this message."""
        [message] = [message for message in await self.messages(who, room) if message.number == number]
        [command] = [button.command for button in message.buttons if button.label == label]
        await self.run.adapter.chat.press(who, room, number, command)
        await self.settle()

    async def reacts(self, who: str, number: int, reaction: str, on: bool = True, *, room: str = "main") -> None:
        """Somebody puts a reaction under a message, or takes it back."""
        await self.run.adapter.chat.react(who, room, number, reaction, on=on)
        await self.settle()

    async def edits(self, who: str, number: int, text: str, *, room: str = "main") -> None:
        """Somebody changes the text of their own message."""
        await self.run.adapter.chat.edit(who, room, number, text)
        await self.settle()

    async def deletes(self, who: str, number: int, *, room: str = "main") -> None:
        """Somebody deletes their own message."""
        await self.run.adapter.chat.delete(who, room, number)
        await self.settle()

    async def leaves(self, who: str, *, room: str = "main") -> None:
        """Somebody leaves a room."""
        await self.run.adapter.chat.leave(who, room)
        await self.settle()

    def rewrites(self, **changed: str) -> None:
        """The operator saves other files of the course: these ones, and all others as they first were."""
        write_course(self.folder, **changed)

    async def until(self, hour: int, minute: int = 0) -> None:
        """The clock moves on to the next time it shows this."""
        await self.run.control.advance(next_time(self.now, time(hour, minute), self.run.control.zone))

    async def passes(self, **length: float) -> None:
        await self.run.control.advance(self.now + timedelta(**length))

    async def is_away(self, **length: float) -> None:
        """The clock goes on while no process is at work."""
        await self.run.control._clock.move(self.now + timedelta(**length))

    async def comes_back(self) -> None:
        """A process is at work again, and does what was due meanwhile."""
        await self.run.control.catch_up()

    @property
    def now(self) -> datetime:
        return self.run.control.now()

    # --- hear ---------------------------------------------------------------------------------------------------------

    async def messages(self, who: str = "ada", room: str = "main") -> list[Message]:
        return await self.run.adapter.chat.history(who, room, limit=1000)

    async def said(self, who: str = "ada", room: str = "main") -> list[str]:
        """What the course has said here and this person sees, oldest first."""
        return [message.text for message in await self.messages(who, room) if message.author == "bot"]

    async def answer(self, who: str, text: str, *, room: str = "main", is_read_by_others: bool = False) -> str:
        """Say it, and hear what only oneself is told."""
        before = {message.number for message in await self.messages(who, room)}
        await (self.writes if is_read_by_others else self.types)(who, text, room=room)
        heard = [m for m in await self.messages(who, room) if m.number not in before and self._is_told(m, who)]
        return "\n".join(message.text for message in heard)

    async def asked_for(self, who: str, text: str, *, room: str = "main") -> str:
        """Begin a form, and read what it asks for."""
        return await self.answer(who, text, room=room)

    async def fills_in(self, who: str, text: str, given: str, *, room: str = "main") -> None:
        """Begin a form that asks for one thing, and give it."""
        before = {message.number for message in await self.messages(who, room)}
        await self.types(who, text, room=room)
        asked = [m for m in await self.messages(who, room) if m.number not in before and m.author == "bot"]
        await self.types(who, given, room=room, reply_to=asked[-1].number)

    def _is_told(self, message: Message, who: str) -> bool:
        is_alone = message.room == place_alone(who) and message.author == BOT
        return is_alone or message.only_for == who

    async def pinned(self, who: str = "ada", room: str = "main") -> Message | None:
        """What stands above the conversation."""
        return await self.run.adapter.chat.pinned(who, room)

    async def board(self, who: str, text: str) -> list[tuple[str, ...]]:
        """The table of the answer to a command."""
        await self.types(who, text)
        return list((await self.messages(who))[-1].table)

    async def points(self, who: str) -> int:
        rows = await self.ledger()
        return sum(row["points"] for row in rows if row["who"] == who)

    async def ledger(self) -> list[dict[str, Any]]:
        from sqlalchemy import select

        from storage.tables import account, ledger

        query = select(ledger, account.c.user).join(account, account.c.member == ledger.c.member).order_by(ledger.c.id)
        rows = await self.run.app.database.run(lambda db: db.execute(query).all())
        return [
            {"who": self._name(row.user), "points": row.points, "rule": row.rule, "object": row.object} for row in rows
        ]

    def _name(self, user: str) -> str:
        return user

    async def rows(self, query: Any) -> list[Any]:
        return list(await self.run.app.database.run(lambda db: db.execute(query).all()))


Start = Callable[[Path, Sequence[Feature], Mapping[str, str]], Awaitable[Community]]
"""Starts a process with its data in a folder; the mapping are the files of its course that differ."""
