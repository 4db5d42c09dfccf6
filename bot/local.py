"""The local chat as this process runs it: its rooms, its page, and what the page may ask of us."""

from collections.abc import Iterable
from datetime import datetime, time

from adapters.local.adapter import LocalAdapter
from adapters.local.chat import LocalChat
from adapters.local.control import CommandHint
from adapters.local.parse import PLATFORM
from adapters.local.values import Person, Room
from bot.app import App
from bot.domain.ids import Language
from bot.domain.places import Address
from bot.domain.ports import Texts
from bot.engine.dispatch import listed_commands
from bot.engine.live import Live
from scheduler.virtual import next_time
from storage.documents import Documents

_UNBOUND = ("main", "staff")
"""Rooms that exist even where no course names one, so that `/bind` has a place to be typed."""


def rooms_of(app: App, live: Live, language: Language) -> list[Room]:
    """The rooms that the courses name, and the two that are always there."""
    rooms = {
        chat: Room(id=chat, title=app.texts.say(language, f"room.{chat}"), staff_only=chat == "staff")
        for chat in _UNBOUND
    }
    many = len(live.courses) > 1
    for (platform, chat), space in live.spaces.items():
        if platform == PLATFORM:
            title = app.texts.say(language, f"room.{space.kind}")
            course = live.courses[space.course].title.in_(language)
            shown = f"{course} · {title}" if many else title
            rooms[chat] = Room(id=chat, title=shown, staff_only=space.kind == "staff")
    return list(rooms.values())


def chat_of(app: App, live: Live, language: Language, people: Iterable[Person] = ()) -> LocalChat:
    """The chat over this process's database."""

    def is_staff(person: str) -> bool:
        now = app.library.courses.last_seen
        return any(now.role_of(course, f"{PLATFORM}:{person}") != "student" for course in now.courses)

    store = Documents(app.database, PLATFORM)
    return LocalChat(store, app.clock, rooms_of(app, live, language), people, is_staff=is_staff)


class LocalControl:
    """What the page and its API ask of the application."""

    def __init__(self, app: App, adapter: LocalAdapter, live: Live, language: Language, *, is_demo: bool) -> None:
        self._app = app
        self._adapter = adapter
        self._live = live
        self._course = next(iter(live.courses.values()))
        self.texts: Texts = app.texts
        self.language = language
        self.title = self._course.title.in_(language)
        self.zone = self._course.zone
        self.is_demo = is_demo

    def now(self) -> datetime:
        return self._app.clock.now()

    def day(self) -> tuple[int, int] | None:
        today = self._course.date_at(self.now())
        if not self._course.is_on(today):
            return None
        return self._course.day_number(today), self._course.day_number(self._course.ends)

    def commands(self, person: Person, room: Room) -> list[CommandHint]:
        """What this person may type here, by the rules that the dispatcher holds them to."""
        space = self._live.space_at(Address(platform=PLATFORM, chat=room.id))
        role = self._live.role_of(space.course, f"{PLATFORM}:{person.id}") if space else "student"
        usable = listed_commands(self._app.registry, role, space.kind if space else None)
        return [CommandHint(name=c.name, summary=self.texts.say(self.language, f"help.{c.name}")) for c in usable]

    async def settle(self) -> None:
        while await self._adapter.pump(self._app.sink):
            pass
        await self._app.deliverer.drain()

    async def advance(self, to: datetime) -> None:
        raise NotImplementedError("only a virtual clock can be moved")

    def next_time(self, hour: int) -> datetime:
        return next_time(self.now(), time(hour), self.zone)
