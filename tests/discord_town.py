"""The Discord of one test: its people by their names in the test, its channels, and all that was posted, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from adapters.discord.payloads import is_kept
from adapters.discord.traits import PLATFORM
from adapters.local.values import BOT, Message, Piece, Press, Reaction
from bot.domain.course import Course
from bot.domain.messages import File
from bot.domain.ports import SlashCommand
from tests import elsewhere
from tests.adapters.discord_shown import shown as read_markdown
from tests.discord_typing import filled
from tests.elsewhere import PRIVATE, Rows
from tests.fakes.discord import Channel, FakeDiscord, Limits, Right, User
from tests.fakes.discord import Message as Posted
from tests.fakes.discord.gateway_hub import GatewayLimits
from tests.fakes.discord.people import Attached, buttons, selects
from tests.fakes.discord.state import LOADING, Member, Overwrite
from tests.fakes.discord.state import File as Kept

_URL = re.compile(r"(https?://\S+)")  # which Discord makes links of by itself
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)
"""When the server was made: ids grow with time, since then as texts too, and no course begins earlier."""
_SAID = (0, 19, 20, 23)  # types of messages: said, said in reply, said in answer to a command or a menu of a message
_COMMAND = re.compile(r"/(\w+)\s*(.*)", re.DOTALL)
_CALLED, _MENTION = re.compile(r"(?<!\w)@(\w+)"), re.compile(r"<@(\d+)>")
MOST_WRITTEN, _MOST_ASKED = 2000, 6000  # characters of a message, and of what goes into a command's field
_INPUT = 4  # the type of a component that takes words
_RIGHTS = {"admin": Right.MANAGE_GUILD | Right.MANAGE_MESSAGES, "assistant": Right.MANAGE_MESSAGES}
Raw = tuple[str, dict[str, Any]]
"""An event of the gateway: its name and what it says."""


class Entry(NamedTuple):
    """A message, and the room that it belongs to for who sees it."""

    message: Posted
    room: str

    @property
    def number(self) -> int:
        return self.message.id


class Town(elsewhere.Town[User, Channel, Entry]):
    """A server where everybody is."""

    platform = PLATFORM

    def __init__(self) -> None:
        super().__init__()
        self.wall: Callable[[], datetime] = lambda: LONG_AGO
        self.discord = FakeDiscord(now=self._now, limits=Limits.off())
        self.discord.gateway.limits = GatewayLimits.off()
        self.locale = "en-US"  # of everybody's app
        self.offered: Mapping[str, SlashCommand] = {}  # the bot's commands by their names
        self.met: set[str] = set()  # who has said something to the bot in private
        self._entries: list[Entry] = []
        self.guild = self.discord.guild("Writing camp")
        self._remember_posts()
        for room in ("main", "staff"):
            self.room(room)

    def _now(self) -> datetime:
        return self.wall()

    def _remember_posts(self) -> None:
        world = self.discord.world
        post = world.post

        def remembered(channel: Channel, author: User, **content: Any) -> Posted:
            message = post(channel, author, **content)
            self._entries.append(Entry(message, self._room_of(channel)))
            return message

        world.post = remembered  # type: ignore[method-assign]

    def _room_of(self, channel: Channel) -> str:
        """A private message belongs to the room in which its reader just did something, else to the main one."""
        if channel.person is None:
            return next((name for name, room in self.rooms.items() if room is channel.place), "")
        who, room = self.speaking or ("", "")
        return room if self.people.get(who) is channel.person else "main"

    # --- people and rooms ---------------------------------------------------------------------------------------------

    def person(self, who: str, name: str = "") -> User:
        """The person of this name in the test, who is on the server."""
        if who not in self.people:
            self.people[who] = self.discord.person(name or who.title(), username=who, locale=self.locale)
        if name:
            self.people[who].global_name = name
        self._is_there(self.people[who])
        return self.people[who]

    def _is_there(self, person: User) -> Member:
        """As if they had come long ago."""
        return self.guild.members.setdefault(person.id, Member(user=person, joined_at=LONG_AGO))

    def room(self, name: str) -> Channel:
        """The channel of this name; the staff's is closed, but for whom `inside` lets in."""
        if name not in self.rooms:
            self.rooms[name] = channel = self.discord.channel(self.guild, name)
            if name == "staff":
                channel.overwrites = [
                    Overwrite(id=self.guild.id, kind=0, deny=Right.VIEW_CHANNEL),
                    Overwrite(id=self.discord.world.bot.id, kind=1, allow=Right.VIEW_CHANNEL),
                ]
        return self.rooms[name]

    def inside(self, who: str, room: str) -> tuple[User, Channel]:
        """Somebody who does something in a room; the bot does not say who may see a channel."""
        person = self.person(who)
        if room == PRIVATE:
            return person, self.discord.world.private(person)
        channel = self.room(room)
        if channel.overwrites and all(each.id != person.id for each in channel.overwrites):
            channel.overwrites.append(Overwrite(id=person.id, kind=1, allow=Right.VIEW_CHANNEL))
        return person, channel

    def opens_for(self, course: Course, now: Callable[[], datetime], offered: Sequence[SlashCommand]) -> None:
        """A process of the bot has begun: from now on it is its time, and its people read its language."""
        self.wall, self.offered = now, {command.name: command for command in offered}
        self.locale = "zh-CN" if course.language == "zh_Hans" else "en-US"
        for person in self.people.values():
            person.locale = self.locale
        self._appoints(course)

    def _appoints(self, course: Course) -> None:
        """Staff of the course have on the server the rights that their commands are offered with."""
        for role, accounts in (("admin", course.admins), ("assistant", course.assistants)):
            for account in accounts:
                person = next((one for one in self.people.values() if str(one.id) == account.partition(":")[2]), None)
                if person and not self._is_there(person).roles:
                    given = self.discord.role(self.guild, f"{role} {person.username}", rights=_RIGHTS[role])
                    self._is_there(person).roles.add(given.id)

    # --- what people write --------------------------------------------------------------------------------------------

    def says(
        self, who: str, room: str, text: str, *, reply_to: int | None = None, files: Sequence[Attached] = ()
    ) -> int:
        """They write it; `text` is what a client can send."""
        person, channel = self.inside(who, room)
        return self.discord.says(person, channel, _CALLED.sub(self._mention, text), reply_to=reply_to, files=files)

    def asks(self, who: str, room: str, text: str, reply_to: int | None = None) -> int | None:
        """The command in the box, or in the menu of the message that is replied to; None where they can't use it."""
        person, channel = self.inside(who, room)
        found = _COMMAND.fullmatch(text.strip())
        command = self.offered.get(found[1]) if found else None
        if found is None or command is None:
            return None
        name = command.name if reply_to is None else (command.on_message or {}).get("en")
        options = None if name is None else self._filled(command, name, found[2], is_typed=reply_to is None)
        if name is None or options is None:
            return None
        try:
            return self.discord.types_command(person, channel, name, options, target=reply_to)
        except AssertionError:  # the client does not offer it to them here
            return None

    def _filled(self, command: SlashCommand, name: str, words: str, *, is_typed: bool) -> dict[str, Any] | None:
        """What goes into its fields as it is registered; in the menu of a message it has none."""
        registered = self.discord.world.commands.get(None, [])
        fields = next((one.get("options") or () for one in registered if one["name"] == name), None)
        if fields is None:
            return None
        order = [parameter.name for parameter in command.parameters] if is_typed else []
        return filled(fields, order, words[:_MOST_ASKED], self._listed)

    def asked_in_form(self, interaction: int) -> str:
        """What stands in the form that was opened."""
        return "\n".join(part["label"] for part in self.discord.modal(interaction)["components"])

    def fills_in(self, who: str, interaction: int, given: str) -> int:
        """Fills in the first field for words of the form that was opened, and hands it in."""
        parts = self.discord.modal(interaction)["components"]
        part = next(part for part in parts if part["component"]["type"] == _INPUT)
        return self.discord.submits(self.person(who), interaction, {part["label"]: given})

    def presses(self, who: str, message: Posted, label: str) -> int:
        """A button below it, or what stands in a list to choose from."""
        person, discord = self.person(who), self.discord
        menu = next((one for one in selects(message) if label in [each["label"] for each in one["options"]]), None)
        if menu is None:
            return discord.presses(person, message.channel, message.id, label)
        return discord.selects(person, message.channel, message.id, [label], menu["custom_id"])

    def _mention(self, found: re.Match[str]) -> str:
        """Whoever types @ben chooses Ben from a list."""
        chosen = self._listed(found[1])
        return f"<@{chosen.id}>" if chosen else found[0]

    def _listed(self, who: str) -> User | None:
        """Somebody of the server, as the client lists them."""
        person = self.people.get(who)
        return person if person and person.id in self.guild.members else None

    # --- what stands there --------------------------------------------------------------------------------------------

    def entries(self, who: str, room: str) -> Iterator[Entry]:
        person = self.person(who)
        for entry in self._entries:
            message = entry.message
            is_theirs = message.channel.person in (None, person) and message.only_for in (None, person.id)
            is_there = message.id in message.channel.messages and not message.flags & LOADING
            if entry.room == room and is_theirs and is_there and message.type in _SAID:
                yield entry

    def kept_names(self, entries: Iterable[Entry]) -> set[str]:
        return {data for entry in entries for _, data in offered(entry.message) if is_kept(data)}

    def shown(self, entry: Entry, kept: Mapping[str, str]) -> Message:
        message = entry.message
        text, table = self._read(message)
        reader = message.channel.person.id if message.channel.person else message.only_for
        return Message(
            number=entry.number,
            room=entry.room,
            author=BOT if message.author.is_bot else self.name_of(message.author.id),
            name=message.author.global_name or message.author.username,
            at=message.at.isoformat(),
            body=tuple(Piece(part, "link" if _URL.match(part) else "plain") for part in _URL.split(text) if part),
            table=table,
            buttons=tuple(Press(label=label, command=kept.get(data, data)) for label, data in offered(message)),
            files=tuple(map(_file, message.files)),
            reply_to=message.reply_to,
            only_for=self.name_of(reader) if reader else None,
            reactions=self._reactions(message),
            is_edited=message.edited_at is not None,
            is_pinned=message.is_pinned,
        )

    def _read(self, message: Posted) -> tuple[str, Rows]:
        """The words of a message, and the rows of the board that stands in it. What people type is not styled."""
        if not message.author.is_bot:
            return _MENTION.sub(lambda found: f"@{self.name_of(found[1])}", message.content), ()
        words: list[str] = [f"{message.thread.name}\n"] if message.thread else []
        rows: Rows = ()
        for written in (message.content, *(embed.get("description", "") for embed in message.embeds)):
            for text, style in _parts(written):
                board = self._boards.get(text.strip()) if style in ("code", "code block") else None
                rows = board or rows
                words += [] if board else [text]
        text = "".join(words)
        return (text.strip("\n") if rows else text), rows

    def _reactions(self, message: Posted) -> tuple[Reaction, ...]:
        """What people have put there; the bot's own only say that it has seen something."""
        bot = self.discord.world.bot.id
        those = {emoji: tuple(self.name_of(user) for user in users if user != bot)
                 for emoji, users in message.reactions.items()}  # fmt: skip
        return tuple(Reaction(reaction=emoji, people=people) for emoji, people in those.items() if people)


@lru_cache(maxsize=4096)
def _parts(markdown: str) -> tuple[tuple[str, str], ...]:
    """What is seen, with its style; neighbours of one style together."""
    parts: list[tuple[str, str]] = []
    for text, style in read_markdown(markdown):
        if parts and parts[-1][1] == style != "code block":
            parts[-1] = (parts[-1][0] + text, style)
        else:
            parts.append((text, style))
    return tuple(parts)


def offered(message: Posted) -> list[tuple[str, str]]:
    """What can be pressed or chosen below a message: what stands there, and what it carries."""
    pressed = [(button.get("label", ""), button["custom_id"]) for button in buttons(message) if "custom_id" in button]
    chosen = [(option["label"], option["value"]) for menu in selects(message) for option in menu.get("options", ())]
    return pressed + chosen


def _file(kept: Kept) -> File:
    digest = sha256(kept.content).hexdigest()
    return File(name=kept.name, media_type=kept.mime, size=len(kept.content), sha256=digest)
