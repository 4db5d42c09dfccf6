"""The conversation of one room as one person sees it, kept up to date."""

from datetime import date, datetime

from nicegui.elements.mixins.text_element import TextElement

from adapters.local.bubbles import Bubbles, Shown, follows, looks_like
from adapters.local.chat import LocalChat
from adapters.local.control import Control
from adapters.local.nodes import button, div, icon, named, span
from adapters.local.values import Message, Person, Room
from adapters.local.words import PageWords
from bot.domain.ids import Role

_SCREENFUL = 100  # messages


class Conversation:
    """Draws what is there, then appends and replaces."""

    def __init__(self, chat: LocalChat, control: Control, words: PageWords) -> None:
        self._chat = chat
        self._control = control
        self._words = words
        self._bubbles = Bubbles(words, chat.people)
        self._rows: dict[int, tuple[TextElement, Shown]] = {}
        self._last: Message | None = None
        self._limit = _SCREENFUL
        self._seen = 0
        self._list = div("list")

    async def show(self, person: Person, room: Room, *, limit: int = _SCREENFUL) -> None:
        """Start over with the newest messages of a room."""
        self._person, self._room, self._limit = person, room, limit
        self._seen = self._chat.revision
        messages = await self._chat.history(person.id, room.id, limit=limit)
        quotes = await self._quotes(messages)
        self._list.clear()
        self._rows.clear()
        self._last = None
        with self._list:
            if len(messages) >= limit:
                button("earlier", self._words("page.earlier"), data_earlier="1", data_testid="earlier")
            if not messages:
                self._hint()
        for message in messages:
            self._append(message, quotes)

    async def show_earlier(self) -> None:
        await self.show(self._person, self._room, limit=self._limit + _SCREENFUL)

    @property
    def is_behind(self) -> bool:
        return self._chat.revision != self._seen

    async def catch_up(self) -> None:
        """Show what was posted and what has changed since."""
        newest = self._chat.revision
        messages = await self._chat.changes(self._person.id, self._room.id, self._seen)
        quotes = await self._quotes(messages)
        for message in sorted(messages, key=lambda message: message.number):
            self._put(message, quotes)
        # There may be more than one answer holds: then the next look starts behind the last one given.
        self._seen = max((message.revision for message in messages), default=newest)

    def unfold(self, number: int) -> None:
        if number in self._rows:
            row, shown = self._rows[number]
            shown.is_open = True
            self._bubbles.fill(row, shown)

    def _put(self, message: Message, quotes: dict[int, Message]) -> None:
        self._quote_anew(message)
        if message.number in self._rows:
            self._change(message)
        elif self._last is None or message.number > self._last.number:
            if self._last is None:
                self._list.clear()
            self._append(message, quotes)

    def _change(self, message: Message) -> None:
        row, shown = self._rows[message.number]
        was, shown.message = shown.message, message
        if looks_like(message, was):
            self._bubbles.fill_reactions(shown)
        else:
            self._bubbles.fill(row, shown)

    def _quote_anew(self, message: Message) -> None:
        """Where others quote it, they quote what it says now."""
        for row, shown in self._rows.values():
            if shown.quoted and shown.quoted.number == message.number and not looks_like(shown.quoted, message):
                shown.quoted = message
                self._bubbles.fill(row, shown)

    def _append(self, message: Message, quotes: dict[int, Message]) -> None:
        day = self._day(message)
        is_new_day = self._last is None or self._day(self._last) != day
        shown = Shown(
            message=message,
            role=self._role(message.author),
            reader=self._person.id,
            is_first=is_new_day or not follows(message, self._last),
            quoted=quotes.get(message.reply_to or 0),
        )
        with self._list:
            if is_new_day:
                with div("day", role="separator"):
                    span("", self._words.date(day))
            self._rows[message.number] = self._bubbles.row(shown), shown
        self._last = message

    def _role(self, author: str) -> Role:
        person = self._chat.people.get(author)
        return self._control.role(person, self._room) if person else "student"

    async def _quotes(self, messages: list[Message]) -> dict[int, Message]:
        """The messages that others answer, as far as this person may see them."""
        known = {number: shown.message for number, (_, shown) in self._rows.items()}
        known |= {message.number: message for message in messages}
        for number in {message.reply_to for message in messages if message.reply_to} - set(known):
            if found := await self._chat.message(self._person.id, self._room.id, number):
                known[number] = found
        return known

    def _day(self, message: Message) -> date:
        return self._words.local(datetime.fromisoformat(message.at)).date()

    def _hint(self) -> None:
        with div("hint", data_testid="hint"):
            icon("cap")
            named("hint-title", self._words("page.empty_title"))
            if self._control.is_demo:
                for step in _first_steps(self._room):
                    span("hint-step", self._words(f"page.hint_{step}"))


def _first_steps(room: Room) -> tuple[str, ...]:
    """What the hint in an empty room of a demo proposes."""
    if room.is_private:
        return "alone", "anonymous"
    return ("grant", "reload", "audit") if room.staff_only else ("clock", "check_in", "people")
