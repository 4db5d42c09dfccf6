"""A picture that is to be drawn, as a job keeps it."""

from typing import Any

import msgspec


class Drawing(msgspec.Struct, frozen=True, kw_only=True, tag="drawing"):
    """What a picture shows, by its kind (`bot/engine/pictures`): it is drawn when nobody waits for a transaction."""

    name: str  # of the file
    picture: dict[str, Any]
