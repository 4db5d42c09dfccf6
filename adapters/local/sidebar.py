"""The left column: the course, its rooms, and who I am."""

from urllib.parse import urlencode

from nicegui.elements.mixins.text_element import TextElement

from adapters.local.bubbles import avatar
from adapters.local.chat import LocalChat
from adapters.local.control import Control
from adapters.local.nodes import button, div, icon, named, node, span
from adapters.local.values import Message, Person, Room
from adapters.local.words import PageWords


class Sidebar:
    """Drawn anew when somebody goes elsewhere; counts what is unread in the other rooms."""

    def __init__(self, chat: LocalChat, control: Control, words: PageWords) -> None:
        self._chat = chat
        self._control = control
        self._words = words
        self._unread: dict[str, int] = {}  # by place: whoever one becomes, private chats stay apart
        self._seen = chat.revision
        self._counters: dict[str, TextElement] = {}
        button("scrim", data_drawer="close", aria_label=words("page.close_menu"))
        self._column = node("aside", "side", id="side", aria_label=words("page.rooms"))

    def show(self, person: Person, room: Room) -> None:
        self._unread.pop(room.place(person.id), None)
        self._counters.clear()
        self._column.clear()
        with self._column:
            self._course(room)
            with node("nav", "rooms", aria_label=self._words("page.rooms")):
                div("caption", self._words("page.rooms"))
                for other in self._chat.rooms_of(person):
                    self._room(other, person, is_here=other.id == room.id)
            self._people(person, room)

    async def catch_up(self, person: Person, here: Room) -> None:
        """Count what others posted in the rooms that are not open."""
        newest = self._chat.revision
        for room in self._chat.rooms_of(person):
            if room.id == here.id:
                continue
            fresh = await self._chat.changes(person.id, room.id, self._seen)
            posted = sum(1 for message in fresh if message.author != person.id and self._is_new(message, newest))
            if posted:
                place = room.place(person.id)
                self._unread[place] = self._unread.get(place, 0) + posted
                self._count(place)
        self._seen = newest

    def _is_new(self, message: Message, newest: int) -> bool:
        # What was posted before has changed only; what was posted after `newest` is counted the next time.
        return self._seen <= message.posted_after < newest and not message.is_deleted

    def _course(self, room: Room) -> None:
        with div("course"):
            with div("course-mark", aria_hidden="true"):
                icon("cap")
            with div("course-words"):
                div("course-title", self._control.title, title=self._control.title)
                div("course-day", self._words.day(room) or self._words("page.product"), data_testid="day")

    def _room(self, room: Room, person: Person, *, is_here: bool) -> None:
        with node(
            "a",
            "room" + (" here" if is_here else ""),
            href=address(person.id, room.id),
            data_go=room.id,
            data_testid=f"room-{room.id}",
            aria_current="page" if is_here else None,
        ):
            with div(f"room-mark{' staff' if room.staff_only else ''}", aria_hidden="true"):
                icon(_icon_of(room))
            named("room-title", room.title, title=room.title)
            self._counters[room.place(person.id)] = span("unread")
        self._count(room.place(person.id))

    def _count(self, place: str) -> None:
        if place in self._counters:
            count = self._unread.get(place, 0)
            self._counters[place].text = "99+" if count > 99 else str(count or "")

    def _people(self, me: Person, room: Room) -> None:
        with div("people", data_testid="picker", role="group", aria_label=self._words("page.i_am")):
            div("caption", self._words("page.i_am"))
            if not self._control.is_demo:
                with div("person here", data_testid=f"person-{me.id}"):
                    self._person(me, room)
                return
            for person in self._chat.people.values():
                if not person.is_scripted:
                    self._choice(person, room, is_me=person.id == me.id)
            div("caption-note", self._words("page.pick_note"))

    def _choice(self, person: Person, room: Room, *, is_me: bool) -> None:
        kept = self._chat.room_or_first(room.id, person)
        with node(
            "a",
            "person" + (" here" if is_me else ""),
            href=address(person.id, kept.id),
            data_go=kept.id,
            data_as=person.id,
            data_testid=f"person-{person.id}",
            aria_current="true" if is_me else None,
        ):
            self._person(person, kept)
            if is_me:
                icon("check")

    def _person(self, person: Person, room: Room) -> None:
        avatar(person.id, person.name)
        with div("person-words"):
            named("person-name", person.name, title=person.name)
            span("person-role", self._words(f"page.role_{self._control.role(person, room)}"))


def _icon_of(room: Room) -> str:
    if room.is_private:
        return "eye"
    return "lock" if room.staff_only else "people"


def address(person: str, room: str) -> str:
    return "/?" + urlencode({"as": person, "room": room})
