"""From our messages to Discord's. Pure; every quirk of what goes out stands here and in its neighbours.

A text that is short enough is the message's content. A longer one, and a board, stand in an embed.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import msgspec

from adapters.discord.components import rows_of
from adapters.discord.limits import cut
from adapters.discord.markdown import has_block, markdown
from adapters.discord.naming import file_name
from adapters.discord.polls import poll_of
from bot.domain.messages import File, OutgoingMessage, Span

EPHEMERAL = 1 << 6
LOADING = 1 << 7

_CONTENT, _DESCRIPTION = 2000, 4096  # characters
_FILES = 10
_NAME = 100  # characters of a thread's name
_NONCE = 25  # characters


def payload_of(message: OutgoingMessage) -> dict[str, Any]:
    """What it says, in any form of message. Raises ValueError where it says nothing, or more than Discord takes."""
    if message.poll:
        return {"poll": poll_of(message.poll), **_NO_MENTIONS}
    files = {"attachments": _attachments(message.files)} if message.files else {}
    rows = {"components": rows_of(message.buttons)} if message.buttons else {}
    said = {**_words(message.body), **rows, **files}
    if not said:
        raise ValueError("a message without words")
    return {**said, **_NO_MENTIONS}


_NO_MENTIONS = {"allowed_mentions": {"parse": [], "replied_user": False}}


def new_of(message: OutgoingMessage) -> dict[str, Any]:
    """A message of its own. Sent again within minutes, it appears once."""
    reference = {"message_id": message.reply_to, "fail_if_not_exists": False}
    quote = {"message_reference": reference} if message.reply_to else {}
    return {**payload_of(message), **quote, "nonce": nonce_of(message.key), "enforce_nonce": True}


def nonce_of(key: str) -> str:
    """The same for ever for the same message."""
    return sha256(key.encode()).hexdigest()[:_NONCE]


def edit_of(message: OutgoingMessage) -> dict[str, Any]:
    """What it says now, and that nothing else stands there any more. Files stay, unless there are new ones."""
    return {"content": "", "embeds": [], "components": [], **payload_of(message)}


def aside_of(message: OutgoingMessage) -> dict[str, Any]:
    """What only who has acted sees."""
    return {**payload_of(message), "flags": EPHEMERAL}


def says_nothing(message: OutgoingMessage) -> bool:
    """Whether there is nothing in it for anybody to see."""
    return not (message.text.strip() or message.buttons or message.files or message.poll or message.sheet)


def name_of(message: OutgoingMessage) -> str:
    """What the thread is called that begins with it."""
    title = message.topic.title if message.topic else message.poll.question if message.poll else ""
    first = next(iter(message.text.strip().splitlines()), "")
    return cut(" ".join(title.split()) or first, _NAME) or "…"


def below_title(message: OutgoingMessage) -> OutgoingMessage:
    """As the first message of a post in a forum, where the title stands right above: without what that says in full."""
    said = f"\n{message.topic.text}" if message.topic and message.topic.text else ""
    if not said:
        return message
    body = tuple(msgspec.structs.replace(span, text=span.text.replace(said, "", 1)) for span in message.body)
    return msgspec.structs.replace(message, body=body)


def _words(body: Sequence[Span]) -> dict[str, Any]:
    text = markdown(body)
    if not text:
        return {}
    if len(text) <= _CONTENT and not has_block(body):
        return {"content": text}
    if len(text) > _DESCRIPTION:
        text = markdown(body, is_styled=False)
    if len(text) > _DESCRIPTION:
        raise ValueError("a text that is too long for one message")
    return {"embeds": [{"description": text}]}


def _attachments(files: Sequence[File]) -> list[dict[str, Any]]:
    """The files by their numbers in the upload."""
    if len(files) > _FILES:
        raise ValueError(f"{len(files)} files are more than a message can hold")
    return [{"id": str(number), "filename": file_name(file.name)} for number, file in enumerate(files)]
