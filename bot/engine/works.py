"""What members made and showed, as features offer it to each other: `@feature.offer("works")`."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.domain.ids import MemberId, SpaceId
from bot.domain.messages import Text
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.pieces import Piece

READ = 2000
"""Characters of a work that its excerpt may come from."""


class Work(NamedTuple):
    """Something that others may look at again.

    An offer is asked with the course's id and two moments, and answers with what was shown after the first of them.
    """

    member: MemberId
    space: SpaceId
    message: str | None  # the object of the message that it stands in
    at: datetime
    text: str  # the beginning, where it is long
    length: int  # characters, of all of it
    files: int


class Whole(NamedTuple):
    """A featured work with all that it is, for its author to use it again: `@feature.offer("featured_works")`.

    An offer is asked and answers as that of `Work`; it leaves out what it can't give whole.
    """

    member: MemberId
    at: datetime  # when it was featured
    text: str
    files: Sequence[Piece]
    message: str | None
    grade: int | None  # percent, of homework


def excerpt(text: str, files: int, columns: int) -> list[str | Text]:
    """The beginning of a work, on one line, and how many files there are. Their names may tell who made it."""
    said = shorten(clean_line(text[:READ]), columns)
    more = [Text(id="files.count", values={"count": files})] if files else []
    return ([said] if said else []) + more
