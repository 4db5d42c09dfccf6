"""What the core says, as the chat keeps it."""

from typing import Any

from adapters.local.values import Piece, Press
from bot.domain.messages import OutgoingMessage

_TOAST = 200  # characters


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
