"""A kept post in several messages, and what each of them says when the post says something else. Pure."""

import re
from collections.abc import Iterator, Sequence

from msgspec import structs

from bot.domain.messages import OutgoingMessage
from storage.outbox import Queued

_MOST = 30  # messages of one post


def is_part(message: OutgoingMessage, *, of: str) -> bool:
    """Whether it is posted as a further part of this post."""
    return re.fullmatch(rf"{re.escape(of)}\+[0-9]+", message.key) is not None and not message.files


def edits_in(key: str, rest: Sequence[OutgoingMessage], event: str) -> set[str]:
    """The keys of all that an edit with this key may have left to be said in the same event."""
    further = {f"{key}+{number}" for number in range(1, _MOST)}
    return {key} | further | {_edit_of(one, event) for one in rest} | {f"{one.key}:gone" for one in rest}


def in_place(
    queued: Sequence[Queued], post: str, rest: Sequence[OutgoingMessage], event: str
) -> Iterator[tuple[str, Queued]]:
    """The parts of an edit, each with the key of the message that it goes into, or of its own where it is one more.

    `rest`: the messages of the post that follow the first one.
    """
    for number, one in enumerate(queued):
        part = one.message
        if number == 0:
            yield post, one
        elif number <= len(rest) and queued[0].message.edits and not part.files:
            old = rest[number - 1]
            changes = {"key": _edit_of(old, event), "edits": old.key, "address": old.address, "within": old.within}
            yield old.key, structs.replace(one, message=structs.replace(part, **changes))
        else:
            is_below = part.within == queued[0].message.key  # where the post has a thread, that is the post's
            yield part.key, structs.replace(one, message=structs.replace(part, within=post)) if is_below else one


def _edit_of(message: OutgoingMessage, event: str) -> str:
    return f"{message.key}:edit:{event}"
