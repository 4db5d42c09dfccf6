"""Fingerprints by which near-copies are found: winnowing (Schleimer, Wilkerson, Aiken 2003). Pure.

A text is its letters and digits, in UTF-8: a Chinese character is three bytes, a Latin letter one, and so much a
character says. Any stretch of `RUN` bytes that two texts share, 13 Chinese characters or 39 Latin letters, gives both
the same mark; what is shorter than `GRAM` bytes gives none.
"""

import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

GRAM = 15
"""Bytes of a gram: what is hashed. It begins with a character."""
WINDOW = 25
"""Of all grams that begin within as many bytes, one is picked."""
RUN = WINDOW + GRAM - 1
"""Bytes that two texts must share so that it is certainly found."""

_MOST = 4000
"""Marks of one text; twenty thousand characters have hardly more."""


def letters(text: str) -> str:
    """What is left of a text where width, case, spaces and signs make no difference."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=20_000)
def _letter(character: str) -> str:
    """One character so normalised; nothing, or several, for some."""
    return "".join(c for c in unicodedata.normalize("NFKC", character).casefold() if c.isalnum())


def marks_of(text: str) -> frozenset[int]:
    """The marks of a text, each a signed number of 64 bits."""
    data = letters(text).encode()
    found = {_hashed(data[at : at + GRAM]) for at in _picked(data)}
    return frozenset(sorted(found)[:_MOST])


@lru_cache(maxsize=256)
def all_marks_of(text: str) -> frozenset[int]:
    """Every mark that a text which contains this one may have by it: of all its grams, not only of those picked."""
    data = letters(text).encode()
    return frozenset(_hashed(data[at : at + GRAM]) for at in _starts(data))


def _starts(data: bytes) -> list[int]:
    """Where a gram begins: with each character that so many bytes follow."""
    return [at for at in range(len(data) - GRAM + 1) if data[at] & 0xC0 != 0x80]


def _picked(data: bytes) -> Iterator[int]:
    """Of each window the gram with the least checksum, of equals the last."""
    starts = _starts(data)
    sums = [crc32(data[at : at + GRAM]) for at in starts]
    last = max(len(data) - RUN, 0)  # where the last whole window begins; a short text is one window by itself
    window: deque[int] = deque()
    seen = 0
    for begins in starts:
        if begins > last:
            return
        while seen < len(starts) and starts[seen] < begins + WINDOW:
            while window and sums[window[-1]] >= sums[seen]:
                window.pop()
            window.append(seen)
            seen += 1
        while starts[window[0]] < begins:
            window.popleft()
        yield starts[window[0]]


def _hashed(gram: bytes) -> int:
    return int.from_bytes(blake2b(gram, digest_size=8).digest(), signed=True)


class Stretch(NamedTuple):
    """A part of a text, and whether another text has it, too."""

    text: str
    is_shared: bool


def stretches(text: str, other: str) -> list[Stretch]:
    """A text in parts: those of at least a gram that stand in another text as well, and those between."""
    shown = unicodedata.normalize("NFC", text)
    parts = [_letter(c) for c in shown]
    data, theirs = "".join(parts).encode(), letters(other).encode()
    known = {theirs[at : at + GRAM] for at in _starts(theirs)}
    covered = bytearray(len(data))
    for at in _starts(data):
        if data[at : at + GRAM] in known:
            covered[at : at + GRAM] = b"\1" * GRAM
    return list(_joined(shown, parts, covered))


def _joined(shown: str, parts: Sequence[str], covered: bytearray) -> Iterator[Stretch]:
    """Signs and spaces go with the letter before them."""
    at = begins = 0
    is_shared = False
    for number, part in enumerate(parts):
        size = len(part.encode())
        now = covered[at] == 1 if size else is_shared
        if now != is_shared:
            if number > begins:
                yield Stretch(shown[begins:number], is_shared)
            begins, is_shared = number, now
        at += size
    if shown[begins:]:
        yield Stretch(shown[begins:], is_shared)


def share(marks: Set[int], common: int) -> int:
    """How much of a text is found in another, in percent, rounded down."""
    return 100 * common // len(marks) if marks else 0
