"""The chat platform of a simulation, and everybody's hands on it. It lives on while the core is down."""

from collections.abc import Mapping
from datetime import datetime

from adapters.local.adapter import TRAITS, LocalAdapter
from adapters.local.chat import LocalChat
from adapters.local.parse import PLATFORM
from adapters.local.values import Mistake, Person
from adapters.local.values import Room as ChatRoom
from bot.domain.course import Course
from bot.domain.events import Attachment
from bot.domain.messages import OutgoingMessage
from bot.domain.ports import Clock, Sink
from bot.simulation.acts import Act, CheckIn, Deed, Delete, Edit, Join, Leave, Post, React, Room, Say
from bot.simulation.cast import Cast
from bot.simulation.memory import Memory


class Platform:
    """An adapter for the core, and for the script the one place where acts are performed."""

    platform = PLATFORM
    traits = TRAITS

    def __init__(self, course: Course, cast: Cast, rooms: Mapping[Room, str], clock: Clock) -> None:
        self._course = course
        self._clock = clock
        self._rooms = rooms
        chat_rooms = [ChatRoom(id=id, title=room, staff_only=room == "staff") for room, id in rooms.items()]
        people = [Person(id=id, name=name, is_staff=cast.student(id) is None) for id, name in cast.names.items()]
        self._chat = LocalChat(Memory(), clock, lambda: chat_rooms, people, may_enter=lambda person, _: person.is_staff)
        self._adapter = LocalAdapter(self._chat, clock)
        self._numbers: dict[Post, int] = {}
        self._buttons: dict[tuple[str, str], int] = {}  # chat and command -> the newest message with that button
        self.posts: dict[int, Post] = {}  # the script's names of what people have posted, or pressed
        self.messages = 0  # that the core has sent

    # --- the core's side ----------------------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        await self._adapter.run(sink)

    async def pump(self, sink: Sink) -> int:
        """Hand over one batch of what waits; how many there were."""
        return await self._adapter.pump(sink)

    async def send(self, message: OutgoingMessage) -> str:
        number = await self._adapter.send(message)
        self.messages += 1
        for button in message.buttons:
            self._buttons[message.address.chat, button.command] = int(number)
        return number

    async def fetch(self, attachment: Attachment) -> bytes:
        return await self._adapter.fetch(attachment)

    # --- people's side ------------------------------------------------------------------------------------------------

    async def perform(self, deed: Deed) -> None:
        """Do it, at the moment that the clock shows."""
        await self._perform(deed.act, deed.who, self._rooms[deed.room])

    async def _perform(self, act: Act, who: str, room: str) -> None:
        match act:
            case Say():
                await self._say(act, who, room)
            case CheckIn():
                await self._check_in(act, who, room)
            case React():
                await self._chat.react(who, room, self._numbers[act.post], act.reaction, on=act.on)
            case Edit():
                await self._chat.edit(who, room, self._numbers[act.post], act.text)
            case Delete():
                await self._chat.delete(who, room, self._numbers[act.post])
            case Join():
                await self._chat.join(who, room)
            case Leave():
                await self._chat.leave(who, room)

    async def _say(self, act: Say, who: str, room: str) -> None:
        reply_to = self._numbers[act.reply_to] if act.reply_to else None
        number = await self._chat.say(who, room, act.text, reply_to=reply_to)
        self._numbers[act.post] = number
        self.posts[number] = act.post

    async def _check_in(self, act: CheckIn, who: str, room: str) -> None:
        """Whoever finds no button says the word."""
        command = f"checkin {self._course.date_at(self._now()).isoformat()}"
        number = self._buttons.get((room, command))
        if act.presses and number:
            try:
                interaction = await self._chat.press(who, room, number, command)
            except Mistake:  # the post has changed and has that button no more
                pass
            else:
                self.posts[int(interaction.rpartition("-")[2])] = act.post
                return
        await self._say(Say(post=act.post, text=act.word), who, room)

    def _now(self) -> datetime:
        return self._clock.now()
