"""The messages of a room, as the adapter's store holds them."""

from typing import Any

import msgspec

from adapters.local.values import Message
from bot.domain.ports import AdapterStore, Document


def document_of(message: Message) -> tuple[str, str, dict[str, Any]]:
    """Kind, key and content of the document that holds a message."""
    return _kind(message.room), _key(message.number), msgspec.to_builtins(message)


async def find(store: AdapterStore, room: str, number: int) -> Message | None:
    value = await store.get(_kind(room), _key(number))
    return None if value is None else msgspec.convert(value, Message)


async def newest(store: AdapterStore, room: str, who: str, limit: int) -> list[Message]:
    """What was posted last and this person sees, in order and without a gap."""
    asked = limit * 2
    while True:
        # By their last change: old messages that somebody has just reacted to stand among them.
        latest = await store.latest(_kind(room), limit=asked)
        found = [message for message in map(_message, latest) if message.visible_to(who)]
        is_all = len(latest) < asked
        if not is_all:  # whatever was posted since the oldest of these changes has changed since, so it is here
            found = [message for message in found if message.posted_after >= latest[0].revision]
        if is_all or len(found) >= limit:
            return sorted(found, key=lambda message: message.number)[-limit:]
        asked *= 4


async def changed(store: AdapterStore, room: str, who: str, after: int) -> list[Message]:
    """What was posted or has changed after a revision and this person sees, in order of the change."""
    found = await store.since(_kind(room), after)
    return [message for message in map(_message, found) if message.visible_to(who)]


async def pinned(store: AdapterStore, room: str) -> list[int]:
    """The numbers of the pinned messages of a room, in the order in which they were pinned."""
    value = await store.get(*_pins(room))
    return list(value["numbers"]) if value else []


async def pins_with(store: AdapterStore, message: Message) -> tuple[str, str, dict[str, Any]]:
    """The document of a room's pins, as this message changes it."""
    others = [number for number in await pinned(store, message.room) if number != message.number]
    return *_pins(message.room), {"numbers": [*others, message.number] if message.is_pinned else others}


def _pins(room: str) -> tuple[str, str]:
    return "pins", room


def _message(document: Document) -> Message:
    return msgspec.convert({**document.value, "revision": document.revision}, Message)


def _kind(room: str) -> str:
    return f"message:{room}"


def _key(number: int) -> str:
    return f"{number:012}"
