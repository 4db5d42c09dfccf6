"""What somebody says to a question, wherever they say it."""

from typing import NamedTuple

from bot.engine.pieces import Piece


class Given(NamedTuple):
    """Words and files: a question's, an answer's, or of what is said between."""

    text: str
    pieces: tuple[Piece, ...] = ()
    object: str | None = None  # the message that it stands in, where all can read it
    entry: str | None = None  # of the handbook, where it comes from there
