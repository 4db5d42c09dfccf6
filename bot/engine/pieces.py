"""Files that came with what somebody wrote: how a platform gives them out, and what is kept of them once fetched."""

from collections.abc import Sequence

import msgspec

from bot.domain.events import Attachment
from bot.domain.messages import File


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message."""

    attachment: Attachment
    platform: str
    file: File | None = None
    error: str = ""  # why it could not be fetched; then only the platform has it


def pieces_of(attachments: Sequence[Attachment], platform: str) -> tuple[Piece, ...]:
    return tuple(Piece(attachment=attachment, platform=platform) for attachment in attachments)


def pieces_in(stored: object) -> tuple[Piece, ...]:
    """As a row has them."""
    return msgspec.convert(stored, tuple[Piece, ...])
