"""What somebody hands in: a text, and pieces beside it. Values, and what can be told of them. Pure."""

import re
from datetime import datetime
from hashlib import blake2b

import msgspec

from bot.domain.events import Attachment
from bot.domain.homework import Taken
from bot.domain.text import visible_length
from bot.engine.pieces import Piece

LINK = re.compile(r"https?://[^\s<>\"']{3,}", re.IGNORECASE)
_BY_TYPE: dict[str, Taken] = {"image": "photo", "audio": "voice", "video": "video"}


def kind_of(attachment: Attachment) -> Taken:
    """What sort of thing it is, by its media type."""
    return _BY_TYPE.get(attachment.media_type.partition("/")[0].lower(), "file")


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What is handed in, before anybody has looked at it."""

    text: str
    pieces: tuple[Piece, ...] = ()
    object: str | None = None  # the message that it stands in
    at: datetime  # by the platform's time of that message

    @property
    def length(self) -> int:
        """Characters that one can see."""
        return visible_length(self.text)

    @property
    def is_empty(self) -> bool:
        return not self.pieces and self.length == 0

    @property
    def kinds(self) -> set[Taken]:
        """What it is made of; words beside a link or a file are no text by themselves."""
        found: set[Taken] = {kind_of(piece.attachment) for piece in self.pieces}
        if LINK.search(self.text):
            found.add("link")
        if not found:
            found.add("text")
        return found

    @property
    def digest(self) -> str:
        """The same for the same words and files. Where a platform does not say which file it is, by name and size."""
        said = "\n".join(line.rstrip() for line in self.text.strip().splitlines())
        parts = [said, *sorted(_named(piece.attachment) for piece in self.pieces)]
        return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).hexdigest()


def _named(attachment: Attachment) -> str:
    return attachment.identity or f"{attachment.media_type} {attachment.size} {attachment.name}"
