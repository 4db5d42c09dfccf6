"""The shapes of the API: what is asked, and how the chat's values are answered."""

from typing import Any
from urllib.parse import quote

import msgspec

from adapters.local.values import Message
from bot.domain.messages import File


class SayRequest(msgspec.Struct):
    room: str
    person: str = msgspec.field(default="", name="as")
    text: str = ""
    reply_to: int | None = None
    files: list[File] = []
    key: str | None = None  # of the sender's choice; the same key posts once
    wait: bool = True  # answer when the effects are there


class PressRequest(msgspec.Struct):
    room: str
    message: int
    command: str
    person: str = msgspec.field(default="", name="as")
    wait: bool = True


class ReactRequest(msgspec.Struct):
    room: str
    message: int
    reaction: str
    on: bool = True  # False takes it back
    person: str = msgspec.field(default="", name="as")
    wait: bool = True


class EditRequest(msgspec.Struct):
    room: str
    message: int
    text: str
    person: str = msgspec.field(default="", name="as")
    wait: bool = True


class DeleteRequest(msgspec.Struct):
    room: str
    message: int
    person: str = msgspec.field(default="", name="as")
    wait: bool = True


class AdvanceRequest(msgspec.Struct):
    to: str


def file_url(upload: File) -> str:
    return f"/files/{upload.sha256}/{quote(upload.name, safe='')}"


def linked_file(upload: File) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.to_builtins(upload)
    return {**content, "url": file_url(upload)}


def shown_message(message: Message, who: str) -> dict[str, Any]:
    """A message as this person is shown it."""
    return {
        "number": message.number,
        "author": message.author,
        "name": message.name,
        "at": message.at,
        "text": message.text,
        "body": [{"text": piece.text, "style": piece.style} for piece in message.body],
        "table": message.table,
        "numbers": message.numbers,
        "buttons": [{"label": button.label, "command": button.command} for button in message.buttons],
        "files": [linked_file(upload) for upload in message.files],
        "reply_to": message.reply_to,
        "only_for": message.only_for,
        "reactions": [
            {"reaction": given.reaction, "count": len(given.people), "mine": who in given.people}
            for given in message.reactions
        ],
        "is_edited": message.is_edited,
        "is_deleted": message.is_deleted,
        "is_pinned": message.is_pinned,
        "revision": message.revision,
    }
