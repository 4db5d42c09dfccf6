"""From the chat's updates to events. Pure; every quirk of this platform stands here."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from adapters.local.values import Message, Person
from bot.domain.events import Attachment, ButtonPressed, CommandInvoked, Event, MessagePosted
from bot.domain.ids import EventKey
from bot.domain.places import Actor, Address

PLATFORM = "local"
_COMMAND = re.compile(r"/(\w{1,64})(?:@\w+)?(?:\s+(.*))?", re.DOTALL)


def parse(key: str, update: Mapping[str, Any]) -> Event:
    """The event in an update. Raises whatever a malformed one leads to; the adapter sets it aside."""
    actor = _actor(msgspec.convert(update["person"], Person))
    if update["kind"] == "press":
        return _press(key, update, actor)
    return _message(key, msgspec.convert(update["message"], Message), actor)


def _press(key: str, update: Mapping[str, Any], actor: Actor) -> ButtonPressed:
    return ButtonPressed(
        key=_key(key),
        at=datetime.fromisoformat(update["at"]),
        actor=actor,
        address=Address(platform=PLATFORM, chat=update["room"]),
        message=str(update["message"]),
        command=update["command"],
        interaction=update["interaction"],
    )


def _message(key: str, message: Message, actor: Actor) -> Event:
    common: dict[str, Any] = {
        "key": _key(key),
        "at": datetime.fromisoformat(message.at),
        "actor": actor,
        "address": Address(platform=PLATFORM, chat=message.room),
        "message": str(message.number),
        "reply_to": str(message.reply_to) if message.reply_to else None,
        "attachments": tuple(
            Attachment(name=file.name, media_type=file.media_type, size=file.size, ref=file.sha256)
            for file in message.files
        ),
    }
    if command := _COMMAND.fullmatch(message.text.strip()):
        return CommandInvoked(name=command[1].lower(), text=command[2] or "", **common)
    return MessagePosted(text=message.text, **common)


def _actor(person: Person) -> Actor:
    return Actor(platform=PLATFORM, user=person.id, name=person.name, handle=person.id, language=person.language)


def _key(key: str) -> EventKey:
    return EventKey(f"{PLATFORM}:{key}")
