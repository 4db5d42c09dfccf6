"""From the chat's updates to events. Pure; every quirk of this platform stands here."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from adapters.local.values import BOT, Message, Person, alone_at
from bot.domain.events import (
    Attachment,
    ButtonPressed,
    CommandInvoked,
    Event,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Quoted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address

PLATFORM = "local"
_COMMAND = re.compile(r"/(\w{1,64})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


class _Told(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower):
    """An update that is no message."""

    room: str
    at: str


class Join(_Told, frozen=True):
    pass


class Leave(_Told, frozen=True):
    pass


class Press(_Told, frozen=True):
    message: int
    command: str
    interaction: str | None


class React(_Told, frozen=True):
    message: int
    reaction: str
    on: bool


class Edit(_Told, frozen=True):
    message: int
    text: str


class Delete(_Told, frozen=True):
    message: int


_ANY = Join | Leave | Press | React | Edit | Delete


def parse(key: str, update: Mapping[str, Any]) -> Event:
    """The event in an update. Raises whatever a malformed one leads to; the adapter sets it aside."""
    actor = _actor(msgspec.convert(update["person"], Person))
    if update["kind"] == "message":
        quoted = msgspec.convert(update.get("quoted"), Message | None)
        return _message(key, msgspec.convert(update["message"], Message), actor, quoted)
    told: Join | Leave | Press | React | Edit | Delete = msgspec.convert(update, _ANY)
    about: dict[str, Any] = {
        "key": _key(key),
        "at": datetime.fromisoformat(told.at),
        "actor": actor,
        "address": _address(told.room),
    }
    match told:
        case Join():
            return MemberJoined(**about)
        case Leave():
            return MemberLeft(**about)
        case Press():
            return ButtonPressed(command=told.command, interaction=told.interaction, message=str(told.message), **about)
        case React():
            change = ReactionAdded if told.on else ReactionRemoved
            return change(reaction=told.reaction, message=str(told.message), **about)
        case Edit():
            return MessageEdited(text=told.text, message=str(told.message), **about)
        case Delete():
            return MessageDeleted(message=str(told.message), **about)


def was_command(message: Message) -> bool:
    """Whether a message was a command when it was posted. What was edited into one is none: edits run nothing."""
    return not message.is_edited and _command(message) is not None


def _message(key: str, message: Message, actor: Actor, quoted: Message | None) -> Event:
    common: dict[str, Any] = {
        "key": _key(key),
        "at": datetime.fromisoformat(message.at),
        "actor": actor,
        "address": _address(message.room),
        "message": str(message.number),
        "reply_to": str(message.reply_to) if message.reply_to else None,
        "quoted": _quoted(quoted) if quoted else None,
        "attachments": _attachments(message),
    }
    if command := _command(message):
        return CommandInvoked(name=command[1].lower(), text=command[2] or "", **common)
    return MessagePosted(text=message.text, **common)


def _address(place: str) -> Address:
    who = alone_at(place)
    return Address(platform=PLATFORM, chat=place if who is None else who, private=who is not None)


def _quoted(message: Message) -> Quoted:
    is_ours = message.author == BOT
    return Quoted(user=message.author, text=message.text, attachments=_attachments(message), is_ours=is_ours)


def _attachments(message: Message) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(name=file.name, media_type=file.media_type, size=file.size, ref=file.sha256, identity=file.sha256)
        for file in message.files
    )


def _command(message: Message) -> re.Match[str] | None:
    return _COMMAND.fullmatch(message.text.strip())


def _actor(person: Person) -> Actor:
    return Actor(platform=PLATFORM, user=person.id, name=person.name, handle=person.id, language=person.language)


def _key(key: str) -> EventKey:
    return EventKey(f"{PLATFORM}:{key}")
