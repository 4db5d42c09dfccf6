"""The chat as a platform: rooms, people, messages, and a queue of updates that waits to be acknowledged.

All of it lives in the adapter's own documents, as if it were somebody else's server.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from adapters.local import logbook
from adapters.local.parse import was_command
from adapters.local.posting import content_of, is_reserved, is_toast, place_of
from adapters.local.values import (
    BOT,
    REACTIONS,
    Answer,
    Message,
    Mistake,
    Moved,
    Person,
    Piece,
    Room,
)
from bot.domain.errors import Changed
from bot.domain.messages import File, OutgoingMessage
from bot.domain.ports import AdapterStore, Clock, Document
from bot.domain.text import clean_text

MAX_TEXT = 200_000  # characters; more is refused as a real platform would
_UPDATE = "update"
_COUNTER = ("counter", "message")


class LocalChat:
    """What people and the core do to the chat.

    One process at a time has it open. Every change writes the counter, too, and expects it as this process left it: one
    that was suspended and goes on after another has taken over overwrites nothing.
    """

    def __init__(
        self,
        store: AdapterStore,
        clock: Clock,
        rooms: Callable[[], Iterable[Room]],
        people: Iterable[Person] = (),
        *,
        may_enter: Callable[[Person, Room], bool],
    ) -> None:
        self.store = store
        self._clock = clock
        self._rooms = rooms
        self._may_enter = may_enter  # asked of staff rooms, at every access: who was staff yesterday may be none today
        self._given = {person.id: person for person in people}
        self.people = dict(self._given)
        self._number = 0
        self.revision = 0  # of the newest change, and so of the counter; pages compare it with what they have seen
        self._writing = asyncio.Lock()
        self.acting = asyncio.Lock()  # while somebody else holds it, people neither post nor press
        self.updates_waiting = asyncio.Event()

    async def open(self) -> None:
        """Load where the chat stands, and who has been there."""
        # It is opened again where a page begins to be served, and delivering has begun by then: what was read before
        # somebody's write would have its numbers given out again, and the next message take the place of that one.
        async with self._writing:
            await self._load()

    async def _load(self) -> None:
        for document in await self.store.since("person", 0, limit=100_000):
            person = msgspec.convert(document.value, Person)
            self.people[person.id] = self._given.get(person.id, person)
        for counter in await self.store.latest(_COUNTER[0], limit=1):
            self._number, self.revision = counter.value["number"], counter.revision
        self.updates_waiting.set()

    # --- people -------------------------------------------------------------------------------------------------------

    async def welcome(self, person: Person) -> None:
        """Make a person known, or change what is known of them."""
        if person.id == BOT:
            raise Mistake("chat.reserved_name")
        await self.store.put("person", person.id, msgspec.to_builtins(person))
        self.people[person.id] = person

    def person(self, id: str) -> Person:
        found = self.people.get(id)
        if found is None:
            raise Mistake("chat.nobody", 404)
        return found

    # --- rooms --------------------------------------------------------------------------------------------------------

    def rooms_of(self, person: Person) -> list[Room]:
        """The rooms that this person may be in now."""
        return [room for room in self._rooms() if self._is_open_to(person, room)]

    def _is_open_to(self, person: Person, room: Room) -> bool:
        if room.is_private:
            return True
        return not is_reserved(room.id) and (not room.staff_only or self._may_enter(person, room))

    def room_for(self, room: str, person: Person) -> Room:
        found = next((found for found in self.rooms_of(person) if found.id == room), None)
        if found is None:
            raise Mistake("chat.no_room", 404)
        return found

    def room_or_first(self, room: str, person: Person) -> Room:
        """The room if this person may be in it, else the first one where they may."""
        rooms = self.rooms_of(person)
        if not rooms:
            raise Mistake("chat.no_room", 404)
        return next((found for found in rooms if found.id == room), rooms[0])

    # --- acting -------------------------------------------------------------------------------------------------------

    async def join(self, who: str, room: str) -> None:
        """A person tells the core that they are in a room, which stays open to everybody."""
        await self._pass("join", who, room)

    async def leave(self, who: str, room: str) -> None:
        """A person tells the core that they are gone from a room. Whoever acts there afterwards is back."""
        await self._pass("leave", who, room)

    async def _pass(self, kind: str, who: str, room: str) -> None:
        person, place = self._inside(who, room)
        async with self.acting, self._writing:
            key, update = self._update(kind, person, place)
            await self._write([(_UPDATE, key, update)])
        self.updates_waiting.set()

    async def say(
        self,
        who: str,
        room: str,
        text: str,
        *,
        reply_to: int | None = None,
        files: Sequence[File] = (),
        key: str | None = None,
    ) -> int:
        """A person posts; the message's number. The same key posts once, however often it is said."""
        (person, place), text = self._inside(who, room), clean_text(text)
        _check(text, files)
        async with self.acting, self._writing:
            if key and (known := await self.store.get("said", key)):
                return int(known["number"])
            answered = await self._at(place, reply_to) if reply_to else None
            if answered and answered.is_deleted:
                raise Mistake("chat.is_deleted", 409)
            message = self._new(
                room=place, author=who, name=person.name, body=(Piece(text),), reply_to=reply_to, files=tuple(files)
            )
            update = {"kind": "message", "person": msgspec.to_builtins(person), "message": msgspec.to_builtins(message)}
            if answered and answered.visible_to(who):
                update["quoted"] = msgspec.to_builtins(answered)
            extra = [("said", key, {"number": message.number})] if key else []
            await self._keep(message, [(_UPDATE, f"message:{message.number}", update), *extra])
        self.updates_waiting.set()
        return message.number

    async def press(self, who: str, room: str, number: int, command: str) -> str:
        """A person presses a button; the interaction that will be answered."""
        person, place = self._inside(who, room)
        message = await self.message(who, room, number)
        if message is None or command not in [b.command for b in message.buttons]:
            raise Mistake("chat.no_button", 404)
        async with self.acting, self._writing:
            interaction, update = self._update("press", person, place, message=number, command=command)
            waits = ("interaction", interaction, {"person": who, "room": place})
            await self._write([(_UPDATE, interaction, {**update, "interaction": interaction}), waits])
        self.updates_waiting.set()
        return interaction

    async def react(self, who: str, room: str, number: int, reaction: str, *, on: bool) -> None:
        """A person puts a reaction under a message, or takes it back; what is so already stays so."""
        person, place = self._inside(who, room)
        if reaction not in REACTIONS:
            raise Mistake("chat.no_reaction")
        async with self.acting, self._writing:
            message = await self._there(person, place, number)
            if message.only_for:
                raise Mistake("chat.for_one")
            changed = message.reacted(who, reaction, on=on)
            await self._change(message, changed, "react", person, reaction=reaction, on=on)

    async def edit(self, who: str, room: str, number: int, text: str) -> None:
        """A person changes the text of their own message. A command was carried out as it was; an edit runs none."""
        (person, place), text = self._inside(who, room), clean_text(text)
        async with self.acting, self._writing:
            message = await self._there(person, place, number)
            if message.author != who:
                raise Mistake("chat.not_yours", 403)
            if was_command(message):
                raise Mistake("chat.was_command")
            _check(text, message.files)
            await self._change(message, message.edited(text), "edit", person, text=text)

    async def delete(self, who: str, room: str, number: int) -> None:
        """A person deletes their own message: everybody sees that it is gone, and nobody what it said."""
        person, place = self._inside(who, room)
        async with self.acting, self._writing:
            message = await self._seen(person, place, number)
            if message.author != who:
                raise Mistake("chat.not_yours", 403)
            await self._change(message, message.deleted(), "delete", person)

    def _inside(self, who: str, room: str) -> tuple[Person, str]:
        """A person who may be in this room now, and the place where its messages stand for them."""
        person = self.person(who)
        return person, self.room_for(room, person).place(who)

    async def _seen(self, person: Person, place: str, number: int) -> Message:
        """A message that this person sees."""
        message = await self._at(place, number)
        if message is None or not message.visible_to(person.id):
            raise Mistake("chat.no_message", 404)
        return message

    async def _there(self, person: Person, place: str, number: int) -> Message:
        """A message that this person sees and that is not deleted."""
        message = await self._seen(person, place, number)
        if message.is_deleted:
            raise Mistake("chat.is_deleted", 409)
        return message

    async def _change(self, old: Message, new: Message, kind: str, person: Person, **more: Any) -> None:
        """Keep what a person has made of a message and tell the core; nothing where nothing has changed."""
        if new == old:
            return
        key, update = self._update(kind, person, old.room, message=old.number, **more)
        await self._keep(new, [(_UPDATE, key, update)])
        self.updates_waiting.set()

    def _update(self, kind: str, person: Person, place: str, **more: Any) -> tuple[str, dict[str, Any]]:
        """The key and the content of an update about a place, or a message in it."""
        self._number += 1
        about = {"kind": kind, "person": msgspec.to_builtins(person), "room": place}
        return f"{kind}-{self._number}", {**about, "at": self._clock.now().isoformat(), **more}

    # --- reading ------------------------------------------------------------------------------------------------------

    async def message(self, who: str, room: str, number: int) -> Message | None:
        """A message of a room; None where there is none that this person sees."""
        _, place = self._inside(who, room)
        message = await self._at(place, number)
        return message if message and message.visible_to(who) else None

    async def _at(self, place: str, number: int) -> Message | None:
        return await logbook.find(self.store, place, number)

    async def history(self, who: str, room: str, *, limit: int = 100) -> list[Message]:
        """The newest messages of a room that this person sees, in order."""
        _, place = self._inside(who, room)
        return await logbook.newest(self.store, place, who, limit)

    async def changes(self, who: str, room: str, after: int) -> list[Message]:
        """What was posted or has changed after a revision and this person sees, in order of the change."""
        _, place = self._inside(who, room)
        return await logbook.changed(self.store, place, who, after)

    async def pinned(self, who: str, room: str) -> Message | None:
        """The newest of the pinned messages of a room that this person sees."""
        _, place = self._inside(who, room)
        numbers = await logbook.pinned(self.store, place)
        found = [await self._at(place, number) for number in sorted(numbers, reverse=True)]
        return next((message for message in found if message and message.visible_to(who)), None)

    async def answers(self, who: str, after: int) -> list[Answer]:
        """What this person's button presses were answered after a revision."""
        self.person(who)
        found = await self.store.since(f"answer:{who}", after)
        return [msgspec.convert({**d.value, "revision": d.revision}, Answer) for d in found]

    # --- the core's side ----------------------------------------------------------------------------------------------

    async def updates(self, *, limit: int = 200) -> list[Document]:
        """What waits to be acknowledged, oldest first."""
        self.updates_waiting.clear()
        return await self.store.since(_UPDATE, 0, limit=limit)

    async def acknowledge(self, revision: int) -> None:
        await self.store.delete_through(_UPDATE, revision)

    async def post(self, message: OutgoingMessage) -> str:
        """Show what the core says; the same key shows once. Raises Mistake, such as where there is nothing to edit."""
        async with self._writing:
            if known := await self.store.get("sent", message.key):
                return str(known["id"])
            sent = ("sent", message.key)
            if message.about:
                return await self._change_posted(message, sent)
            if message.answers and is_toast(message):
                return await self._answer(message, sent)
            shown = self._new(room=place_of(message.address), author=BOT, name=BOT, **content_of(message))
            await self._keep(shown, [(*sent, {"id": str(shown.number)})])
            return str(shown.number)

    async def _change_posted(self, message: OutgoingMessage, sent: tuple[str, str]) -> str:
        """Edit, pin or unpin what the core has posted."""
        old = await self._at(place_of(message.address), int(message.target)) if message.target else None
        if old is None:
            raise Mistake("chat.nothing_to_edit", 404)
        others = [(*sent, {"id": str(old.number)})]
        if message.edits:
            kept = {"reply_to": old.reply_to, "only_for": old.only_for}
            shown = msgspec.structs.replace(old, **{**content_of(message), **kept, "is_edited": True})
        else:
            shown = msgspec.structs.replace(old, is_pinned=message.pins is not None)
            others.append(await logbook.pins_with(self.store, shown))
        await self._keep(shown, others)
        return str(old.number)

    async def _answer(self, message: OutgoingMessage, sent: tuple[str, str]) -> str:
        assert message.answers
        waiting = await self.store.get("interaction", message.answers)
        person = waiting["person"] if waiting else message.only_for
        answer = {"interaction": message.answers, "person": person, "text": message.text}
        await self._write([(f"answer:{person}", message.answers, answer), (*sent, {"id": message.answers})])
        return message.answers

    def _new(self, **content: Any) -> Message:
        self._number += 1
        at = self._clock.now().isoformat()
        return Message(number=self._number, at=at, posted_after=self.revision, **content)

    async def _keep(self, message: Message, others: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        await self._write([logbook.document_of(message), *others])

    async def _write(self, documents: Sequence[tuple[str, str, Mapping[str, Any]]]) -> None:
        counter = (*_COUNTER, {"number": self._number})
        try:
            self.revision = await self.store.put_many([*documents, counter], expected=(*_COUNTER, self.revision))
        except Changed as changed:
            await self._load()
            raise Moved from changed


def _check(text: str, files: Sequence[File]) -> None:
    if not text.strip() and not files:
        raise Mistake("chat.empty")
    if len(text) > MAX_TEXT:
        raise Mistake("chat.too_long", 413)
