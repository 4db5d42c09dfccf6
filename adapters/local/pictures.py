"""Which files are pictures that a browser may show: by their content, never by what somebody says of them."""

from pathlib import Path

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def picture_type(start: bytes) -> str | None:
    """The media type of a picture by its first bytes."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for signature, type_ in _SIGNATURES.items() if start.startswith(signature)), None)


def picture_type_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return picture_type(file.read(16))
