"""Pictures that tell nothing of whose they are, and are the same pictures."""

import struct
import zlib

import pytest

from bot.engine.bare import Broken, bare

ADA = b"Ada Lovelace, 51.5N"


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEAD = _png_chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
DATA = _png_chunk(b"IDAT", zlib.compress(b"\0\0")) + _png_chunk(b"IEND", b"")
PNG = b"\x89PNG\r\n\x1a\n" + HEAD + DATA
PNG_OF_ADA = PNG.replace(
    DATA, _png_chunk(b"tEXt", b"Author\0" + ADA) + _png_chunk(b"eXIf", ADA) + _png_chunk(b"tIME", ADA) + DATA + ADA
)


def _segment(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body


JFIF = _segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
TABLES = _segment(0xDB, b"\0" + bytes(64)) + _segment(0xC0, b"\x08\0\1\0\1\1\1\x11\0")
SCAN = _segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
JPEG = b"\xff\xd8" + JFIF + TABLES + SCAN + b"\xff\xd9"


def _exif(order: str, turned: int) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tags = struct.pack(f"{order}H", 2) + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    tags += struct.pack(f"{order}HHII", 0x013B, 2, len(ADA), 38) + struct.pack(f"{order}I", 0)
    return _segment(0xE1, b"Exif\0\0" + mark + struct.pack(f"{order}I", 8) + tags + ADA)


def _jpeg_of_ada(exif: bytes) -> bytes:
    more = exif + _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + ADA) + _segment(0xED, ADA) + _segment(0xFE, ADA)
    return JPEG.replace(TABLES, more + TABLES) + ADA


def _webp_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + b"\0" * (len(body) % 2)


def _webp(flags: int, *more: bytes) -> bytes:
    size = b"\0\0\0\0\0\0\0\0\0"
    body = _webp_chunk(b"VP8X", bytes((flags,)) + size) + _webp_chunk(b"VP8L", b"pixel") + b"".join(more)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def test_a_png_keeps_its_pixels_and_nothing_else() -> None:
    assert bare(PNG_OF_ADA) == PNG


def test_a_jpeg_keeps_its_pixels_and_nothing_else() -> None:
    assert bare(_jpeg_of_ada(_exif("<", 1))) == JPEG


@pytest.mark.parametrize("order", "<>")
def test_a_photo_stays_the_right_way_up(order: str) -> None:
    bared = bare(_jpeg_of_ada(_exif(order, 6)))
    assert ADA not in bared
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in bared
    assert bare(bared) == bared


def test_a_webp_keeps_its_pixels_and_nothing_else() -> None:
    of_ada = _webp(0b0011_1100, _webp_chunk(b"EXIF", ADA), _webp_chunk(b"XMP ", ADA)) + ADA
    assert bare(of_ada) == _webp(0b0001_0000)


@pytest.mark.parametrize("whole", [PNG_OF_ADA, _jpeg_of_ada(_exif("<", 6)), _webp(0, _webp_chunk(b"EXIF", ADA))])
def test_a_picture_that_is_not_whole_is_none(whole: bytes) -> None:
    end = whole.rindex(ADA) if whole.endswith(ADA) else len(whole)
    for length in range(16, end - 1):
        try:
            assert ADA not in bare(whole[:length])
        except Broken:
            continue


def test_what_is_no_picture_stays_as_it_is() -> None:
    assert bare(b"%PDF-1.7 " + ADA) == b"%PDF-1.7 " + ADA
