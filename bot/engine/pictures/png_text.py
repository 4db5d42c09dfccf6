"""Words inside a PNG that no picture shows: its tEXt chunks."""

import struct
import zlib
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")
_CHECK = struct.Struct(">I")


def with_text(png: bytes, keyword: str, text: str) -> bytes:
    """The same picture with one more text behind its header; both in Latin-1. Raises ValueError where it is no PNG."""
    kind, _ = next(chunks(png), (b"", b""))
    if kind != b"IHDR":
        raise ValueError("this is no PNG")
    end = len(_SIGNATURE) + _HEAD.size + 13 + _CHECK.size
    return png[:end] + _chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode("latin-1")) + png[end:]


def text_in(png: bytes, keyword: str) -> str | None:
    """The first text under this keyword; None where there is none, or this is no PNG. Never raises."""
    wanted = keyword.encode("latin-1")
    for kind, content in chunks(png):
        found, _, text = content.partition(b"\0")
        if kind == b"tEXt" and found == wanted:
            return text.decode("latin-1")
    return None


def chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each, up to the first that is broken."""
    at = len(_SIGNATURE)
    if not png.startswith(_SIGNATURE):
        return
    while at + _HEAD.size + _CHECK.size <= len(png):
        size, kind = _HEAD.unpack_from(png, at)
        start = at + _HEAD.size
        end = start + size
        if end + _CHECK.size > len(png):
            return
        content = png[start:end]
        if _CHECK.unpack_from(png, end)[0] != zlib.crc32(kind + content):
            return
        yield kind, content
        at = end + _CHECK.size


def _chunk(kind: bytes, content: bytes) -> bytes:
    return _HEAD.pack(len(content), kind) + content + _CHECK.pack(zlib.crc32(kind + content))
