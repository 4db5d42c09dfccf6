"""What the core says, as the chat keeps it."""

from typing import Any

from adapters.local.values import PRIVATE, Mistake, Piece, Press, alone_at, place_alone
from bot.domain.messages import OutgoingMessage
from bot.domain.places import Address

_TOAST = 200  # characters


def place_of(address: Address) -> str:
    """Where the messages of an address stand. Raises Mistake for a group that is called like a private chat."""
    if address.private:
        return place_alone(address.chat)
    if is_reserved(address.chat):
        raise Mistake("chat.no_room", 404)
    return address.chat


def is_reserved(room: str) -> bool:
    """Whether no group may have this id."""
    return room == PRIVATE or alone_at(room) is not None


def content_of(message: OutgoingMessage) -> dict[str, Any]:
    """The fields of a Message."""
    table = message.table
    return {
        "body": tuple(Piece(span.text, span.style) for span in message.body),
        "table": table.rows if table else (),
        "numbers": tuple(sorted(table.numbers)) if table else (),
        "files": message.files,
        "buttons": tuple(Press(label=button.label, command=button.command) for button in message.buttons),
        "reply_to": int(message.reply_to) if message.reply_to and message.reply_to.isdigit() else None,
        "only_for": message.only_for,
    }


def is_toast(message: OutgoingMessage) -> bool:
    """Whether an answer is short enough to be shown for a moment; a longer one becomes a message."""
    return not (message.table or message.buttons) and len(message.text) <= _TOAST
