"""What a community of the tests needs on any platform but the local chat: its town, its clock, and how it is started.

A town outlives the processes of the bot; a platform's own module says how people write there, and what they see.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from msgspec import structs

from adapters.local.values import Message
from bot import platforms
from bot.app import App, build, real_now
from bot.config import Settings
from bot.demo import ScriptedLine, opened_clock, people_of, script_of
from bot.domain.course import Course
from bot.domain.messages import Table
from bot.domain.moments import moment_of
from bot.engine.degrade import PHONE, board_lines
from bot.engine.feature import Feature, Registry
from rules.demo import load_demo
from rules.loader import load_course, read_folder
from scheduler.clock import VirtualClock
from scheduler.virtual import advance
from storage.database import Database
from storage.documents import Documents
from storage.migrate import migrate
from tests.community import FILES, Community, write_course

_OPENS = time(8, 30)
_CHAT, _ACCOUNT = re.compile(r"local: (\w+)"), re.compile(r"local:(\w+)")
PRIVATE = "private"
"""The room of each person that nobody else enters: their conversation with the bot."""
Rows = tuple[tuple[str, ...], ...]


class Numbered(Protocol):
    """Somebody, or a place."""

    id: int


class Posted(Protocol):
    """A message that stands there."""

    @property
    def number(self) -> int: ...


Person = TypeVar("Person", bound=Numbered)
Room = TypeVar("Room", bound=Numbered)
Entry = TypeVar("Entry", bound=Posted)


class Town(ABC, Generic[Person, Room, Entry]):
    """The platform of one test, its people and rooms by their names there. `speaking`: who does something where."""

    platform: ClassVar[str]

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.rooms: dict[str, Room] = {}
        self.speaking: tuple[str, str] | None = None
        self.said_keys: set[str] = set()  # lines of the script
        self._boards: dict[str, Rows] = {}

    # --- people and rooms ---------------------------------------------------------------------------------------------

    @abstractmethod
    def person(self, who: str, name: str = "") -> Person:
        """The person of this name in the test, who is there from the first time on."""

    @abstractmethod
    def room(self, name: str) -> Room:
        """The room of this name, which is there from the first time on."""

    def name_of(self, user: int | str) -> str:
        return next((who for who, person in self.people.items() if str(person.id) == str(user)), str(user))

    def translated(self, text: str) -> str:
        """A course's file whose rooms and people are on this platform."""
        text = _ACCOUNT.sub(lambda found: f"{self.platform}:{self.person(found[1]).id}", text)
        return _CHAT.sub(lambda found: f"{self.platform}: '{self.room(found[1]).id}'", text)

    def writes_course(self, folder: Path, **changed: str) -> Path:
        """As `write_course`, for this platform."""
        files = {name.removesuffix(".yaml"): self.translated(text) for name, text in FILES.items()}
        return write_course(folder, **(files | {name: self.translated(text) for name, text in changed.items()}))

    def as_local(self, course: Course) -> Course:
        """The course with its staff in the local chat, where those of demo.yaml are."""
        admins, assistants = (
            frozenset(f"local:{self.name_of(one.partition(':')[2])}" for one in those)
            for those in (course.admins, course.assistants)
        )
        return structs.replace(course, admins=admins, assistants=assistants)

    # --- what stands there --------------------------------------------------------------------------------------------

    @abstractmethod
    def entries(self, who: str, room: str) -> Iterator[Entry]:
        """What this person sees of a room, oldest first."""

    @abstractmethod
    def shown(self, entry: Entry, kept: Mapping[str, str]) -> Message:
        """As the local chat would have it. `kept`: commands that a button only names."""

    @abstractmethod
    def kept_names(self, entries: Iterable[Entry]) -> set[str]:
        """The names in buttons of commands that are kept because they are too long."""

    def entry(self, who: str, room: str, number: int) -> Entry:
        return next(entry for entry in self.entries(who, room) if entry.number == number)

    def board(self, table: Table, width: int = PHONE) -> list[str]:
        """As `board_lines`; remembers of which rows the text of a board was made."""
        lines = board_lines(table, width)
        self._boards["\n".join(lines).strip()] = table.rows
        return lines


