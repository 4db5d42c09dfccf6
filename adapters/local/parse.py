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
_PASSING: dict[str, type[MemberJoined | MemberLeft]] = {"join": MemberJoined, "leave": MemberLeft}
_COMMAND = re.compile(r"/(\w{1,64})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


class _Told(msgspec.Struct, frozen=True):
    """What an update may hold that is no message; which of these are there depends on its kind."""

    room: str
    at: str
    message: int = 0
    command: str = ""
    interaction: str | None = None
    reaction: str = ""
    on: bool = True
    text: str = ""


def parse(key: str, update: Mapping[str, Any]) -> Event:
    """The event in an update. Raises whatever a malformed one leads to; the adapter sets it aside."""
    actor = _actor(msgspec.convert(update["person"], Person))
    if update["kind"] == "message":
        quoted = msgspec.convert(update.get("quoted"), Message | None)
        return _message(key, msgspec.convert(update["message"], Message), actor, quoted)
    msgspec.convert(update, _Told)
    about: dict[str, Any] = {
        "key": _key(key),
        "at": datetime.fromisoformat(update["at"]),
        "actor": actor,
        "address": _address(update["room"]),
    }
    if update["kind"] in _PASSING:
        return _PASSING[update["kind"]](**about)
    about["message"] = str(update["message"])
    match update["kind"]:
        case "press":
            return ButtonPressed(command=update["command"], interaction=update["interaction"], **about)
        case "react":
            change = ReactionAdded if update["on"] else ReactionRemoved
            return change(reaction=update["reaction"], **about)
        case "edit":
            return MessageEdited(text=update["text"], **about)
        case "delete":
            return MessageDeleted(**about)
        case other:
            raise ValueError(f"an update of kind {other!r}")


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
