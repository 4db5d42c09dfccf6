"""Pictures without what cameras and programs write into them: where it was, whose it is, on what, and when.

What is left is what is needed to draw them, and which way is up.
"""

import re
import struct
from collections.abc import Iterator

from bot.domain.files import picture_type

BARED = ("image/png", "image/jpeg", "image/webp")
"""Media types of what can be stripped; anything else stays as it is."""

_PNG_HEAD = 8  # bytes
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs acTL fcTL fdAT".split())
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"))
_WEBP_SAID = 0b0010_1100  # in the flags of VP8X: that there are a colour profile, EXIF, XMP

_EOI, _SOS, _APP0, _APP1, _APP14, _COM = 0xD9, 0xDA, 0xE0, 0xE1, 0xEE, 0xFE
_MARKER = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
_ORIENTATION = 0x0112
_UPRIGHT = 1


class Broken(Exception):
    """It is no whole picture: nobody can say what else is in it."""


def bare(content: bytes) -> bytes:
    """The same picture, and nothing else; what is none of the kinds above as it is. Raises Broken."""
    stripped = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}.get(picture_type(content[:16]) or "")
    if stripped is None:
        return content
    try:
        return b"".join(stripped(content))
    except (struct.error, IndexError) as error:
        raise Broken from error


def _png(content: bytes) -> Iterator[bytes]:
    yield content[:_PNG_HEAD]
    at, kind = _PNG_HEAD, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise Broken
        if kind in _PNG_KEPT:
            yield content[at:end]
        at = end


def _webp(content: bytes) -> Iterator[bytes]:
    kept = b"".join(_webp_chunks(content))
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    at, end = 12, 8 + struct.unpack_from("<I", content, 4)[0]
    if end > len(content):
        raise Broken
    while at < end:
        kind, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise Broken
        if kind == b"VP8X":
            body = bytes((body[0] & ~_WEBP_SAID,)) + body[1:]
        if kind in _WEBP_KEPT:
            yield struct.pack("<4sI", kind, length) + body + b"\0" * (length % 2)
        at += 8 + length + length % 2


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Segment by segment; what follows the picture's end is not part of it."""
    yield content[:2]
    at = 2
    while True:
        found = _MARKER.search(content, at)
        if found is None:
            raise Broken
        yield content[at : found.start()]  # between two markers: the picture itself, behind the start of a scan
        kind, at = found[1][0], found.end()
        if kind == _EOI:
            yield bytes((0xFF, _EOI))
            return
        (length,) = struct.unpack_from(">H", content, at)
        body = content[at + 2 : at + length]
        if length < 2 or len(body) < length - 2:
            raise Broken
        yield from _segment(kind, body)
        at += length
        if kind != _SOS and content[at : at + 1] != b"\xff":
            raise Broken


def _segment(kind: int, body: bytes) -> Iterator[bytes]:
    if kind == _APP1:
        yield from _upright(body)
        return
    is_ours = (kind, body[:5]) in ((_APP0, b"JFIF\0"), (_APP14, b"Adobe"))
    if is_ours:
        body = body[:12] + b"\0\0" if kind == _APP0 else body[:12]  # without the small picture in it
    elif _APP0 <= kind <= 0xEF or kind == _COM:
        return
    yield struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


def _upright(body: bytes) -> Iterator[bytes]:
    """Of all that a camera says, only how it was held."""
    turned = _orientation(body[6:]) if body.startswith(b"Exif\0\0") else _UPRIGHT
    if turned != _UPRIGHT:
        tags = struct.pack(">H", 1) + struct.pack(">HHIHH", _ORIENTATION, 3, 1, turned, 0) + struct.pack(">I", 0)
        said = b"Exif\0\0" + b"MM\0*" + struct.pack(">I", 8) + tags
        yield struct.pack(">BBH", 0xFF, _APP1, len(said) + 2) + said


def _orientation(tiff: bytes) -> int:
    """1–8; 1 where it is not said as it should be."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        for number in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number)
            if tag == _ORIENTATION and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return _UPRIGHT
