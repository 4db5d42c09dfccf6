"""The kinds of pictures. A kind is a frozen struct of what one shows; its tag names it in rows for ever.

One more kind is one more class in `Picture`. What it shows are words in the reader's language and numbers, never SVG.
"""

from typing import Any

import msgspec

from bot.engine.pictures.certificate import CertificatePicture
from bot.engine.pictures.font import Undrawable
from bot.engine.pictures.growth import GrowthPicture

Picture = CertificatePicture | GrowthPicture
"""Any of them, as a union."""


def stored(picture: Picture) -> dict[str, Any]:
    """As a job keeps it."""
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(picture))  # as it comes back out of a row
    return built


def read(row: dict[str, Any]) -> Picture:
    """Raises Undrawable where no kind is called so any more, or it has other fields by now."""
    try:
        found: Picture = msgspec.convert(row, Picture)
    except msgspec.ValidationError as error:
        raise Undrawable(f"what the picture shows can't be read: {error}") from error
    return found
