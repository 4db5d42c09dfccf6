"""What everybody agrees on about files that last."""

MAX_FILE = 20 * 1024 * 1024
"""The largest file that is taken, in bytes."""

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
"""Pictures that a browser shows without running anything in them."""

_SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def picture_type(start: bytes) -> str | None:
    """The media type of a picture by its first 16 bytes, never by what somebody says of it; None: it is none."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for signature, type_ in _SIGNATURES.items() if start.startswith(signature)), None)
