"""Files that came with what somebody wrote: how a platform gives them out, and what is kept of them once fetched."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath

import msgspec
from msgspec import structs

from bot.domain.events import Attachment
from bot.domain.messages import File

_LONGEST_SUFFIX = 8


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message."""

    attachment: Attachment
    platform: str
    file: File | None = None
    error: str = ""  # why it could not be fetched; then only the platform has it


def pieces_of(attachments: Sequence[Attachment], platform: str) -> tuple[Piece, ...]:
    return tuple(Piece(attachment=attachment, platform=platform) for attachment in attachments)


def unnamed(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The name of a file may be that of a person, and a picture may say where it was: these tell neither."""
    return tuple(_unnamed(piece, number) for number, piece in enumerate(pieces, 1))


def _unnamed(piece: Piece, number: int) -> Piece:
    name = f"{number}{PurePath(piece.attachment.name).suffix[:_LONGEST_SUFFIX]}"
    return structs.replace(piece, attachment=structs.replace(piece.attachment, name=name, is_bare=True))


def pieces_in(stored: object) -> tuple[Piece, ...]:
    """As a row has them."""
    return msgspec.convert(stored, tuple[Piece, ...])
