"""The local chat as this process runs it: its rooms, its page, and what the page may ask of us."""

from collections.abc import Iterable
from datetime import datetime, time

from adapters.local.adapter import LocalAdapter
from adapters.local.chat import LocalChat
from adapters.local.control import CommandHint
from adapters.local.parse import PLATFORM
from adapters.local.values import PRIVATE, Person, Room
from bot.app import App
from bot.domain.course import Course
from bot.domain.ids import ROLES, CourseId, Language, Role
from bot.domain.places import Address, Space
from bot.domain.ports import Texts
from bot.engine.dispatch import listed_commands
from bot.engine.live import Live
from scheduler.virtual import next_time
from storage.documents import Documents

_UNBOUND = ("main", "staff")
"""Rooms that exist even where no course names one, so that `/bind` has a place to be typed."""


def live_now(app: App) -> Live:
    """The courses as they are now. Ask at each use: a claim, a binding, new files take effect without a restart."""
    return app.library.courses.last_seen


def rooms_of(app: App, live: Live, language: Language) -> list[Room]:
    """The rooms that the courses name, the two that are always there, and everybody's private chat with the bot."""
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
    return [*rooms.values(), Room(id=PRIVATE, title=app.texts.say(language, "room.private"), is_private=True)]


def role_in(live: Live, person: Person, room: Room) -> Role:
    """What the room's course makes of a person; where it has none, the most that any course makes of them."""
    space = _space(live, room)
    courses: Iterable[CourseId] = [space.course] if space else live.courses
    roles = (live.role_of(course, f"{PLATFORM}:{person.id}") for course in courses)
    return max(roles, key=ROLES.index, default="student")


def _space(live: Live, room: Room) -> Space | None:
    return None if room.is_private else live.space_at(Address(platform=PLATFORM, chat=room.id))


def adapter_of(app: App, language: Language, people: Iterable[Person] = ()) -> LocalAdapter:
    """The chat over this process's database. Its staff rooms are open to the staff of the course they belong to."""

    def rooms() -> list[Room]:
        return rooms_of(app, live_now(app), language)

    def may_enter(person: Person, room: Room) -> bool:
        return person.is_staff or role_in(live_now(app), person, room) != "student"

    chat = LocalChat(Documents(app.database, PLATFORM), app.clock, rooms, people, may_enter=may_enter)
    return LocalAdapter(chat, app.clock, app.library.store)


class LocalControl:
    """What the page and its API ask of the application."""

    def __init__(self, app: App, adapter: LocalAdapter, language: Language, *, is_demo: bool) -> None:
        self._app = app
        self._adapter = adapter
        self.texts: Texts = app.texts
        self.language = language
        self.is_demo = is_demo

    @property
    def version(self) -> object:
        return live_now(self._app).version

    @property
    def title(self) -> str:
        titles = [course.title.in_(self.language) for course in live_now(self._app).courses.values()]
        return " · ".join(titles) or self.texts.say(self.language, "page.product")

    @property
    def zone(self) -> str:
        """The first course's: the page has one clock."""
        return next((course.zone for course in live_now(self._app).courses.values()), "UTC")

    def now(self) -> datetime:
        return self._app.clock.now()

    def day(self, room: Room) -> tuple[int, int] | None:
        course = self._course(room)
        today = course.date_at(self.now()) if course else None
        if course is None or today is None or not course.is_on(today):
            return None
        return course.day_number(today), course.day_number(course.ends)

    def _course(self, room: Room) -> Course | None:
        """The one that the room belongs to; where it belongs to none, the only one there is."""
        live = live_now(self._app)
        space = _space(live, room)
        courses = [live.courses[space.course]] if space else list(live.courses.values())
        return courses[0] if len(courses) == 1 else None

    def role(self, person: Person, room: Room) -> Role:
        return role_in(live_now(self._app), person, room)

    def commands(self, person: Person, room: Room) -> list[CommandHint]:
        """What this person may type here, by the rules that the dispatcher holds them to."""
        space = _space(live_now(self._app), room)
        role = self.role(person, room) if space or room.is_private else "student"
        usable = listed_commands(self._app.registry, role, space.kind if space else None)
        return [CommandHint(name=c.name, summary=self.texts.say(self.language, f"help.{c.name}")) for c in usable]

    async def settle(self) -> None:
        while await self._adapter.pump(self._app.sink):
            pass
        await self._app.drain()

    async def advance(self, to: datetime) -> None:
        raise NotImplementedError("only a virtual clock can be moved")

    def next_time(self, hour: int) -> datetime:
        return next_time(self.now(), time(hour), self.zone)