@dataclass(kw_only=True)
class Control(ABC):
    """The clock and what comes in, moved by the test: what `DemoControl` is to the local chat."""

    app: App
    clock: VirtualClock
    zone: str
    lines: Sequence[ScriptedLine]
    said_keys: set[str]

    def now(self) -> datetime:
        return self.clock.now()

    @abstractmethod
    async def settle(self) -> None:
        """Take what people did, and send what is to be said, until nothing is left of either."""

    @abstractmethod
    def says(self, who: str, text: str) -> None:
        """Somebody writes in the main room."""

    async def advance(self, to: datetime) -> None:
        await advance(self, self, to)

    async def move(self, to: datetime) -> None:
        await self.settle()
        await self.clock.move(to)

    async def catch_up(self) -> None:
        await self.advance(self.now())

    async def run_due(self) -> None:
        """First the rituals, then what classmates make of them."""
        await self.app.run_due()
        await self.settle()
        for line in self.lines:
            if self.now() - timedelta(days=1) < line.at <= self.now() and line.key not in self.said_keys:
                self.said_keys.add(line.key)
                self.says(line.who, line.says)
                await self.settle()

    async def next_due(self, after: datetime) -> datetime | None:
        planned = [await self.app.next_due(after), *(line.at for line in self.lines if line.at > after)]
        return min((moment for moment in planned if moment), default=None)


class Opened(NamedTuple):
    """A process for a course, before it speaks to the platform."""

    app: App
    clock: VirtualClock
    course: Course
    lines: Sequence[ScriptedLine]


async def opened(settings: Settings, town: Town[Any, Any, Any], features: Sequence[Feature]) -> Opened:
    """Under a clock that stands where the last process left it; the people of the course are there."""
    folder = settings.courses[0]
    database = Database(settings.database)
    await database.call(lambda: migrate(database, settings.data / "backups", real_now()))
    files = read_folder(folder)
    course = load_course(folder.name, files, Registry(features).vocabulary(), shown_as=folder.name).course
    demo = load_demo(files, town.as_local(course), shown_as=folder.name)
    clock = await opened_clock(database, moment_of(course.starts, _OPENS, course.zone))
    app = build(settings, clock=clock, database=database, traits=platforms.TRAITS, features=features)
    await app.start()
    for person in people_of(demo):
        town.person(person.id, person.name)
    return Opened(app, clock, course, script_of(course, demo))


@dataclass
class Elsewhere(Community):
    """What a test says and hears on such a platform."""

    alone: ClassVar[str] = PRIVATE
    run: Any
    town: Town[Any, Any, Any] = field(kw_only=True)

    def rewrites(self, **changed: str) -> None:
        self.town.writes_course(self.folder, **changed)

    async def is_away(self, **length: float) -> None:
        await self.run.control.clock.move(self.now + timedelta(**length))

    async def _lets_it_follow(self, who: str, room: str) -> None:
        self.town.speaking = (who, room)
        await self.settle()
        self.town.speaking = None

    async def messages(self, who: str = "ada", room: str = "main") -> list[Message]:
        entries = list(self.town.entries(who, room))
        store = Documents(self.run.app.database, self.town.platform)
        kept = {name: str((await store.get("button", name) or {})["command"]) for name in self.town.kept_names(entries)}
        return [self.town.shown(entry, kept) for entry in entries]

    async def _numbers(self, who: str, room: str) -> set[int]:
        return {entry.number for entry in self.town.entries(who, room)}

    async def _told_since(self, who: str, room: str, before: set[int]) -> str:
        told = [m for m in await self.messages(who, room) if m.number not in before and self._is_told(m, who)]
        return "\n".join(message.text for message in told)

    def _name(self, user: str) -> str:
        return self.town.name_of(user)
