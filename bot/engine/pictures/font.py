"""The one font that pictures are written in: where it is, what it can show, and how wide a text is in it.

It comes with the package `zhplot`, of which nothing is imported. Nothing depends on the fonts of the machine.
"""

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

FAMILY = "Noto Sans SC"

_FILE = "NotoSansSC-Regular.ttf"
_ELLIPSIS = "…"
_NO_BEGINNING = frozenset(("Po", "Pe", "Pf"))  # of a line: 。，）”
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co"))  # they turn the direction, join, or are no characters at all


class Undrawable(Exception):
    """A picture can't be drawn, and won't be by trying again. Says why."""


class _Font(NamedTuple):
    widths: Mapping[int, int]  # of the characters that it has, in its own units
    em: int  # of those units, the size of the font


def font_file() -> Path:
    """Raises Undrawable where it is not installed."""
    found = find_spec("zhplot")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / "fonts" / _FILE
        if path.is_file():
            return path
    raise Undrawable(f"the font {_FILE} of the package zhplot is not installed")


@cache
def _read(path: Path) -> _Font:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with path.open("rb") as content, TTFont(content, lazy=True) as font:
            if font["name"].getDebugName(1) != FAMILY:
                raise Undrawable(f"{path} is not the font {FAMILY}")
            advances = font["hmtx"].metrics
            widths = {code: advances[glyph][0] for code, glyph in font.getBestCmap().items()}
            return _Font(widths, font["head"].unitsPerEm)
    except (OSError, TTLibError) as error:
        raise Undrawable(f"the font {path} can't be read: {error}") from error


def drawable(text: str) -> str:
    """A text as it can be shown on one line: without emoji, and whatever else the font does not have.

    May be empty. Raises Undrawable.
    """
    has = _read(font_file()).widths
    shown = "".join(_shown(character, has) for character in unicodedata.normalize("NFC", text))
    return " ".join(shown.split())


def _shown(character: str, has: Mapping[int, int]) -> str:
    if character.isspace():
        return " "
    return character if ord(character) in has and unicodedata.category(character) not in _HIDDEN else ""


def width(text: str, size: float) -> float:
    """Of a drawable text in pixels, at a size of the font in pixels. Raises Undrawable."""
    font = _read(font_file())
    return sum(font.widths.get(ord(character), font.em) for character in text) * size / font.em


def fitted(text: str, size: float, most: float) -> str:
    """A text as it can be shown, cut with an ellipsis where it is wider than so many pixels. Raises Undrawable."""
    line = drawable(text)
    if width(line, size) <= most:
        return line
    return line[: _how_many(line, size, most - width(_ELLIPSIS, size))].rstrip() + _ELLIPSIS


def _how_many(text: str, size: float, most: float) -> int:
    """The characters from the first on that are no wider than so many pixels together."""
    font, left = _read(font_file()), most
    for number, character in enumerate(text):
        left -= font.widths.get(ord(character), font.em) * size / font.em
        if left < 0:
            return number
    return len(text)


def wrapped(text: str, size: float, most: float, lines: int) -> list[str]:
    """A text as it can be shown, on at most so many lines; between words where there are any. Raises Undrawable."""
    rest = drawable(text)
    found: list[str] = []
    while rest and len(found) < lines - 1 and width(rest, size) > most:
        end = _break(rest, size, most)
        found.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*found, fitted(rest, size, most)] if rest else found


def _break(text: str, size: float, most: float) -> int:
    """How many characters go on the line: at least one, whole Latin words, and no mark begins the next line."""
    best = end = max(_how_many(text, size, most), 1)
    while 1 < best < len(text) and not _may_break(text[best - 1], text[best]):
        best -= 1
    return best if best > 1 else end


def _may_break(before: str, after: str) -> bool:
    if " " in (before, after):
        return True
    is_wide = any(unicodedata.east_asian_width(character) in "WF" for character in (before, after))
    return is_wide and unicodedata.category(after) not in _NO_BEGINNING and unicodedata.category(before) != "Ps"
