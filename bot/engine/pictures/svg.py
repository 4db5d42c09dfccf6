"""Pictures as SVG, and from SVG to PNG. Texts of members are never markup."""

from collections.abc import Iterable
from html import escape
from typing import Literal

from bot.engine.pictures.font import FAMILY, Undrawable, fitted, font_file

PHONE = 720
"""How wide a picture is that is read on a phone, in pixels."""

LEAST_SIZE = 26
"""The smallest letters that are read there, where the whole picture is as wide as the screen, in pixels."""

Anchor = Literal["start", "middle", "end"]


def canvas(wide: int, high: int, parts: Iterable[str], *, background: str = "#ffffff") -> str:
    """A whole picture, in pixels."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">'
    return "".join((head, rectangle((0, 0), wide, high, background), *parts, "</svg>"))


def label(
    text: str,
    at: tuple[float, float],
    size: float,
    *,
    colour: str,
    most: float = PHONE,
    anchor: Anchor = "start",
) -> str:
    """One line on the base line at (x, y), no wider than so many pixels, with what the font can show of it.

    Raises Undrawable.
    """
    shown = escape(fitted(text, size, most), quote=True)
    place = f'x="{at[0]:g}" y="{at[1]:g}" text-anchor="{anchor}"'
    return f'<text {place} font-family="{FAMILY}" font-size="{size:g}" fill="{colour}">{shown}</text>'


def rectangle(at: tuple[float, float], wide: float, high: float, colour: str, *, round_by: float = 0) -> str:
    return f'<rect x="{at[0]:g}" y="{at[1]:g}" width="{wide:g}" height="{high:g}" rx="{round_by:g}" fill="{colour}"/>'


def render(svg: str) -> bytes:
    """A PNG. Raises Undrawable."""
    import resvg_py  # here, as is `fontTools`: few processes ever draw, and together they take 2 MB

    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg,
            skip_system_fonts=True,
            font_files=[str(font_file())],
            text_rendering="optimize_legibility",
        )
    except ValueError as error:
        raise Undrawable(f"the picture is no SVG that can be drawn: {error}") from error
